import { newYorkDate, newYorkDay } from '../../core/calendar/new-york.ts';
import { sessionOnDay } from '../../core/calendar/sessions.ts';
import type { EpochMs } from '../../core/calendar/time.ts';
import { atTheMoneyVolatility } from '../../core/market/atm.ts';
import type { Chain } from '../../core/market/chain.ts';
import { MISSING } from '../../core/market/chain.ts';
import { chainGreeks } from '../../core/pricing/chain-greeks.ts';
import type { FileReport, HistoryPart, HistorySource, KnownHistory } from '../../edges/history/history.ts';
import { storedActions, storedBars, storedRate } from '../../edges/store/history-view.ts';
import type { DayVolatility, ImportProgress } from '../../edges/store/records.ts';
import { dayKey, type Store, type Write } from '../../edges/store/store.ts';
import { recordWrites } from './history-records.ts';

export interface SourceImport {
  /** It was all in the store already, and nothing was read. */
  readonly unchanged: boolean;
  readonly progress: ImportProgress;
  /** Empty when nothing was read. */
  readonly reports: readonly FileReport[];
  /** Chains of which the store has a fuller one of the same time. */
  readonly outdone: number;
  /** Chains whose underlying's price is not known. */
  readonly withoutSpot: number;
}

/** So many chains are lost at most, and read again, when the import is interrupted. */
const CHAINS_PER_SAVE = 50;
/** Of the spot. */
const NEAR_MONEY = 0.03;
/** Strikes of a cheap stock stand that far apart. */
const HALF_DOLLAR = 5000;

/**
 * Brings what a source yields into the store. It can be interrupted at any instant and called again: what was saved is not
 * written twice, and a source that is all in the store is not read at all.
 */
export async function importSource(source: HistorySource, store: Store): Promise<SourceImport> {
  const key = source.paths.join('\n');
  const fingerprint = await source.fingerprint();
  const before = await store.get('imports', key);
  const same = before?.fingerprint === fingerprint ? before : null;
  if (same?.finished) return { unchanged: true, progress: same, reports: [], outdone: 0, withoutSpot: 0 };
  return new Import({ source, store, key, fingerprint, through: same?.through ?? {} }).run();
}

interface ImportParts {
  readonly source: HistorySource;
  readonly store: Store;
  readonly key: string;
  readonly fingerprint: string;
  readonly through: Readonly<Record<string, EpochMs>>;
}

class Import {
  readonly #parts: ImportParts;
  readonly #through: Record<string, EpochMs>;
  readonly #known: KnownHistory;
  /** Per symbol the times of chains that were in the store before its first one came. */
  readonly #present = new Map<string, Set<EpochMs>>();
  readonly #volatility = new Map<string, DayVolatility>();
  #chains = 0;
  #outdone = 0;
  #withoutSpot = 0;
  #unsaved = 0;

  constructor(parts: ImportParts) {
    this.#parts = parts;
    this.#through = { ...parts.through };
    const { store } = parts;
    this.#known = { actions: (symbol) => storedActions(store, symbol), bars: (symbol) => storedBars(store, symbol) };
  }

  async run(): Promise<SourceImport> {
    const { source } = this.#parts;
    for await (const part of source.read(this.#known)) await this.#take(part);
    const progress = await this.#save(true);
    const reports = source.reports();
    return { unchanged: false, progress, reports, outdone: this.#outdone, withoutSpot: this.#withoutSpot };
  }

  async #take(part: HistoryPart): Promise<void> {
    const { store } = this.#parts;
    if (part.kind !== 'chain') {
      const writes = await recordWrites(store, part);
      if (writes.length > 0) await store.commit(writes, 'lazy');
      return;
    }
    const { chain } = part;
    this.#chains += 1;
    if (chain.spot === null) this.#withoutSpot += 1;
    if (chain.takenAt <= (this.#parts.through[chain.symbol] ?? 0)) return;
    if (await this.#isOutdone(chain)) this.#outdone += 1;
    else await store.putChain(chain);
    await this.#noteVolatility(chain);
    this.#through[chain.symbol] = chain.takenAt;
    this.#unsaved += 1;
    if (this.#unsaved >= CHAINS_PER_SAVE) await this.#save(false);
  }

  /** Whether the store has a chain of the same instant that says more: two files may describe one session. */
  async #isOutdone(chain: Chain): Promise<boolean> {
    const { store } = this.#parts;
    const { symbol, takenAt } = chain;
    let present = this.#present.get(symbol);
    if (present === undefined) {
      present = new Set(await store.chainTimes(symbol, takenAt, Number.MAX_SAFE_INTEGER));
      this.#present.set(symbol, present);
    }
    const other = present.has(takenAt) ? await store.chainAt(symbol, takenAt) : null;
    return other?.takenAt === takenAt && fullness(other) > fullness(chain);
  }

  /** The nearest to the close of each session counts. */
  async #noteVolatility(chain: Chain): Promise<void> {
    const { symbol, takenAt } = chain;
    const session = sessionOnDay(newYorkDay(takenAt));
    if (session === null || takenAt < session.open || takenAt > session.close || !reachesMoney(chain)) return;
    const found = atTheMoneyVolatility(chain, takenAt) ?? (await this.#derivedVolatility(chain));
    if (found === null) return;
    this.#volatility.set(dayKey(symbol, session.date), { impliedVolatility: found, takenAt });
  }

  async #derivedVolatility(chain: Chain): Promise<number | null> {
    if (chain.spot === null) return null;
    const known = await storedRate(this.#parts.store, newYorkDate(chain.takenAt));
    const filled = chainGreeks(chain, { now: chain.takenAt, rate: known?.rate ?? 0 });
    return atTheMoneyVolatility(filled.chain, chain.takenAt);
  }

  /** Progress goes with what it speaks of: the store keeps the order of what it is given. */
  async #save(finished: boolean): Promise<ImportProgress> {
    const { store, key, fingerprint, source } = this.#parts;
    const reports = source.reports();
    const sum = (count: (report: FileReport) => number): number => reports.reduce((all, one) => all + count(one), 0);
    const progress: ImportProgress = {
      fingerprint,
      finished,
      through: finished ? {} : { ...this.#through },
      rows: sum(({ rows }) => rows),
      kept: sum(({ kept }) => kept),
      chains: this.#chains,
      trouble: reports.find(({ trouble }) => trouble !== null)?.trouble ?? null,
    };
    const writes: Write[] = [{ table: 'imports', key, put: progress }];
    for (const [day, put] of this.#volatility) {
      const known = await store.get('volatility', day);
      if (known === null || put.takenAt >= known.takenAt) writes.push({ table: 'volatility', key: day, put });
    }
    await store.commit(writes, finished ? 'sync' : 'lazy');
    this.#volatility.clear();
    this.#unsaved = 0;
    return progress;
  }
}

/** A few strikes far from the spot tell nothing of the volatility at the money. */
function reachesMoney({ spot, strike }: Chain): boolean {
  if (spot === null) return false;
  const near = Math.max(spot * NEAR_MONEY, HALF_DOLLAR);
  return strike.some((k) => Math.abs(k - spot) <= near);
}

/** Two-sided quotes above all, then the rows. */
function fullness(chain: Chain): number {
  let quotes = 0;
  for (let row = 0; row < chain.size; row += 1) {
    if (chain.bid[row] !== MISSING && chain.ask[row] !== MISSING) quotes += 1;
  }
  return quotes * 1e6 + chain.size * 2 + (chain.spot === null ? 0 : 1);
}
