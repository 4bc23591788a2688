import { type Chain, MISSING } from '../../../core/market/chain.ts';
import { FINE_STEPS, fineSteps, quotedAtOf, secondsOld } from '../kept-chain.ts';

/** What is known of a chain besides its columns. */
export type ChainHead = Pick<Chain, 'takenAt' | 'complete' | 'spot' | 'spotAt' | 'multiplier' | 'size'>;

/** The columns of a chain as whole numbers, in the order in which a block holds them. Never written once it is built. */
export type Frame = readonly Int32Array[];

export const EXPIRATION = 1;
export const STRIKE = 2;
/** The first columns say which contract a row is; they are the same until contracts come or go. */
export const CONTRACT_COLUMNS = 4;
export const BID = 4;
export const ASK = 5;
export const LAST = 6;
export const AGE = 11;
export const COLUMNS = 12;

export function frameOf(chain: Chain): Frame {
  const { size, takenAt } = chain;
  const right = new Int32Array(size);
  const volatility = new Int32Array(size);
  const delta = new Int32Array(size);
  const age = new Int32Array(size);
  for (let row = 0; row < size; row += 1) {
    right[row] = chain.right[row] as number;
    volatility[row] = fineSteps(chain.impliedVolatility[row] as number);
    delta[row] = fineSteps(chain.delta[row] as number);
    age[row] = secondsOld(chain.quotedAt[row] as number, takenAt);
  }
  const contracts = [chain.conId.slice(), chain.expiration.slice(), chain.strike.slice(), right];
  const prices = [chain.bid.slice(), chain.ask.slice(), chain.last.slice()];
  return [...contracts, ...prices, chain.volume.slice(), chain.openInterest.slice(), volatility, delta, age];
}

/** A chain with columns of its own: whoever writes into them spoils no other chain. */
export function chainOf(symbol: string, head: ChainHead, frame: Frame): Chain {
  const column = (index: number): Int32Array => frame[index] as Int32Array;
  return {
    symbol,
    ...head,
    conId: column(0).slice(),
    expiration: column(EXPIRATION).slice(),
    strike: column(STRIKE).slice(),
    right: Uint8Array.from(column(3)),
    bid: column(BID).slice(),
    ask: column(ASK).slice(),
    last: column(LAST).slice(),
    volume: column(7).slice(),
    openInterest: column(8).slice(),
    quotedAt: times(column(AGE), head.takenAt),
    impliedVolatility: values(column(9)),
    delta: values(column(10)),
    gamma: new Float64Array(head.size).fill(Number.NaN),
    theta: new Float64Array(head.size).fill(Number.NaN),
    vega: new Float64Array(head.size).fill(Number.NaN),
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

function values(steps: Int32Array): Float64Array {
  const out = new Float64Array(steps.length);
  for (let row = 0; row < out.length; row += 1) {
    const step = steps[row] as number;
    out[row] = step === MISSING ? Number.NaN : step / FINE_STEPS;
  }
  return out;
}

function times(ages: Int32Array, takenAt: number): Float64Array {
  const out = new Float64Array(ages.length);
  for (let row = 0; row < out.length; row += 1) out[row] = quotedAtOf(ages[row] as number, takenAt);
  return out;
}
