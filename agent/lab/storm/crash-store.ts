import type { EpochMs } from '../../core/calendar/time.ts';
import type { Chain } from '../../core/market/chain.ts';
import { keptChain } from '../../edges/store/kept-chain.ts';
import { MemoryStore } from '../../edges/store/memory/memory-store.ts';
import {
  type Range,
  type Store,
  StoreError,
  type TableName,
  type Tables,
  type Write,
} from '../../edges/store/store.ts';

type Durability = 'sync' | 'lazy';

interface Change {
  readonly synced: boolean;
  readonly writes: readonly Write[];
  readonly chain: Chain | null;
}

export interface CrashStoreHooks {
  /** Before a synced write reaches the disk, and after it has: the process may be killed in either moment. */
  readonly writing: (writes: readonly Write[], moment: 'before' | 'after') => void;
  /** How long the disk takes for a synced write, in milliseconds. */
  readonly delay: () => number;
  /** Resolves so many milliseconds later, or never in a life that has ended. */
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * A disk that outlives the process. What was synced survives every crash; of what was written since, a beginning does, as with
 * the log of a real store, and how much is drawn.
 */
export class CrashStore {
  #changes: Change[] = [];
  #current: Life | null = null;
  /** The disk takes nothing more. */
  full = false;

  /** A process opens it. Whatever an earlier process still does with its own has no effect. */
  async open(hooks: CrashStoreHooks): Promise<Store> {
    const memory = new MemoryStore();
    await memory.start();
    for (const { writes, chain } of this.#changes) {
      if (writes.length > 0) await memory.commit(writes, 'sync');
      if (chain !== null) await memory.putChain(chain);
    }
    const life: Life = new Life(memory, hooks, {
      full: () => this.full,
      keep: (change) => {
        if (this.#current === life) this.#changes.push(change);
      },
    });
    this.#current = life;
    return life;
  }

  /**
   * The process is gone.
   * @param draw a number in [0, 1): how much of what was not synced is lost
   * @param forgets so many of the last synced writes are lost with it: a disk that lies
   */
  crash(draw: () => number, forgets = 0): void {
    this.#current?.end();
    this.#current = null;
    const safe = this.#changes.findLastIndex(({ synced }) => synced) + 1;
    const unsynced = this.#changes.length - safe;
    this.#changes.length = safe + Math.floor(draw() * (unsynced + 1));
    if (forgets > 0) this.#changes.length = Math.max(0, safe - forgets);
  }

  /** The process has stopped in order: everything is on the disk. */
  close(): void {
    this.#current?.end();
    this.#current = null;
  }
}

interface Disk {
  readonly full: () => boolean;
  readonly keep: (change: Change) => void;
}

/** One for each who waits: a promise that everybody waited for would keep all of them for ever. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** The store as one process sees it. */
class Life implements Store {
  readonly #memory: MemoryStore;
  readonly #hooks: CrashStoreHooks;
  readonly #disk: Disk;
  #tail: Promise<unknown> = Promise.resolve();
  #ended = false;

  constructor(memory: MemoryStore, hooks: CrashStoreHooks, disk: Disk) {
    this.#memory = memory;
    this.#hooks = hooks;
    this.#disk = disk;
  }

  end(): void {
    this.#ended = true;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    await this.#tail;
  }

  commit(writes: readonly Write[], durability: Durability): Promise<void> {
    return this.#inTurn(() => this.#commit(writes, durability));
  }

  get<T extends TableName>(table: T, key: string): Promise<Tables[T] | null> {
    return this.#ended ? never() : this.#memory.get(table, key);
  }

  list<T extends TableName>(table: T, range?: Range): Promise<readonly (readonly [string, Tables[T]])[]> {
    return this.#ended ? never() : this.#memory.list(table, range);
  }

  putChain(chain: Chain): Promise<void> {
    const kept = keptChain(chain);
    return this.#inTurn(async () => {
      await this.#memory.putChain(kept);
      this.#disk.keep({ synced: false, writes: [], chain: kept });
    });
  }

  chainAt(symbol: string, at: EpochMs): Promise<Chain | null> {
    return this.#ended ? never() : this.#memory.chainAt(symbol, at);
  }

  chains(symbol: string, from: EpochMs, before: EpochMs): AsyncIterable<Chain> {
    return this.#memory.chains(symbol, from, before);
  }

  chainTimes(symbol: string, from: EpochMs, before: EpochMs): Promise<readonly EpochMs[]> {
    return this.#ended ? never() : this.#memory.chainTimes(symbol, from, before);
  }

  dropChains(symbol: string, times: readonly EpochMs[]): Promise<number> {
    return this.#ended ? never() : this.#memory.dropChains(symbol, times);
  }

  async compact(): Promise<void> {}

  async #commit(writes: readonly Write[], durability: Durability): Promise<void> {
    const synced = durability === 'sync';
    if (synced) {
      this.#hooks.writing(writes, 'before');
      const delay = this.#hooks.delay();
      if (!this.#ended && delay > 0) await this.#hooks.sleep(delay);
      if (this.#ended) return never();
    }
    if (this.#disk.full()) throw new StoreError('STORE_UNAVAILABLE', 'The disk is full.');
    await this.#memory.commit(writes, durability);
    this.#disk.keep({ synced, writes, chain: null });
    if (synced) this.#hooks.writing(writes, 'after');
    return this.#ended ? never() : undefined;
  }

  /** In the order of the calls, as on a disk. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#ended) return never();
    const done = this.#tail.then(() => (this.#ended ? never() : work()));
    this.#tail = done.catch(() => undefined);
    return done;
  }
}
