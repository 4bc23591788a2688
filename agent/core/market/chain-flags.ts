import type { EpochMs } from '../calendar/time.ts';
import { CALL, type Chain, MISSING, PUT } from './chain.ts';

/** Bits of the quality column; 0 = nothing speaks against the row. */
export const CROSSED = 1;
const LOCKED = 2;
export const ZERO_BID = 4;
const WIDE = 8;
export const STALE = 16;
/** Bid or ask is not known, or the ask is zero. */
export const MISSING_SIDE = 32;
/** Its price and that of a neighbouring strike would let one buy the better contract for less. */
export const NON_MONOTONE = 64;
/** Call and put of its strike disagree with the other strikes of the expiration. */
export const OUTLIER = 128;

const FLAG_NAMES: readonly string[] = [
  'crossed',
  'locked',
  'zero bid',
  'wide',
  'stale',
  'missing side',
  'non-monotone',
  'outlier',
];

export interface FlagLimits {
  readonly maxQuoteAgeMs: number;
  /** (ask − bid) ÷ mid above which a row is wide … */
  readonly wideSpread: number;
  /** … unless ask − bid is not above this, in 1/10,000 dollar: a nickel on a cheap option is not wide. */
  readonly wideFloor: number;
}

/** Such rows are no evidence against others. */
const NO_EVIDENCE = CROSSED | ZERO_BID | MISSING_SIDE | STALE;
/** Fewer strikes with both sides do not tell which of them is wrong. */
const FEWEST_PAIRS = 5;
/** Of spot: what rates, dividends and early exercise may do to the parity of neighbouring strikes … */
const PARITY_TOLERANCE = 0.005;
/** … and, per year and dollar of distance to spot, what interest does. */
const PARITY_PER_YEAR = 0.06;

/** The quality of every row at this moment, as bits. Rows must be sorted by expiration, strike, right. */
export function chainFlags(chain: Chain, now: EpochMs, limits: FlagLimits): Uint16Array {
  const flags = new Uint16Array(chain.size);
  for (let i = 0; i < chain.size; i += 1) {
    flags[i] = sideFlags(chain.bid[i] as number, chain.ask[i] as number, limits);
    const age = now - (chain.quotedAt[i] as number);
    if (!(age >= 0 && age <= limits.maxQuoteAgeMs)) flags[i] = (flags[i] as number) | STALE;
  }
  flagNonMonotone(chain, flags, CALL);
  flagNonMonotone(chain, flags, PUT);
  for (let from = 0; from < chain.size; ) {
    let to = from + 1;
    while (to < chain.size && chain.expiration[to] === chain.expiration[from]) to += 1;
    flagOutliers(chain, flags, { from, to, years: yearsTo(chain.expiration[from] as number, now) });
    from = to;
  }
  return flags;
}

/** `crossed, stale`, for people; empty without flags. */
export function describeFlags(flags: number): string {
  return FLAG_NAMES.filter((_, bit) => flags & (1 << bit)).join(', ');
}

function sideFlags(bid: number, ask: number, limits: FlagLimits): number {
  if (bid === MISSING || ask === MISSING || ask <= 0 || bid < 0) return MISSING_SIDE;
  if (bid === 0) return ZERO_BID;
  if (bid > ask) return CROSSED;
  if (bid === ask) return LOCKED;
  return (ask - bid) * 2 > limits.wideSpread * (ask + bid) && ask - bid > limits.wideFloor ? WIDE : 0;
}

/** A call with a lower strike, and a put with a higher one, is worth at least as much: no bid may exceed its ask. */
function flagNonMonotone(chain: Chain, flags: Uint16Array, right: number): void {
  let before = -1;
  for (let i = 0; i < chain.size; i += 1) {
    if (chain.right[i] !== right || (flags[i] as number) & NO_EVIDENCE) continue;
    if (before >= 0 && chain.expiration[before] === chain.expiration[i]) {
      const [richer, poorer] = right === PUT ? [i, before] : [before, i];
      if ((chain.bid[poorer] as number) > (chain.ask[richer] as number)) {
        flags[i] = (flags[i] as number) | NON_MONOTONE;
        flags[before] = (flags[before] as number) | NON_MONOTONE;
      }
    }
    before = i;
  }
}

interface Rows {
  readonly from: number;
  readonly to: number;
  readonly years: number;
}

/**
 * Put-call parity: call − put + strike is about the spot for every strike of one expiration (Stoll 1969). What lies off the
 * median by more than half the two spreads and the tolerance is flagged on both sides.
 */
function flagOutliers(chain: Chain, flags: Uint16Array, rows: Rows): void {
  const { strike, bid, ask } = chain;
  const implied = new Float64Array(rows.to - rows.from);
  let pairs = 0;
  for (let i = rows.from; i + 1 < rows.to; i += 1) {
    if (isPair(chain, flags, i)) implied[pairs++] = impliedSpot(chain, i);
  }
  if (pairs < FEWEST_PAIRS) return;
  const sorted = implied.subarray(0, pairs).sort();
  const median = ((sorted[(pairs - 1) >> 1] as number) + (sorted[pairs >> 1] as number)) / 2;
  for (let i = rows.from; i + 1 < rows.to; i += 1) {
    if (!isPair(chain, flags, i)) continue;
    const spreads = (ask[i] as number) - (bid[i] as number) + (ask[i + 1] as number) - (bid[i + 1] as number);
    const distance = Math.abs((strike[i] as number) - median) * PARITY_PER_YEAR * rows.years;
    const off = Math.abs(impliedSpot(chain, i) - median);
    if (off <= spreads / 2 + PARITY_TOLERANCE * median + distance) continue;
    flags[i] = (flags[i] as number) | OUTLIER;
    flags[i + 1] = (flags[i + 1] as number) | OUTLIER;
  }
}

function isPair(chain: Chain, flags: Uint16Array, i: number): boolean {
  const { right, strike } = chain;
  const pair = right[i] === CALL && right[i + 1] === PUT && strike[i] === strike[i + 1];
  return pair && (((flags[i] as number) | (flags[i + 1] as number)) & NO_EVIDENCE) === 0;
}

function impliedSpot(chain: Chain, i: number): number {
  const { bid, ask, strike } = chain;
  const call = (bid[i] as number) + (ask[i] as number);
  const put = (bid[i + 1] as number) + (ask[i + 1] as number);
  return (call - put) / 2 + (strike[i] as number);
}

function yearsTo(expiration: number, now: EpochMs): number {
  return Math.max(0, expiration - now / 86_400_000) / 365;
}
