import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Chain } from '../../../core/market/chain.ts';
import { keptChain } from '../kept-chain.ts';
import { recordText } from '../record-text.ts';
import { type Range, type Store, StoreError, type TableName, type Tables, type Write } from '../store.ts';

type Table = Map<string, string>;

/**
 * The store without a disk: for replays, backtests and tests. What goes in is copied and what comes out is a copy. It keeps
 * its content while it is stopped.
 */
export class MemoryStore implements Store {
  readonly #tables = new Map<TableName, Table>();
  /** Oldest first. */
  readonly #chains = new Map<string, Chain[]>();
  #open = false;

  async start(): Promise<void> {
    this.#open = true;
  }

  async stop(): Promise<void> {
    this.#open = false;
  }

  async commit(writes: readonly Write[], _durability: 'sync' | 'lazy'): Promise<void> {
    this.#assertOpen();
    // Every record is turned into text before the first one is changed: all or nothing.
    const texts = writes.map((write) => ('put' in write ? recordText(write.put) : null));
    writes.forEach(({ table, key }, index) => {
      const text = texts[index] ?? null;
      if (text === null) this.#table(table).delete(key);
      else this.#table(table).set(key, text);
    });
  }

  async get<T extends TableName>(table: T, key: string): Promise<Tables[T] | null> {
    this.#assertOpen();
    const text = this.#table(table).get(key);
    return text === undefined ? null : (JSON.parse(text) as Tables[T]);
  }

  async list<T extends TableName>(table: T, range: Range = {}): Promise<readonly (readonly [string, Tables[T]])[]> {
    this.#assertOpen();
    const { from = '', before, newestFirst = false, most = Number.POSITIVE_INFINITY } = range;
    const keys = [...this.#table(table).keys()].filter(
      (key) => byBytes(key, from) >= 0 && (before === undefined || byBytes(key, before) < 0),
    );
    keys.sort(newestFirst ? (a, b) => byBytes(b, a) : byBytes);
    return keys
      .slice(0, most)
      .map((key) => [key, JSON.parse(this.#table(table).get(key) as string) as Tables[T]] as const);
  }

  async putChain(chain: Chain): Promise<void> {
    this.#assertOpen();
    const kept = keptChain(chain);
    const chains = this.#chains.get(kept.symbol) ?? [];
    this.#chains.set(kept.symbol, chains);
    const index = chains.findLastIndex((other) => other.takenAt <= kept.takenAt);
    const replaces = chains[index]?.takenAt === kept.takenAt;
    chains.splice(replaces ? index : index + 1, replaces ? 1 : 0, kept);
  }

  async chainAt(symbol: string, at: EpochMs): Promise<Chain | null> {
    this.#assertOpen();
    const found = this.#chains.get(symbol)?.findLast((chain) => chain.takenAt <= at);
    return found === undefined ? null : keptChain(found);
  }

  async *chains(symbol: string, from: EpochMs, before: EpochMs): AsyncGenerator<Chain> {
    this.#assertOpen();
    for (const chain of this.#between(symbol, from, before)) yield keptChain(chain);
  }

  async chainTimes(symbol: string, from: EpochMs, before: EpochMs): Promise<readonly EpochMs[]> {
    this.#assertOpen();
    return this.#between(symbol, from, before).map((chain) => chain.takenAt);
  }

  async dropChains(symbol: string, times: readonly EpochMs[]): Promise<number> {
    this.#assertOpen();
    const gone = new Set(times);
    const chains = this.#chains.get(symbol) ?? [];
    const kept = chains.filter(({ takenAt }) => !gone.has(takenAt));
    this.#chains.set(symbol, kept);
    return chains.length - kept.length;
  }

  async compact(): Promise<void> {
    this.#assertOpen();
  }

  #between(symbol: string, from: EpochMs, before: EpochMs): Chain[] {
    const chains = this.#chains.get(symbol) ?? [];
    return chains.filter(({ takenAt }) => takenAt >= from && takenAt < before);
  }

  #table(name: TableName): Table {
    const table = this.#tables.get(name) ?? new Map<string, string>();
    this.#tables.set(name, table);
    return table;
  }

  #assertOpen(): void {
    if (!this.#open) throw new StoreError('STORE_UNAVAILABLE', 'The store in memory is not open.');
  }
}

/** The order of UTF-8, in which a store on disk sorts its keys. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
