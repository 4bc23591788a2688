import { newYorkDay } from '../calendar/new-york.ts';
import type { EpochMs } from '../calendar/time.ts';
import { type Chain, MISSING, PUT } from '../market/chain.ts';
import { CROSSED, MISSING_SIDE, NON_MONOTONE, OUTLIER, STALE, ZERO_BID } from '../market/chain-flags.ts';
import type { Money } from '../market/money.ts';

/** Which contracts may be sold at all. */
export interface SelectionLimits {
  /** Of the put, without its sign: 0.15 to 0.30. */
  readonly minDelta: number;
  readonly maxDelta: number;
  /** Calendar days in New York. */
  readonly minDaysToExpiration: number;
  readonly maxDaysToExpiration: number;
  /** Per share. */
  readonly minBid: Money;
  /** (ask − bid) ÷ mid. */
  readonly maxSpread: number;
  readonly minOpenInterest: number;
  /** Contracts traded today; 0 = any. */
  readonly minVolume: number;
  readonly maxQuoteAgeMs: number;
}

/** Why a row is out, in the order in which the rules are asked: a row is counted under the first that rules it out. */
export const SELECTION_RULES = [
  'right',
  'expiration',
  'missing-side',
  'zero-bid',
  'crossed',
  'stale',
  'suspect',
  'delta-unknown',
  'volatility-unknown',
  'delta',
  'bid',
  'spread',
  'open-interest',
  'volume',
  'cash-secured',
] as const;

export interface Selection {
  /** Row numbers that passed, by expiration, strike, symbol. */
  readonly rows: readonly number[];
  /** Of each row the number of the rule that took it out, −1 = it passed. */
  readonly ruleOf: Int8Array;
  readonly ruledOut: Readonly<Record<string, number>>;
  readonly considered: number;
}

export interface SelectionRequest {
  readonly chain: Chain;
  /** From `chainFlags`, one per row. */
  readonly flags: Uint16Array;
  readonly limits: SelectionLimits;
  readonly now: EpochMs;
  /** What the assignment of one contract may cost at most; `null` = unknown, and then nothing passes. */
  readonly mostCash: Money | null;
}

/**
 * The puts of a chain that may be sold, and how many rows each rule took out. One pass over the columns: a row that is ruled
 * out costs no allocation.
 */
export function selectPuts(request: SelectionRequest): Selection {
  const { chain, flags, limits } = request;
  const today = newYorkDay(request.now);
  const first = today + limits.minDaysToExpiration;
  const last = today + limits.maxDaysToExpiration;
  const most = request.mostCash === null ? -1 : request.mostCash / chain.multiplier;
  const counts = new Int32Array(SELECTION_RULES.length);
  const ruleOf = new Int8Array(chain.size);
  const rows: number[] = [];
  for (let i = 0; i < chain.size; i += 1) {
    const expiration = chain.expiration[i] as number;
    let rule: number;
    if (chain.right[i] !== PUT) rule = 0;
    else if (!(expiration >= first && expiration <= last)) rule = 1;
    else rule = rowRule(chain, i, flags[i] as number, limits);
    if (rule < 0 && !((chain.strike[i] as number) <= most)) rule = CASH;
    ruleOf[i] = rule;
    if (rule >= 0) counts[rule] = (counts[rule] as number) + 1;
    else rows.push(i);
  }
  rows.sort((a, b) => byContract(chain, a, b));
  return { rows, ruleOf, ruledOut: named(counts), considered: chain.size };
}

const CASH = SELECTION_RULES.length - 1;

/** The number of the first rule against a put in the wanted expirations, −1 = none. */
function rowRule(chain: Chain, i: number, flags: number, limits: SelectionLimits): number {
  if (flags & MISSING_SIDE) return 2;
  if (flags & ZERO_BID) return 3;
  if (flags & CROSSED) return 4;
  if (flags & STALE) return 5;
  if (flags & (NON_MONOTONE | OUTLIER)) return 6;
  const delta = -(chain.delta[i] as number);
  if (!(delta >= 0 && delta <= 1)) return 7;
  const volatility = chain.impliedVolatility[i] as number;
  if (!(volatility > 0.001 && volatility < 10)) return 8;
  if (!(delta >= limits.minDelta && delta <= limits.maxDelta)) return 9;
  const bid = chain.bid[i] as number;
  const ask = chain.ask[i] as number;
  if (!(bid >= limits.minBid)) return 10;
  if (!((ask - bid) * 2 <= limits.maxSpread * (ask + bid))) return 11;
  if (!atLeast(chain.openInterest[i] as number, limits.minOpenInterest)) return 12;
  if (!atLeast(chain.volume[i] as number, limits.minVolume)) return 13;
  return -1;
}

/** Unknown counts as none. */
function atLeast(value: number, least: number): boolean {
  return (value === MISSING ? 0 : value) >= least;
}

function byContract(chain: Chain, a: number, b: number): number {
  const expirations = (chain.expiration[a] as number) - (chain.expiration[b] as number);
  return expirations || (chain.strike[a] as number) - (chain.strike[b] as number) || a - b;
}

function named(counts: Int32Array): Record<string, number> {
  const found: Record<string, number> = {};
  SELECTION_RULES.forEach((rule, i) => {
    const count = counts[i] as number;
    if (count > 0) found[rule] = count;
  });
  return found;
}
