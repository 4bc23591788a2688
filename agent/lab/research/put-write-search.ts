import type { PutWriteOptions } from '../../core/strategy/put-write.ts';
import type { ResearchScore } from '../../edges/store/schedule-records.ts';
import type {
  PutWriteSettings,
  ResearchInput,
  ResearchOutput,
  ScoredSettings,
} from '../../work/workflows/research-input.ts';
import { hash, stream } from '../exchange/random.ts';
import { type DecisionDay, decisionDays, type Trade, tradeOn } from './put-write-days.ts';

/** Fewer trades than this say nothing. */
const LEAST_TRADES = 10;
const KEPT = 10;
/** Weight of the worst trades against the average, as in the objective of the appliance. */
const TAIL_WEIGHT = 0.2;
const TAIL = 0.05;

/**
 * Tries settings one after another and yields after each: whoever drives it may stop at any time and has the best so far. The
 * same input gives the same output.
 */
export function* searchPutWrites(input: ResearchInput): Generator<ResearchOutput, void> {
  const { seed, first, count } = input;
  yield* tried(input, count, (index) => drawnSettings(seed, first + index));
}

/** Holds candidates against days they were not chosen on. */
export function* validatePutWrites(input: ResearchInput): Generator<ResearchOutput, void> {
  const { candidates } = input;
  yield* tried(input, candidates.length, (index) => candidates[index] as PutWriteSettings);
}

/** Setting number `index` of the endless sequence that belongs to a seed. */
export function drawnSettings(seed: number, index: number): PutWriteSettings {
  const next = stream(hash(seed, index));
  const between = (low: number, high: number, step: number): number =>
    Math.round((low + Math.floor(next() * (Math.round((high - low) / step) + 1)) * step) * 1000) / 1000;
  const minDelta = between(0.05, 0.3, 0.01);
  const minDays = between(7, 45, 1);
  return {
    minDelta,
    maxDelta: Math.min(0.5, Math.round((minDelta + between(0.05, 0.2, 0.01)) * 1000) / 1000),
    minDaysToExpiration: minDays,
    maxDaysToExpiration: Math.min(60, minDays + between(7, 30, 1)),
    minScore: between(50, 80, 1),
  };
}

/** One setting after the other is made and forgotten: a weekend has millions of them. */
function* tried(
  input: ResearchInput,
  count: number,
  settingAt: (index: number) => PutWriteSettings,
): Generator<ResearchOutput, void> {
  const days = decisionDays(input);
  const configured = judged(days, input, input.options);
  let best: readonly ScoredSettings[] = [];
  for (let index = 0; index < count; index += 1) {
    const settings = settingAt(index);
    const score = judged(days, input, { ...input.options, ...settings });
    if (score !== null) best = [...best, { ...score, settings }].sort((a, b) => b.score - a.score).slice(0, KEPT);
    yield { done: index + 1, of: count, best, configured, days: days.length };
  }
  if (count === 0) yield { done: 0, of: 0, best, configured, days: days.length };
}

function judged(days: readonly DecisionDay[], input: ResearchInput, options: PutWriteOptions): ResearchScore | null {
  const trades: Trade[] = [];
  for (const day of days) {
    const trade = tradeOn(day, { options, model: input.model, fees: input.fees });
    if (trade !== null) trades.push(trade);
  }
  return trades.length < LEAST_TRADES ? null : { label: labelOf(options), ...objective(trades) };
}

/** Average return a year on the cash that secures, less 0.2 times the average of the worst 5 % of all trades. */
function objective(trades: readonly Trade[]): Pick<ResearchScore, 'score' | 'figures'> {
  const yearly = trades.reduce((sum, { result, days }) => sum + (result * 365) / days, 0) / trades.length;
  const sorted = trades.map(({ result }) => result).sort((a, b) => a - b);
  const worst = sorted.slice(0, Math.max(1, Math.round(sorted.length * TAIL)));
  const tail = worst.reduce((sum, result) => sum + result, 0) / worst.length;
  const won = trades.filter(({ result }) => result > 0).length / trades.length;
  const figures = { trades: trades.length, yearlyReturn: yearly, worstTrades: tail, won };
  return { score: yearly - TAIL_WEIGHT * Math.abs(tail), figures };
}

function labelOf(options: PutWriteOptions): string {
  const { minDelta, maxDelta, minDaysToExpiration, maxDaysToExpiration, minScore } = options;
  return `delta ${minDelta} to ${maxDelta}, ${minDaysToExpiration} to ${maxDaysToExpiration} days, score from ${minScore}`;
}
