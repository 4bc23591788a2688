import { describeInstrument } from '../market/contract.ts';
import { formatMoney } from '../market/money.ts';
import type { Candidate, Reason, ScorePart } from './decision.ts';
import type { Selection, SelectionLimits } from './selection.ts';

const MINUTE_MS = 60_000;
const MINUTES_SHOWN = 120;

/** `84 minutes`, `3.2 hours`, `4.1 days`. */
export function minutes(durationMs: number): string {
  const whole = Math.round(durationMs / MINUTE_MS);
  if (whole <= MINUTES_SHOWN) return `${whole} ${whole === 1 ? 'minute' : 'minutes'}`;
  const hours = durationMs / MINUTE_MS / 60;
  return hours < 48 ? `${hours.toFixed(1)} hours` : `${(hours / 24).toFixed(1)} days`;
}

/** How many contracts each rule took out, in words. */
export function describeRuledOut(selection: Selection, limits: SelectionLimits): string {
  const { rows, considered, ruledOut } = selection;
  const words = ruleWords(limits);
  const parts = Object.entries(ruledOut).map(([rule, count]) => `${count} ${words[rule] ?? rule}`);
  const passed = rows.length === 0 ? 'none' : `${rows.length}`;
  return `${passed} of ${considered} contracts may be sold${parts.length > 0 ? `; out: ${parts.join(', ')}` : ''}`;
}

/** Why the best of those that were scored is not sold. */
export function describeBest(best: Candidate, scored: number): Reason[] {
  const name = describeInstrument(best.instrument);
  const lead = `best of ${scored} is ${name} at ${formatMoney(best.limit)}`;
  const weakest = weakestPart(best.parts);
  const why = weakest === null ? '' : `; weakest part: ${weakest.note}`;
  return best.against.map(({ rule, text }) => ({ rule, text: `${lead}: ${text}${rule === 'score' ? why : ''}` }));
}

/** What speaks for the one that is sold. */
export function describeChosen(chosen: Candidate, scored: number, minScore: number): Reason[] {
  const name = describeInstrument(chosen.instrument);
  const text = `sell ${name} at ${formatMoney(chosen.limit)}: scores ${chosen.score.toFixed(1)} of 100, at or above ${minScore}, best of ${scored}`;
  return [{ rule: 'score', text }, ...chosen.parts.map(({ name: rule, note }) => ({ rule, text: note }))];
}

/** The part that costs the score most. */
function weakestPart(parts: readonly ScorePart[]): ScorePart | null {
  let weakest: ScorePart | null = null;
  for (const part of parts) if (weakest === null || missed(part) > missed(weakest)) weakest = part;
  return weakest;
}

function missed(part: ScorePart): number {
  return part.weight * (100 - (part.value ?? 0));
}

function ruleWords(limits: SelectionLimits): Readonly<Record<string, string>> {
  return {
    right: 'calls',
    expiration: `outside ${limits.minDaysToExpiration} to ${limits.maxDaysToExpiration} days`,
    'missing-side': 'without bid or ask',
    'zero-bid': 'without a bid above zero',
    crossed: 'with bid above ask',
    stale: `older than ${minutes(limits.maxQuoteAgeMs)}`,
    suspect: 'out of line with other strikes',
    'delta-unknown': 'without delta',
    'volatility-unknown': 'without implied volatility',
    delta: `outside delta ${limits.minDelta} to ${limits.maxDelta}`,
    bid: `below a bid of ${formatMoney(limits.minBid)}`,
    spread: `wider than ${Math.round(limits.maxSpread * 1000) / 10} % of mid`,
    'open-interest': `below ${limits.minOpenInterest} open interest`,
    volume: `below ${limits.minVolume} traded today`,
    'cash-secured': 'not secured by free cash',
  };
}
