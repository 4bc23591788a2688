import { newYorkDate } from '../../core/calendar/new-york.ts';
import { type EpochMs, HOUR_MS, type IsoDate, MINUTE_MS } from '../../core/calendar/time.ts';
import type { Chain } from '../../core/market/chain.ts';
import type { FeeTable } from '../../core/market/fees.ts';
import type { PutWriteOptions } from '../../core/strategy/put-write.ts';
import type { ScoreModel } from '../../core/strategy/score.ts';
import type { ResearchResult } from '../../edges/store/schedule-records.ts';
import { type Store, timeKey, type Write } from '../../edges/store/store.ts';
import type { ChildOutcome, Children } from '../../edges/system/children.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { Occasion, Workflow } from './occasion.ts';
import {
  decisionDates,
  type PutWriteSettings,
  type ResearchInput,
  type ResearchOutput,
  type ResearchSymbol,
  type ResearchWork,
  type ScoredSettings,
} from './research-input.ts';

export interface ResearchParts {
  readonly store: Pick<Store, 'get' | 'list' | 'commit' | 'chainTimes' | 'chainAt'>;
  readonly children: Children;
  readonly clock: Pick<Clock, 'now' | 'elapsed'>;
  readonly symbols: readonly string[];
  readonly options: PutWriteOptions;
  readonly model: ScoreModel;
  readonly fees: FeeTable;
  readonly pennyClasses: ReadonlySet<string>;
  readonly capMb: number;
}

/** Share of the days that settings are searched on; the rest is kept to hold the best of them against. */
const SEARCHED = 0.7;
/** So many settings are tried before anything is known of the machine; they say how many it tries in an hour. */
const FIRST_SETTINGS = 100;
const MOST_SETTINGS = 10_000_000;
const PACE = 'research/settings-per-hour';
/** Less than this says nothing about the pace. */
const LEAST_TIMED_MS = 100;
/** What was found is written this often, so that a power cut does not take a night with it. */
const KEPT_EVERY_MS = 15 * MINUTE_MS;
/** Collected chains that are searched on, newest first: they all have to be in memory at once. */
const MOST_CHAIN_ROWS = 150_000;
const HELD = 5;
/** Settings that beat what is configured by more than this share, on days they were not chosen on, are worth a look. */
const WORTH = 0.05;
const SEED = 1;

/**
 * Searches settings of the put-write strategy in a child for about so many minutes, and keeps the best of them. The next run
 * goes on where this one stopped.
 */
export function searchSettings(parts: ResearchParts, minutes: number): Workflow {
  return async (occasion) => {
    const { store, clock } = parts;
    const counter = `research/${occasion.task}`;
    const first = (await store.get('counters', counter))?.value ?? 0;
    const count = settingsFor(minutes, (await store.get('counters', PACE))?.value ?? null);
    const { input, split } = await gathered(parts, occasion.now);
    const kept = async (finished: Finished): Promise<void> => {
      const value = first + (finished.output?.done ?? 0);
      await keep(parts, occasion, { ...finished, writes: [{ table: 'counters', key: counter, put: { value } }] });
    };
    const began = clock.elapsed();
    const outcome = await inChild('search', { ...input, before: split, first, count }, { parts, occasion, kept });
    await learnPace(parts, outcome.output?.done ?? 0, clock.elapsed() - began);
    await kept(outcome);
    occasion.signal.throwIfAborted();
    return outcome.note;
  };
}

/** As many as the machine tries in that time, by what is known of it. */
function settingsFor(minutes: number, perHour: number | null): number {
  if (perHour === null) return FIRST_SETTINGS;
  return Math.min(MOST_SETTINGS, Math.max(FIRST_SETTINGS, Math.round((perHour * minutes) / 60)));
}

async function learnPace({ store }: ResearchParts, done: number, tookMs: number): Promise<void> {
  if (done === 0 || tookMs < LEAST_TIMED_MS) return;
  const put = { value: Math.ceil((done * HOUR_MS) / tookMs) };
  await store.commit([{ table: 'counters', key: PACE, put }], 'lazy');
}

