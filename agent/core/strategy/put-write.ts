import { newYorkDate } from '../calendar/new-york.ts';
import type { EpochMs } from '../calendar/time.ts';
import type { Chain } from '../market/chain.ts';
import { chainFlags } from '../market/chain-flags.ts';
import { instrumentKey } from '../market/contract.ts';
import type { FeeTable } from '../market/fees.ts';
import type { Money } from '../market/money.ts';
import type { Ticks } from '../market/ticks.ts';
import { describeBest, describeChosen, describeRuledOut, minutes } from './answers.ts';
import { optionAt, putCandidate } from './candidate.ts';
import type { Candidate, Decision, Reason } from './decision.ts';
import { SCORE_MODEL, type ScoreModel } from './score.ts';
import { SELECTION_RULES, type Selection, type SelectionLimits, selectPuts } from './selection.ts';

export const PUT_WRITE = 'put-write';

export interface PutWriteOptions extends SelectionLimits {
  /** 0–100: at or above it becomes an order. */
  readonly minScore: number;
}

export interface PutWriteRequest {
  /** Of the decision to be made. */
  readonly id: string;
  readonly task: string;
  readonly chain: Chain;
  readonly now: EpochMs;
  readonly options: PutWriteOptions;
  readonly ticks: Ticks;
  readonly fees: FeeTable;
  /** What the assignment of one contract may cost at most, after everything else is secured; `null` = unknown. */
  readonly mostCash: Money | null;
  /** 0–100; `null` = unknown. */
  readonly ivRank: number | null;
  readonly model?: ScoreModel;
  /** Names every contract that is ruled out: for a decision that is stored and shown. */
  readonly explain?: boolean;
}

/**
 * The one put to sell on this chain, or why none. Every rule is asked, each contract is counted under the first rule that
 * takes it out, and what is left is scored and ordered by score, then expiration, strike, symbol: the same chain always
 * gives the same answer. Nothing is chosen on a missing, zero, crossed, stale or suspect quote.
 */
export function proposePutWrite(request: PutWriteRequest): Decision {
  const { chain, now, options } = request;
  const flags = chainFlags(chain, now, {
    maxQuoteAgeMs: options.maxQuoteAgeMs,
    wideSpread: options.maxSpread,
    wideFloor: 0,
  });
  const selection = selectPuts({ chain, flags, limits: options, now, mostCash: request.mostCash });
  const blocked = marketReasons(request);
  const candidates = blocked.length > 0 ? [] : scored(request, selection);
  const chosen = candidates.find((candidate) => candidate.against.length === 0) ?? null;
  return {
    id: request.id,
    at: now,
    tradingDay: newYorkDate(now),
    task: request.task,
    strategy: PUT_WRITE,
    symbol: chain.symbol,
    outcome: chosen === null ? 'noTrade' : 'trade',
    chosen,
    reasons: blocked.length > 0 ? blocked : answer(request, selection, candidates),
    candidates,
    ruledOut: selection.ruledOut,
    outByRule: request.explain ? outByRule(chain, selection) : {},
    considered: selection.considered,
  };
}

function outByRule(chain: Chain, { ruleOf }: Selection): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const [row, rule] of ruleOf.entries()) {
    const name = SELECTION_RULES[rule];
    if (name === undefined) continue;
    found[name] ??= [];
    found[name].push(instrumentKey(optionAt(chain, row)));
  }
  return found;
}

/** What forbids any trade on this chain. */
function marketReasons({ chain, now, options, mostCash }: PutWriteRequest): Reason[] {
  const reasons: Reason[] = [];
  const against = (rule: string, text: string): void => void reasons.push({ rule, text });
  const most = options.maxQuoteAgeMs;
  if (chain.size === 0) against('chain-empty', 'the chain has no contracts');
  if (chain.spot === null || !(chain.spot > 0)) against('spot-unknown', 'the price of the underlying is not known');
  else if (!(now - chain.spotAt <= most)) {
    against('spot-age', `price of the underlying is ${minutes(now - chain.spotAt)} old, older than ${minutes(most)}`);
  }
  const newest = newestQuote(chain);
  if (chain.size > 0 && newest === 0) against('quote-age', 'no quote of any contract has arrived yet');
  else if (chain.size > 0 && !(now - newest <= most)) {
    against('quote-age', `newest quote is ${minutes(now - newest)} old, older than ${minutes(most)}`);
  }
  if (mostCash === null) against('cash-unknown', 'the cash that could secure a put is not known');
  return reasons;
}

function newestQuote(chain: Chain): EpochMs {
  let newest = 0;
  for (let i = 0; i < chain.size; i += 1) {
    const at = chain.quotedAt[i] as number;
    if (at > newest) newest = at;
  }
  return newest;
}

function scored(request: PutWriteRequest, selection: Selection): Candidate[] {
  const { chain, options, ticks, fees, ivRank, now } = request;
  const model = request.model ?? SCORE_MODEL;
  const found: Candidate[] = [];
  for (const row of selection.rows) {
    found.push(putCandidate({ chain, row, now, ticks, fees, ivRank, model, minScore: options.minScore }));
  }
  // The rows come by expiration, strike, symbol, and the sort is stable: equal scores keep that order.
  return found.sort((a, b) => Number(a.against.length > 0) - Number(b.against.length > 0) || b.score - a.score);
}

function answer(request: PutWriteRequest, selection: Selection, candidates: readonly Candidate[]): Reason[] {
  const { chain, options } = request;
  const reasons: Reason[] = [];
  const best = candidates[0];
  if (best === undefined) reasons.push({ rule: 'no-candidate', text: describeRuledOut(selection, options) });
  else if (best.against.length > 0) reasons.push(...describeBest(best, candidates.length));
  else reasons.push(...describeChosen(best, candidates.length, options.minScore));
  if (best !== undefined) reasons.push({ rule: 'ruled-out', text: describeRuledOut(selection, options) });
  if (!chain.complete)
    reasons.push({ rule: 'chain-incomplete', text: 'not every contract that was asked for has answered' });
  return reasons;
}
