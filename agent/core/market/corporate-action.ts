import type { IsoDate } from '../calendar/time.ts';
import type { Money } from './money.ts';

/** On `date`, before the open, `from` old shares have become `to` new ones: 7 for 1 is `from` 1, `to` 7. */
export interface Split {
  readonly kind: 'split';
  readonly date: IsoDate;
  readonly from: number;
  readonly to: number;
  /** Nobody has told of it: it was read off the strikes (split-detection.ts). */
  readonly detected?: true;
}

/** Who buys on `date`, the ex-date, or later does not get it. Cash per share, as shares were then. */
export interface Dividend {
  readonly kind: 'dividend';
  readonly date: IsoDate;
  readonly amount: Money;
}

/** From `date` on, prices under this ticker are those of the company that has it today. */
export interface Listing {
  readonly kind: 'listing';
  readonly date: IsoDate;
}

export type CorporateAction = Split | Dividend | Listing;

const LARGEST = 100;

/** A ratio as the smallest whole numbers within 1 in 5,000 of it: 6.99997 is 7 for 1. `null` = no such numbers up to 100. */
export function splitRatio(ratio: number): { readonly from: number; readonly to: number } | null {
  for (let from = 1; from <= LARGEST; from += 1) {
    const to = Math.round(ratio * from);
    if (to >= 1 && to <= LARGEST && Math.abs(to / (ratio * from) - 1) < 1 / 5000) return { from, to };
  }
  return null;
}
