import type { EpochMs } from '../calendar/time.ts';
import type { Money } from './money.ts';

/** In an integer column: the value is not known. */
export const MISSING = -2_147_483_648;

export const CALL = 0;
export const PUT = 1;

/**
 * The options of one underlying at one moment, as columns: row i of each column belongs to one contract. Rows are sorted
 * by expiration, strike, right. Prices are whole 1/10,000 dollars per share (`Money`), `MISSING` where unknown; greeks
 * are per share and `NaN` where unknown.
 */
export interface Chain {
  readonly symbol: string;
  /** When the last row was filled in. */
  readonly takenAt: EpochMs;
  /** Every contract that was asked for has answered. */
  readonly complete: boolean;
  /** Price of the underlying; `null` = unknown, then nothing may be traded on this chain. */
  readonly spot: Money | null;
  readonly spotAt: EpochMs;
  readonly multiplier: number;
  readonly size: number;
  readonly conId: Int32Array;
  readonly expiration: Int32Array;
  readonly strike: Int32Array;
  /** `CALL` or `PUT`. */
  readonly right: Uint8Array;
  readonly bid: Int32Array;
  readonly ask: Int32Array;
  readonly last: Int32Array;
  readonly volume: Int32Array;
  readonly openInterest: Int32Array;
  /** When the row was last heard of; 0 = never. */
  readonly quotedAt: Float64Array;
  readonly impliedVolatility: Float64Array;
  readonly delta: Float64Array;
  readonly gamma: Float64Array;
  /** Per calendar day. */
  readonly theta: Float64Array;
  /** Per point (0.01) of volatility. */
  readonly vega: Float64Array;
}

/** A chain whose columns may still be written. */
export type ChainBuilder = { -readonly [K in keyof Chain]: Chain[K] };

export function emptyChain(symbol: string, size: number): ChainBuilder {
  const whole = (): Int32Array => new Int32Array(size).fill(MISSING);
  const real = (): Float64Array => new Float64Array(size).fill(Number.NaN);
  return {
    symbol,
    takenAt: 0,
    complete: false,
    spot: null,
    spotAt: 0,
    multiplier: 100,
    size,
    conId: new Int32Array(size),
    expiration: new Int32Array(size),
    strike: new Int32Array(size),
    right: new Uint8Array(size),
    bid: whole(),
    ask: whole(),
    last: whole(),
    volume: whole(),
    openInterest: whole(),
    quotedAt: new Float64Array(size),
    impliedVolatility: real(),
    delta: real(),
    gamma: real(),
    theta: real(),
    vega: real(),
  };
}
