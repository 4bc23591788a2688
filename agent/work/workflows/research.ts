import { newYorkDate } from '../../core/calendar/new-york.ts';
import type { EpochMs, IsoDate } from '../../core/calendar/time.ts';
import type { Chain } from '../../core/market/chain.ts';
import type { FeeTable } from '../../core/market/fees.ts';
import type { PutWriteOptions } from '../../core/strategy/put-write.ts';
import type { ScoreModel } from '../../core/strategy/score.ts';
import type { ResearchResult } from '../../edges/store/schedule-records.ts';
import { type Store, timeKey } from '../../edges/store/store.ts';
import type { ChildOutcome, Children } from '../../edges/system/children.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { Occasion, Workflow } from './occasion.ts';
import type {
  PutWriteSettings,
  ResearchInput,
  ResearchOutput,
  ResearchSymbol,
  ResearchWork,
  ScoredSettings,
} from './research-input.ts';

export interface ResearchParts {
  readonly store: Pick<Store, 'get' | 'list' | 'commit' | 'chainTimes' | 'chainAt'>;
  readonly children: Children;
  readonly clock: Pick<Clock, 'now'>;
  readonly symbols: readonly string[];
  readonly options: PutWriteOptions;
  readonly model: ScoreModel;
  readonly fees: FeeTable;
  readonly pennyClasses: ReadonlySet<string>;
  readonly capMb: number;
}

/** Share of the days that settings are searched on; the rest is kept to hold the best of them against. */
const SEARCHED = 0.7;
/** Settings in one run; the next run goes on where this one stopped. */
export const RUN_OF = { night: 800, weekend: 3000 } as const;
const HELD = 5;
/** Settings that beat what is configured by more than this share, on days they were not chosen on, are worth a look. */
const WORTH = 0.05;
const SEED = 1;

/** Searches settings of the put-write strategy in a child, and keeps the best of them. */
export function searchSettings(parts: ResearchParts, count: number): Workflow {
  return async (occasion) => {
    const counter = `research/${occasion.task}`;
    const first = (await parts.store.get('counters', counter))?.value ?? 0;
    const { input, split } = await gathered(parts, occasion.now);
    const outcome = await inChild('search', { ...input, before: split, first, count }, { parts, occasion });
    const { output, note } = outcome;
    if (output !== null && output.done > 0) {
      const put = { value: first + output.done };
      await parts.store.commit([{ table: 'counters', key: counter, put }], 'lazy');
    }
    await keep(parts, occasion, outcome);
    occasion.signal.throwIfAborted();
    return note;
  };
}

/** Holds the best settings found against the days they were not chosen on, and against what is configured. */
export function validateSettings(parts: ResearchParts): Workflow {
  return async (occasion) => {
    const found = await newestBest(parts.store);
    if (found.length === 0) return 'no candidates have been found yet';
    const { input, split } = await gathered(parts, occasion.now);
    const job = { ...input, from: split, candidates: found.map(({ settings }) => settings) };
    const outcome = await inChild('validate', job, { parts, occasion });
    const note = outcome.output === null ? outcome.note : verdict(outcome.output);
    await keep(parts, occasion, { ...outcome, note });
    occasion.signal.throwIfAborted();
    return note;
  };
}

interface Finished {
  readonly output: ResearchOutput | null;
  readonly finished: boolean;
  readonly note: string;
}

interface Asking {
  readonly parts: ResearchParts;
  readonly occasion: Occasion;
}

async function inChild(work: ResearchWork, input: ResearchInput, { parts, occasion }: Asking): Promise<Finished> {
  let partial: ResearchOutput | null = null;
  const outcome = await parts.children.run({
    ...{ work, input, capMb: parts.capMb, signal: occasion.signal },
    onProgress: (progress, sofar) => {
      partial = sofar as ResearchOutput;
      occasion.progress(progress);
    },
  });
  return concluded(outcome, partial);
}