/** Holds the best settings found against the days they were not chosen on, and against what is configured. */
export function validateSettings(parts: ResearchParts): Workflow {
  return async (occasion) => {
    const found = await newestBest(parts.store);
    if (found.length === 0) return 'no candidates have been found yet';
    const { input, split } = await gathered(parts, occasion.now);
    const job = { ...input, from: split, candidates: found.map(({ settings }) => settings) };
    const kept = (finished: Finished): Promise<void> => keep(parts, occasion, { ...finished, writes: [] });
    const outcome = await inChild('validate', job, { parts, occasion, kept });
    const note = outcome.output === null ? outcome.note : verdict(outcome.output);
    await kept({ ...outcome, note });
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
  readonly kept: (finished: Finished) => Promise<void>;
}

async function inChild(work: ResearchWork, input: ResearchInput, asking: Asking): Promise<Finished> {
  const { parts, occasion, kept } = asking;
  let partial: ResearchOutput | null = null;
  let keptAt = parts.clock.elapsed();
  let keeping = Promise.resolve();
  const outcome = await parts.children.run({
    ...{ work, input, capMb: parts.capMb, signal: occasion.signal },
    onProgress: (progress, sofar) => {
      partial = sofar as ResearchOutput;
      occasion.progress(progress);
      if (parts.clock.elapsed() - keptAt < KEPT_EVERY_MS) return;
      keptAt = parts.clock.elapsed();
      const output = partial;
      // A failure to write is told by the last one, which is waited for.
      keeping = kept({ output, finished: false, note: `so far ${found(output)}` }).catch(() => undefined);
    },
  });
  await keeping;
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

/** One record for each run: what is known later takes the place of what was known before. */
async function keep(
  { store, clock }: ResearchParts,
  occasion: Occasion,
  { output, finished, note, writes }: Finished & { readonly writes: readonly Write[] },
): Promise<void> {
  const { task, tradingDay } = occasion;
  const { done, of, best } = output ?? { done: 0, of: 0, best: [] };
  const put: ResearchResult = { ...{ at: clock.now(), task, tradingDay, done, of, finished, note }, best };
  await store.commit([{ table: 'research', key: `${timeKey(occasion.now)}/${task}`, put }, ...writes], 'lazy');
}

/** Of all searches that are remembered, by settings. */
async function newestBest(store: ResearchParts['store']): Promise<readonly ScoredSettings[]> {
  const rows = await store.list('research', { newestFirst: true, most: 50 });
  const best = new Map<string, ScoredSettings>();
  for (const [, { task, best: scores }] of rows) {
    if (task.startsWith('validate-')) continue;
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
    const dates = new Set(decisionDates(closes));
    const mostRows = MOST_CHAIN_ROWS / parts.symbols.length;
    const chains = await collected(parts.store, symbol, { dates, now, mostRows });
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

/** The first chain of each day that is asked about, the newest ones if there are too many. */
async function collected(
  store: ResearchParts['store'],
  symbol: string,
  { dates, now, mostRows }: { readonly dates: ReadonlySet<IsoDate>; readonly now: EpochMs; readonly mostRows: number },
): Promise<Chain[]> {
  const firsts = new Map<IsoDate, EpochMs>();
  for (const at of await store.chainTimes(symbol, 0, now)) {
    const date = newYorkDate(at);
    if (dates.has(date) && !firsts.has(date)) firsts.set(date, at);
  }
  const chains: Chain[] = [];
  let rows = 0;
  for (const at of [...firsts.values()].reverse()) {
    const chain = await store.chainAt(symbol, at);
    if (chain === null) continue;
    rows += chain.size;
    if (rows > mostRows) break;
    chains.push(chain);
  }
  return chains.reverse();
}

function percent(score: number): string {
  return `${(score * 100).toFixed(1)} %`;
}
