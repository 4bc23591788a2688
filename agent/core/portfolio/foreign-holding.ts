import type { Instrument } from '../market/contract.ts';

/** What somebody else holds of one instrument in the same account, as of the last comparison: shown, never touched. */
export interface ForeignHolding {
  readonly instrument: Instrument;
  readonly conId: number;
  /** Negative = short. */
  readonly quantity: number;
  /** Today's executions that are not ours and have been counted already, by execId. */
  readonly seen: readonly string[];
}

/** One instrument's quantity by owner. */
export interface Parts {
  readonly here: number;
  readonly foreign: number;
}

/**
 * What a trade that is not ours does to our part and to the rest: it first undoes what its own side holds, then reduces
 * ours, and what goes beyond is its own side's again. The two changes always add up to `signed` (positive = bought).
 */
export function shareOfStranger({ here, foreign }: Parts, signed: number): Parts {
  const undone = towardsZero(foreign, signed);
  const ours = towardsZero(here, signed - undone);
  return { here: ours, foreign: signed - ours };
}

/** The part of `signed` that brings `held` nearer to nothing. */
function towardsZero(held: number, signed: number): number {
  if (held * signed >= 0) return 0;
  return Math.sign(signed) * Math.min(Math.abs(held), Math.abs(signed));
}
