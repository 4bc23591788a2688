import type { EpochMs } from '../../core/calendar/time.ts';
import type { Chain } from '../../core/market/chain.ts';
import type { Range, Store, TableName, Tables, Write } from '../../edges/store/store.ts';
import type { Clock } from '../../edges/system/clock.ts';

/** Everything that was stored, in the order in which it was stored. */
export type JournalEntry = { readonly at: EpochMs } & (
  | { readonly write: Write }
  | {
      readonly chain: {
        readonly symbol: string;
        readonly takenAt: EpochMs;
        readonly rows: number;
        readonly bids: number;
        readonly asks: number;
      };
    }
);

export interface JournalParts {
  readonly store: Store;
  readonly clock: Pick<Clock, 'now'>;
  readonly onEntry: (entry: JournalEntry) => void;
}

/** A store that tells of each write after it is done: the journal of a replay and the running account of the demo. */
export class JournalledStore implements Store {
  readonly #parts: JournalParts;

  constructor(parts: JournalParts) {
    this.#parts = parts;
  }

  start(): Promise<void> {
    return this.#parts.store.start();
  }

  stop(): Promise<void> {
    return this.#parts.store.stop();
  }

  async commit(writes: readonly Write[], durability: 'sync' | 'lazy'): Promise<void> {
    await this.#parts.store.commit(writes, durability);
    for (const write of writes) this.#parts.onEntry({ at: this.#parts.clock.now(), write });
  }

  get<T extends TableName>(table: T, key: string): Promise<Tables[T] | null> {
    return this.#parts.store.get(table, key);
  }

  list<T extends TableName>(table: T, range?: Range): Promise<readonly (readonly [string, Tables[T]])[]> {
    return this.#parts.store.list(table, range);
  }

  async putChain(chain: Chain): Promise<void> {
    await this.#parts.store.putChain(chain);
    const { symbol, takenAt, size } = chain;
    const body = { symbol, takenAt, rows: size, bids: checksum(chain.bid), asks: checksum(chain.ask) };
    this.#parts.onEntry({ at: this.#parts.clock.now(), chain: body });
  }

  chainAt(symbol: string, at: EpochMs): Promise<Chain | null> {
    return this.#parts.store.chainAt(symbol, at);
  }

  chains(symbol: string, from: EpochMs, before: EpochMs): AsyncIterable<Chain> {
    return this.#parts.store.chains(symbol, from, before);
  }

  chainTimes(symbol: string, from: EpochMs, before: EpochMs): Promise<readonly EpochMs[]> {
    return this.#parts.store.chainTimes(symbol, from, before);
  }

  dropChains(symbol: string, times: readonly EpochMs[]): Promise<number> {
    return this.#parts.store.dropChains(symbol, times);
  }

  compact(): Promise<void> {
    return this.#parts.store.compact();
  }
}

/** Enough to notice that one price differs. */
function checksum(column: Int32Array): number {
  let sum = 0;
  for (const value of column) sum = (Math.imul(sum, 31) + value) | 0;
  return sum;
}
