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

/** What an order costs if it fills whole at its price, line by line. Throws a RangeError when the table has no commission for the day. */
export function orderFees(order: FeeableOrder, table: FeeTable): OrderFees {
  const lines: { name: FeeName; amount: Money }[] = [];
  let commissions = 0;
  for (const rate of ratesOn(table, order.date)) {
    const amount = unitsOf(order, rate.basis);
    if (amount === null) continue;
    if (rate.name === 'commission') commissions += 1;
    if (amount === 0) continue;
    const due = (amount * microDollarsOf(rate, order)) / MICRO_PER_MONEY;
    const rounded = Math.round(Math.max(due, rate.orderMinimum) / table.roundTo) * table.roundTo;
    if (rounded !== 0) lines.push({ name: rate.name, amount: rounded as Money });
  }
  if (commissions === 0)
    throw new RangeError(`fee table ${table.name} has no ${order.kind} commission on ${order.date}`);
  return { lines, total: add(ZERO, ...lines.map((line) => line.amount)) };
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
