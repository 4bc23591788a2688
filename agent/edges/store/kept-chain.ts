import type { EpochMs } from '../../core/calendar/time.ts';
import { type Chain, MISSING } from '../../core/market/chain.ts';

/** Steps per unit of volatility and of delta: 0.0001 is finer than any vendor's own accuracy. */
export const FINE_STEPS = 10_000;
export const SECOND_MS = 1000;
const LARGEST = 2_147_483_646;
/** The last time that `timeKey` can write. */
export const LAST_TIME: EpochMs = 9_999_999_999_999;

/**
 * What a store keeps of a chain, so that every store answers the same: prices, sizes, contracts and times of the chain
 * exactly; implied volatility and delta to the nearest 0.0001; `quotedAt` down to the whole second, so that a quote never
 * looks younger than it is. Gamma, theta and vega come back as `NaN`: whoever wants them derives them from the volatility
 * (core/pricing/european.ts). A decision that must come out the same in a replay stands on a chain that was read back.
 * Throws a RangeError on a chain that is none: see `assertChain`.
 */
export function keptChain(chain: Chain): Chain {
  assertChain(chain);
  const unknown = (): Float64Array => new Float64Array(chain.size).fill(Number.NaN);
  return {
    ...chain,
    conId: chain.conId.slice(),
    expiration: chain.expiration.slice(),
    strike: chain.strike.slice(),
    right: chain.right.slice(),
    bid: chain.bid.slice(),
    ask: chain.ask.slice(),
    last: chain.last.slice(),
    volume: chain.volume.slice(),
    openInterest: chain.openInterest.slice(),
    quotedAt: chain.quotedAt.map((at) => quotedAtOf(secondsOld(at, chain.takenAt), chain.takenAt)),
    impliedVolatility: chain.impliedVolatility.map((value) => fineValue(fineSteps(value))),
    delta: chain.delta.map((value) => fineValue(fineSteps(value))),
    gamma: unknown(),
    theta: unknown(),
    vega: unknown(),
  };
}

/** Throws a RangeError when a chain has no symbol, no whole time, or a column that is not `size` long. */
export function assertChain(chain: Chain): void {
  if (chain.symbol === '') throw new RangeError('a chain without a symbol cannot be stored');
  if (!(Number.isSafeInteger(chain.takenAt) && chain.takenAt >= 0 && chain.takenAt <= LAST_TIME)) {
    throw new RangeError(`a chain of ${chain.symbol} was taken at ${chain.takenAt}, which is no time`);
  }
  for (const [name, column] of Object.entries(chain)) {
    if (ArrayBuffer.isView(column) && (column as Int32Array).length !== chain.size) {
      throw new RangeError(`column ${name} of a chain of ${chain.symbol} does not have ${chain.size} rows`);
    }
  }
}

/** Volatility or delta in whole steps, `MISSING` when it is not a number that fits. */
export function fineSteps(value: number): number {
  // Adding 0 turns -0 into 0.
  const steps = Math.round(value * FINE_STEPS) + 0;
  return steps >= -LARGEST && steps <= LARGEST ? steps : MISSING;
}

function fineValue(steps: number): number {
  return steps === MISSING ? Number.NaN : steps / FINE_STEPS;
}

/** How many seconds before the second of `takenAt` a quote was heard of; `MISSING` = never. */
export function secondsOld(quotedAt: EpochMs, takenAt: EpochMs): number {
  const old = Math.floor(takenAt / SECOND_MS) - Math.floor(quotedAt / SECOND_MS);
  return quotedAt > 0 && old >= -LARGEST && old <= LARGEST ? old : MISSING;
}

function quotedAtOf(old: number, takenAt: EpochMs): EpochMs {
  return old === MISSING ? 0 : (Math.floor(takenAt / SECOND_MS) - old) * SECOND_MS;
}
