import type { Side } from './contract.ts';
import { MONEY_PER_DOLLAR, type Money } from './money.ts';

/** From this price on (its absolute value), prices are whole multiples of the increment. */
export interface TickBand {
  readonly from: Money;
  readonly increment: Money;
}

/** Lowest band first, beginning at 0. Each edge is a multiple of the increments on both sides of it. */
export type Ticks = readonly TickBand[];

const CENT = (MONEY_PER_DOLLAR / 100) as Money;
const NICKEL = (CENT * 5) as Money;
const DIME = (CENT * 10) as Money;
const BOTTOM = 0 as Money;
const EDGE = (3 * MONEY_PER_DOLLAR) as Money;

/** Every series of SPY, QQQ and IWM, net prices of combinations, and stock: 0.01 throughout. */
export const PENNY_ALL: Ticks = [{ from: BOTTOM, increment: CENT }];
/** Penny Interval Program: 0.01 below 3.00, 0.05 from 3.00. */
export const PENNY_PROGRAM: Ticks = [
  { from: BOTTOM, increment: CENT },
  { from: EDGE, increment: NICKEL },
];
/** All other classes: 0.05 below 3.00, 0.10 from 3.00. Right for every class, since its prices are valid in the others too. */
export const NICKEL_DIME: Ticks = [
  { from: BOTTOM, increment: NICKEL },
  { from: EDGE, increment: DIME },
];

const ALL_SERIES_IN_PENNIES = new Set(['SPY', 'QQQ', 'IWM']);

/** The ticks of an option class. `inPennyProgram` comes from the broker; unknown counts as no, which is always a valid price. */
export function optionTicks(symbol: string, inPennyProgram: boolean): Ticks {
  if (ALL_SERIES_IN_PENNIES.has(symbol)) return PENNY_ALL;
  return inPennyProgram ? PENNY_PROGRAM : NICKEL_DIME;
}

/** The increment that applies to a price. An edge, such as exactly 3.00, takes the upper one. */
export function tickAt(price: Money, ticks: Ticks): Money {
  const size = Math.abs(price);
  let increment: Money | null = null;
  for (const band of ticks) if (size >= band.from) increment = band.increment;
  if (increment === null || !(increment > 0)) throw new RangeError(`no tick for a price of ${price}`);
  return increment;
}

/**
 * The price on the tick grid that is never worse for us: selling rounds up, buying rounds down. Signed: the net price of
 * a combination bought for a credit of 1.23 is −1.23, and rounds down to a larger credit.
 */
export function roundToTick(price: Money, ticks: Ticks, side: Side): Money {
  const increment = tickAt(price, ticks);
  const steps = side === 'sell' ? Math.ceil(price / increment) : Math.floor(price / increment);
  return (steps * increment || 0) as Money;
}

export function isOnTick(price: Money, ticks: Ticks): boolean {
  return price % tickAt(price, ticks) === 0;
}
