import { hash, stream } from '../../agent/lab/exchange/random.ts';
import type { Victim } from './box.ts';

/** The moment of a kill, in real milliseconds. */
export type Moment =
  /** From when the orders of the day are due. */
  | { readonly kind: 'due'; readonly ms: number }
  /** After the nth thing that happens to an order at the exchange. */
  | { readonly kind: 'order'; readonly nth: number; readonly ms: number }
  /** After the last start, whether it has been recovered from or not. */
  | { readonly kind: 'any'; readonly ms: number };

export interface Kill {
  readonly who: Victim;
  readonly moment: Moment;
  readonly downMs: number;
}

/** Looking, asking what an order would do and sending takes the first of it. */
const AROUND_DUE_MS = 1_500;
/** A kill before the first order of a day often leaves it without any. */
const FRUITLESS = 5;
/** So that on some days most symbols were ordered by then. */
const MOST_AT_FIRST = 10;
const ANY_MS = 1_500;
const LONGEST_DOWN_MS = 400;

/** The kills of one day: every other one when something happens to an order, and on some days the first before there is any. */
export function killPlan(seed: number, day: number, kills: number): readonly Kill[] {
  const next = stream(hash(seed, day, 41));
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const one = <T>(of: readonly T[]): T => of[whole(0, of.length - 1)] as T;
  const momentOf = (index: number): Moment => {
    if (index === 0 && day % FRUITLESS === FRUITLESS - 1) return { kind: 'due', ms: whole(-100, AROUND_DUE_MS) };
    const most = index === 0 ? MOST_AT_FIRST : 3;
    if (index % 2 === 0) return { kind: 'order', nth: whole(1, most), ms: one([0, whole(0, 5), whole(0, 60)]) };
    return { kind: 'any', ms: whole(0, ANY_MS) };
  };
  return Array.from({ length: kills }, (_, index) => ({
    who: one(['agent', 'agent', 'guard', 'both'] as const),
    moment: momentOf(index),
    downMs: one([0, whole(0, LONGEST_DOWN_MS)]),
  }));
}
