import type { EpochMs } from '../calendar/time.ts';
import { CALL, type Chain, PUT } from './chain.ts';
import { type ChainSlice, chainSlices, yearsToExpiration } from './chain-slices.ts';
import { mid } from './mid.ts';

/** What the quotes of one expiration say of the underlying's price then. */
export interface Forward extends ChainSlice {
  readonly years: number;
  /** 1/10,000 dollar, not rounded; `null` = too few pairs of quotes near the money. */
  readonly forward: number | null;
  /** Continuously compounded per year, read off the same quotes; `null` = too few, or too near to expiration to tell. */
  readonly rate: number | null;
}

export interface ForwardsAt {
  readonly now: EpochMs;
  /** Continuously compounded per year. */
  readonly rate: number;
  /** What of each row's price is for the right to exercise early, in 1/10,000 dollar; none when absent. */
  readonly premium?: Float64Array;
}

/** Strikes further than this from the spot, as a share of it, carry early exercise and wide quotes. */
const NEAR = 0.1;
const FEWEST_PAIRS = 3;
const FEWEST_FOR_RATE = 8;
const LEAST_YEARS_FOR_RATE = 14 / 365;

interface Pairs {
  readonly count: number;
  readonly strike: Float64Array;
  /** Call minus put, mid prices without their premiums. */
  readonly difference: Float64Array;
  /** One over the squared sum of the two spreads and the two premiums. */
  readonly weight: Float64Array;
}

/**
 * Forward and interest rate of each expiration by put-call parity, call - put = discount x (forward - strike), from the
 * strikes within a tenth of the spot. The forward takes `rate` for the discount and is the mean over the strikes; the
 * parity-implied rate is the slope of a straight line through the differences. Both are weighted by how narrow the quotes
 * are and how little of them is for early exercise, since parity holds without that part only. Source: Stoll 1969. Without
 * a spot there is neither.
 */
export function impliedForwards(chain: Chain, { now, rate, premium }: ForwardsAt): Forward[] {
  return chainSlices(chain).map((slice) => {
    const years = yearsToExpiration(slice.expiration, now);
    const pairs = pairsNear(chain, slice, { premium, interest: Math.max(0, rate * years) });
    return { ...slice, years, forward: meanForward(pairs, Math.exp(-rate * years)), rate: slopeRate(pairs, years) };
  });
}

/** Whether a strike is near enough to the spot to tell of the forward. */
export function isNearSpot(strike: number, spot: number): boolean {
  return Math.abs(strike - spot) <= NEAR * spot;
}

interface EarlyExercise {
  readonly premium: Float64Array | undefined;
  /** What a put in the money could hold, as a share of its strike: how little it is believed while premiums are unknown. */
  readonly interest: number;
}

function pairsNear(chain: Chain, { from, to }: ChainSlice, { premium, interest }: EarlyExercise): Pairs {
  const { right, strike, bid, ask, spot } = chain;
  const most = (to - from) >> 1;
  const pairs = { strike: new Float64Array(most), difference: new Float64Array(most), weight: new Float64Array(most) };
  let count = 0;
  for (let i = from; i + 1 < to && spot !== null; i += 1) {
    const k = strike[i] as number;
    if (right[i] !== CALL || right[i + 1] !== PUT || k !== strike[i + 1] || !isNearSpot(k, spot)) continue;
    const call = mid(bid[i] as number, ask[i] as number);
    const put = mid(bid[i + 1] as number, ask[i + 1] as number);
    if (call === null || put === null) continue;
    const spreads = (ask[i] as number) - (bid[i] as number) + (ask[i + 1] as number) - (bid[i + 1] as number);
    const forCall = premium?.[i] ?? 0;
    const forPut = premium?.[i + 1] ?? 0;
    const doubt = premium === undefined && k > spot ? interest * k : forCall + forPut;
    pairs.strike[count] = k;
    pairs.difference[count] = call - forCall - (put - forPut);
    // A cent more, so that a locked quote does not outweigh all others.
    pairs.weight[count] = 1 / (spreads + doubt + 100) ** 2;
    count += 1;
  }
  return { count, ...pairs };
}

function meanForward(pairs: Pairs, discount: number): number | null {
  const { count, strike, difference, weight } = pairs;
  let sum = 0;
  let weights = 0;
  for (let i = 0; i < count; i += 1) {
    const w = weight[i] as number;
    sum += w * ((strike[i] as number) + (difference[i] as number) / discount);
    weights += w;
  }
  return count < FEWEST_PAIRS ? null : sum / weights;
}

function slopeRate(pairs: Pairs, years: number): number | null {
  const { count, strike, difference, weight } = pairs;
  if (count < FEWEST_FOR_RATE || years < LEAST_YEARS_FOR_RATE) return null;
  let weights = 0;
  let strikes = 0;
  let differences = 0;
  for (let i = 0; i < count; i += 1) {
    const w = weight[i] as number;
    weights += w;
    strikes += w * (strike[i] as number);
    differences += w * (difference[i] as number);
  }
  let products = 0;
  let squares = 0;
  for (let i = 0; i < count; i += 1) {
    const off = (strike[i] as number) - strikes / weights;
    products += (weight[i] as number) * off * ((difference[i] as number) - differences / weights);
    squares += (weight[i] as number) * off * off;
  }
  const discount = -products / squares;
  return discount > 0 && discount < 2 ? -Math.log(discount) / years : null;
}