/** A child that wanted too much memory has shown something about the work; what it had found until then counts. */
function concluded(outcome: ChildOutcome, partial: ResearchOutput | null): Finished {
  switch (outcome.kind) {
    case 'done': {
      const output = outcome.result as ResearchOutput;
      return { output, finished: true, note: `${found(output)}, ${Math.round(outcome.peakMb)} MB` };
    }
    case 'outOfMemory':
      return {
        output: partial,
        finished: false,
        note: `needed more than its ${outcome.capMb} MB of memory; ${partial === null ? 'nothing was found until then' : found(partial)}`,
      };
    case 'stopped':
      return { output: partial, finished: false, note: partial === null ? 'stopped' : `stopped; ${found(partial)}` };
    case 'failed':
      throw new Error(`the research child failed: ${outcome.reason}`);
  }
}

function found({ done, of, days, best, configured }: ResearchOutput): string {
  const [first] = best;
  const now = configured === null ? 'what is configured traded too seldom' : `configured ${percent(configured.score)}`;
  const top = first === undefined ? 'none traded often enough' : `best ${percent(first.score)} with ${first.label}`;
  return `${done} of ${of} settings on ${days} days: ${top}; ${now}`;
}

function verdict({ best, configured, days }: ResearchOutput): string {
  const [first] = best;
  if (first === undefined) return `on ${days} days that were held back none of the candidates traded often enough`;
  const now = configured?.score ?? null;
  const better = now === null ? null : first.score - now;
  const worth = better !== null && better > Math.abs(now as number) * WORTH;
  const against = now === null ? 'nothing to compare with' : `configured ${percent(now)}`;
  return `on ${days} days that were held back: best ${percent(first.score)} with ${first.label}, ${against}: ${worth ? 'worth a look' : 'no reason to change'}`;
}

async function keep(
  { store, clock }: ResearchParts,
  occasion: Occasion,
  { output, finished, note }: Finished,
): Promise<void> {
  const at = clock.now();
  const { task, tradingDay } = occasion;
  const { done, of, best } = output ?? { done: 0, of: 0, best: [] };
  const put: ResearchResult = { ...{ at, task, tradingDay, done, of, finished, note }, best };
  await store.commit([{ table: 'research', key: `${timeKey(at)}/${task}`, put }], 'lazy');
}

/** Of all searches that are remembered, by settings. */
async function newestBest(store: ResearchParts['store']): Promise<readonly ScoredSettings[]> {
  const rows = await store.list('research', { newestFirst: true, most: 50 });
  const best = new Map<string, ScoredSettings>();
  for (const [, { task, best: scores }] of rows) {
    if (task === 'validate-candidates') continue;
    for (const score of scores) if (!best.has(score.label)) best.set(score.label, score as ScoredSettings);
  }
  return [...best.values()].sort((a, b) => b.score - a.score).slice(0, HELD);
}

async function gathered(parts: ResearchParts, now: EpochMs): Promise<{ input: ResearchInput; split: IsoDate }> {
  const symbols: ResearchSymbol[] = [];
  for (const symbol of parts.symbols) {
    const history = await parts.store.get('histories', symbol);
    if (history === null) continue;
    const { closes, impliedVolatility } = history;
    const inPennyProgram = parts.pennyClasses.has(symbol);
    const chains = await collected(parts.store, symbol, now);
    symbols.push({ ...{ symbol, inPennyProgram, closes, impliedVolatility }, chains });
  }
  const dates = [...new Set(symbols.flatMap(({ closes }) => closes.map(([date]) => date)))].sort();
  if (dates.length === 0) throw new Error('there is no history of daily prices to search on');
  const split = dates[Math.floor(dates.length * SEARCHED)] as IsoDate;
  const { options, model, fees } = parts;
  const none: readonly PutWriteSettings[] = [];
  const input = { ...{ symbols, options, model, fees }, from: '', before: '9999-12-31', candidates: none };
  return { input: { ...input, ...{ seed: SEED, first: 0, count: 0 } }, split };
}

/** The first chain of each day. */
async function collected(store: ResearchParts['store'], symbol: string, now: EpochMs): Promise<Chain[]> {
  const chains: Chain[] = [];
  let last = '';
  for (const at of await store.chainTimes(symbol, 0, now)) {
    const date = newYorkDate(at);
    if (date === last) continue;
    last = date;
    const chain = await store.chainAt(symbol, at);
    if (chain !== null) chains.push(chain);
  }
  return chains;
}

function percent(score: number): string {
  return `${(score * 100).toFixed(1)} %`;
}
