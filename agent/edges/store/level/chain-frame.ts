import { type Chain, MISSING } from '../../../core/market/chain.ts';
import { FINE_STEPS, fineSteps, SECOND_MS, secondsOld } from '../kept-chain.ts';

/** What is known of a chain besides its columns. */
export type ChainHead = Pick<Chain, 'takenAt' | 'complete' | 'spot' | 'spotAt' | 'multiplier' | 'size'>;

/** The columns of a chain as whole numbers, in the order in which a block holds them. Never written once it is built. */
export type Frame = readonly Int32Array[];

const CON_ID = 0;
const EXPIRATION = 1;
export const STRIKE = 2;
const RIGHT = 3;
/** The first columns say which contract a row is; they are the same until contracts come or go. */
export const CONTRACT_COLUMNS = 4;
export const BID = 4;
export const ASK = 5;
export const LAST = 6;
const VOLUME = 7;
const OPEN_INTEREST = 8;
export const VOLATILITY = 9;
export const DELTA = 10;
export const AGE = 11;
export const COLUMNS = 12;

const COPIED = [
  [CON_ID, 'conId'],
  [EXPIRATION, 'expiration'],
  [STRIKE, 'strike'],
  [RIGHT, 'right'],
  [BID, 'bid'],
  [ASK, 'ask'],
  [LAST, 'last'],
  [VOLUME, 'volume'],
  [OPEN_INTEREST, 'openInterest'],
] as const;

/** `spare`: memory that nobody reads any more, used when it is large enough. */
export function frameOf(chain: Chain, spare: Int32Array | null = null): Frame {
  const { size, takenAt } = chain;
  const space = spare !== null && spare.length >= size * COLUMNS ? spare : new Int32Array(size * COLUMNS);
  const frame = Array.from({ length: COLUMNS }, (_, index) => space.subarray(index * size, (index + 1) * size));
  for (const [index, name] of COPIED) (frame[index] as Int32Array).set(chain[name]);
  fillSteps(frame[VOLATILITY] as Int32Array, chain.impliedVolatility);
  fillSteps(frame[DELTA] as Int32Array, chain.delta);
  fillAges(frame[AGE] as Int32Array, chain.quotedAt, takenAt);
  return frame;
}

/** The memory of a frame that `frameOf` made, to be used again. */
export function memoryOf(frame: Frame): Int32Array {
  return new Int32Array((frame[0] as Int32Array).buffer as ArrayBuffer);
}

function fillSteps(out: Int32Array, values: Float64Array): void {
  for (let row = 0; row < out.length; row += 1) out[row] = fineSteps(values[row] as number);
}

/** Most rows of a chain were heard of together. */
function fillAges(out: Int32Array, times: Float64Array, takenAt: number): void {
  let heardAt = 0;
  let old = secondsOld(heardAt, takenAt);
  for (let row = 0; row < out.length; row += 1) {
    const quotedAt = times[row] as number;
    if (quotedAt !== heardAt) old = secondsOld(quotedAt, takenAt);
    heardAt = quotedAt;
    out[row] = old;
  }
}

const REAL_COLUMNS = 6;
const WHOLE_COLUMNS = 8;

/**
 * A chain with columns of its own: whoever writes into them spoils no other chain. They lie in one piece of memory, because a
 * piece for each costs more than filling them.
 */
export function chainOf(symbol: string, head: ChainHead, frame: Frame): Chain {
  const { size } = head;
  const memory = new ArrayBuffer(size * (REAL_COLUMNS * 8 + WHOLE_COLUMNS * 4 + 1));
  const real = (n: number): Float64Array => new Float64Array(memory, n * size * 8, size);
  const whole = (n: number, index: number): Int32Array => {
    const column = new Int32Array(memory, size * (REAL_COLUMNS * 8 + n * 4), size);
    column.set(frame[index] as Int32Array);
    return column;
  };
  const right = new Uint8Array(memory, size * (REAL_COLUMNS * 8 + WHOLE_COLUMNS * 4), size);
  right.set(frame[RIGHT] as Int32Array);
  new Float64Array(memory, 3 * size * 8, 3 * size).fill(Number.NaN);
  return {
    symbol,
    ...head,
    conId: whole(0, CON_ID),
    expiration: whole(1, EXPIRATION),
    strike: whole(2, STRIKE),
    right,
    bid: whole(3, BID),
    ask: whole(4, ASK),
    last: whole(5, LAST),
    volume: whole(6, VOLUME),
    openInterest: whole(7, OPEN_INTEREST),
    quotedAt: fillTimes(real(0), frame[AGE] as Int32Array, head.takenAt),
    impliedVolatility: fillValues(real(1), frame[VOLATILITY] as Int32Array),
    delta: fillValues(real(2), frame[DELTA] as Int32Array),
    gamma: real(3),
    theta: real(4),
    vega: real(5),
  };
}

/** Whether row i of both is the same contract, for every i. */
export function sameContracts(a: Frame, b: Frame): boolean {
  for (let index = 0; index < CONTRACT_COLUMNS; index += 1) {
    if (!equalColumns(a[index] as Int32Array, b[index] as Int32Array)) return false;
  }
  return true;
}

export function equalColumns(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let row = 0; row < a.length; row += 1) if (a[row] !== b[row]) return false;
  return true;
}

function fillValues(out: Float64Array, steps: Int32Array): Float64Array {
  for (let row = 0; row < out.length; row += 1) {
    const step = steps[row] as number;
    out[row] = step === MISSING ? Number.NaN : step / FINE_STEPS;
  }
  return out;
}

function fillTimes(out: Float64Array, ages: Int32Array, takenAt: number): Float64Array {
  const second = Math.floor(takenAt / SECOND_MS);
  for (let row = 0; row < out.length; row += 1) {
    const age = ages[row] as number;
    out[row] = age === MISSING ? 0 : (second - age) * SECOND_MS;
  }
  return out;
}
