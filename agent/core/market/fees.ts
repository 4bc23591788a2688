import type { IsoDate } from '../calendar/time.ts';
import type { Side } from './contract.ts';
import type { Money } from './money.ts';
import { add, ZERO } from './money.ts';

export type FeeName = 'commission' | 'exchange' | 'clearing' | 'orf' | 'taf' | 'section31';

/** What a rate is multiplied with. The last three are due on sales only. */
export type FeeBasis = 'contract' | 'share' | 'contractSold' | 'shareSold' | 'dollarSold';

export interface FeeBracket {
  /** Applies from this price per share … */
  readonly priceFrom: Money;
  /** … and from this number of contracts in the month, the order not included. */
  readonly volumeFrom: number;
  /** Millionths of a dollar for each contract, share or dollar; a rebate is negative. */
  readonly microDollars: number;
}

/** One rate of one fee from a date on. The newest entry of a name and basis that is not later than the day applies. */
export interface FeeRate {
  readonly name: FeeName;
  readonly from: IsoDate;
  readonly basis: FeeBasis;
  /** The last one whose conditions hold applies. */
  readonly brackets: readonly FeeBracket[];
  /** For the whole order, this fee alone. */
  readonly orderMinimum: Money;
}

export interface FeeTable {
  readonly name: string;
  readonly rates: readonly FeeRate[];
  /** Each line is rounded to a multiple of this, half up: 0.01 at Schwab, 0.0001 at Interactive Brokers. */
  readonly roundTo: Money;
}

export interface FeeableOrder {
  readonly kind: 'option' | 'stock';
  readonly side: Side;
  /** Contracts or shares. */
  readonly quantity: number;
  /** Per share. */
  readonly price: Money;
  readonly multiplier: number;
  readonly date: IsoDate;
  readonly contractsThisMonth: number;
}

export interface OrderFees {
  readonly lines: readonly { readonly name: FeeName; readonly amount: Money }[];
  readonly total: Money;
}

const MICRO_PER_MONEY = 100;

/** One rate applied to an order or to a part of it. */
export interface DueFee {
  readonly name: FeeName;
  /** In ten-thousandths of a dollar, before rounding. */
  readonly due: number;
  /** For the whole order, this fee alone. */
  readonly orderMinimum: Money;
}

/** What an order costs if it fills whole at its price, line by line. Throws a RangeError when the table has no commission for the day. */
export function orderFees(order: FeeableOrder, table: FeeTable): OrderFees {
  const lines: { name: FeeName; amount: Money }[] = [];
  for (const { name, due, orderMinimum } of feesDue(order, table)) {
    if (due === 0) continue;
    const amount = roundedFee(Math.max(due, orderMinimum), table);
    if (amount !== 0) lines.push({ name, amount });
  }
  return { lines, total: add(ZERO, ...lines.map((line) => line.amount)) };
}

/**
 * What each rate asks by itself, for whoever charges an order fill by fill and keeps its minimum across them; 0 for a rate
 * that asks nothing of it. Throws a RangeError when the table has no commission for the day.
 */
export function feesDue(order: FeeableOrder, table: FeeTable): readonly DueFee[] {
  const fees: DueFee[] = [];
  for (const rate of ratesOn(table, order.date)) {
    const amount = unitsOf(order, rate.basis);
    if (amount === null) continue;
    const due = amount === 0 ? 0 : (amount * microDollarsOf(rate, order)) / MICRO_PER_MONEY;
    fees.push({ name: rate.name, due, orderMinimum: rate.orderMinimum });
  }
  if (fees.every(({ name }) => name !== 'commission'))
    throw new RangeError(`fee table ${table.name} has no ${order.kind} commission on ${order.date}`);
  return fees;
}

/** As the broker rounds a line. @param due ten-thousandths of a dollar */
export function roundedFee(due: number, { roundTo }: FeeTable): Money {
  return (Math.round(due / roundTo) * roundTo) as Money;
}

function ratesOn(table: FeeTable, date: IsoDate): FeeRate[] {
  const newest = new Map<string, FeeRate>();
  for (const rate of table.rates) {
    const key = `${rate.name}/${rate.basis}`;
    const known = newest.get(key);
    if (rate.from <= date && (known === undefined || rate.from > known.from)) newest.set(key, rate);
  }
  return [...newest.values()];
}

/** How many times the rate is due; `null` when it is not about this kind of order. */
function unitsOf(order: FeeableOrder, basis: FeeBasis): number | null {
  const { kind, side, quantity, price, multiplier } = order;
  const sold = side === 'sell' ? 1 : 0;
  switch (basis) {
    case 'contract':
      return kind === 'option' ? quantity : null;
    case 'share':
      return kind === 'stock' ? quantity : null;
    case 'contractSold':
      return kind === 'option' ? quantity * sold : null;
    case 'shareSold':
      return kind === 'stock' ? quantity * sold : null;
    case 'dollarSold':
      return (Math.max(price, 0) * quantity * multiplier * sold) / 10_000;
  }
}

function microDollarsOf(rate: FeeRate, order: FeeableOrder): number {
  let found = 0;
  for (const { priceFrom, volumeFrom, microDollars } of rate.brackets) {
    if (Math.abs(order.price) >= priceFrom && order.contractsThisMonth >= volumeFrom) found = microDollars;
  }
  return found;
}
