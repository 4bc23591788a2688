import { type Money, ZERO } from '../../core/market/money.ts';
import type { Listing } from './market.ts';

type Bands = Listing['ticks'];

const CENT = 100 as Money;

/** Stocks, combos, and the options of SPY, QQQ and IWM. */
export const PENNY: Bands = [{ from: ZERO, increment: CENT }];
/** The penny interval program: a price of exactly 3.00 takes the upper tick. */
export const PENNY_PROGRAM: Bands = [
  { from: ZERO, increment: CENT },
  { from: 30_000 as Money, increment: 500 as Money },
];
export const QUARTER: Bands = [{ from: ZERO, increment: 2_500 as Money }];
export const DIME: Bands = [{ from: ZERO, increment: 1_000 as Money }];

function incrementAt(bands: Bands, price: number): number {
  const size = Math.abs(price);
  let increment: number = CENT;
  for (const band of bands) {
    if (band.from <= size) increment = band.increment;
  }
  return increment;
}

export function isOnTick(bands: Bands, price: Money): boolean {
  return price % incrementAt(bands, price) === 0;
}

/** The highest tick at or below a price, in money units that need not be whole. */
export function tickBelow(bands: Bands, price: number): Money {
  const increment = incrementAt(bands, price);
  const tick = Math.floor(price / increment) * increment;
  return (tick === 0 ? 0 : tick) as Money;
}

/** The lowest tick at or above a price. */
export function tickAbove(bands: Bands, price: number): Money {
  const increment = incrementAt(bands, price);
  const tick = Math.ceil(price / increment) * increment;
  return (tick === 0 ? 0 : tick) as Money;
}

export function nearestTick(bands: Bands, price: number): Money {
  const increment = incrementAt(bands, price);
  return (Math.round(price / increment) * increment) as Money;
}
