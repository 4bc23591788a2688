import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Chain } from '../../../core/market/chain.ts';
import type { Log } from '../../system/log.ts';
import type { Backup, BackupRequest, Backups } from '../backup.ts';
import { recordText } from '../record-text.ts';
import { type Range, type Store, StoreError, type TableName, type Tables, type Write } from '../store.ts';
import { ChainHistory } from './chain-history.ts';
import { compactAll, type Database, damaged, openDatabase, storeError } from './open-database.ts';
import { backUpTables } from './table-copy.ts';
import { Turns } from './turns.ts';

export interface LevelStoreOptions {
  /** Folder of the database; it is created when it is not there. */
  readonly path: string;
  readonly log?: Log;
}

interface Opened {
  readonly database: Database;
  readonly history: ChainHistory;
}

/** The store on LevelDB: tables are prefixes of keys, records are JSON, chains are packed blocks (chain-block.ts). */
export class LevelStore implements Store, Backups {
  readonly #path: string;
  readonly #log: Log | null;
  readonly #commits = new Turns();
  #opened: Opened | null = null;

  constructor(options: LevelStoreOptions) {
    this.#path = options.path;
    this.#log = options.log ?? null;
  }

  async start(): Promise<void> {
    if (this.#opened !== null) return;
    const database = await openDatabase(this.#path);
    this.#opened = { database, history: new ChainHistory(database, this.#log) };
  }

  async stop(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    if (opened === null) return;
    await Promise.all([this.#commits.idle(), opened.history.idle()]);
    await opened.database.close();
  }

  commit(writes: readonly Write[], durability: 'sync' | 'lazy'): Promise<void> {
    return this.#with(({ database }) => {
      const batch = writes.map((write) => {
        const key = keyOf(write.table, write.key);
        return 'put' in write
          ? ({ type: 'put', key, value: recordText(write.put) } as const)
          : ({ type: 'del', key } as const);
      });
      return this.#commits.take(() => database.batch(batch, { sync: durability === 'sync' }));
    });
  }

  get<T extends TableName>(table: T, key: string): Promise<Tables[T] | null> {
    return this.#with(async ({ database }) => {
      const text: string | undefined = await database.get(keyOf(table, key));
      return text === undefined ? null : this.#record(table, key, text);
    });
  }

  list<T extends TableName>(table: T, range: Range = {}): Promise<readonly (readonly [string, Tables[T]])[]> {
    return this.#with(async ({ database }) => {
      const prefix = keyOf(table, '');
      const entries = await database
        .iterator({
          gte: prefix + (range.from ?? ''),
          lt: range.before === undefined ? afterTable(table) : prefix + range.before,
          reverse: range.newestFirst ?? false,
          limit: range.most ?? Number.POSITIVE_INFINITY,
        })
        .all();
      return entries.map(([key, text]) => {
        const name = key.slice(prefix.length);
        return [name, this.#record(table, name, text)] as const;
      });
    });
  }

  putChain(chain: Chain): Promise<void> {
    return this.#with(({ history }) => history.put(chain));
  }

  chainAt(symbol: string, at: EpochMs): Promise<Chain | null> {
    return this.#with(({ history }) => history.at(symbol, at));
  }

  async *chains(symbol: string, from: EpochMs, before: EpochMs): AsyncGenerator<Chain> {
    const { history } = this.#open();
    try {
      yield* history.between(symbol, from, before);
    } catch (error) {
      throw storeError(error, this.#path);
    }
  }

  chainTimes(symbol: string, from: EpochMs, before: EpochMs): Promise<readonly EpochMs[]> {
    return this.#with(({ history }) => history.times(symbol, from, before));
  }

  dropChains(symbol: string, times: readonly EpochMs[]): Promise<number> {
    return this.#with(({ history }) => history.drop(symbol, times));
  }

  get folder(): string {
    return `${this.#path}-copies`;
  }

  backUp(request: BackupRequest): Promise<Backup> {
    return this.#with(({ database }) => backUpTables(database, this.folder, request));
  }

  compact(): Promise<void> {
    return this.#with(({ database }) => compactAll(database));
  }

  #open(): Opened {
    if (this.#opened === null) throw new StoreError('STORE_UNAVAILABLE', `The store ${this.#path} is not open.`);
    return this.#opened;
  }

  async #with<R>(work: (opened: Opened) => Promise<R>): Promise<R> {
    const opened = this.#open();
    try {
      return await work(opened);
    } catch (error) {
      if (error instanceof TypeError || error instanceof RangeError) throw error;
      throw storeError(error, this.#path);
    }
  }

  #record<T extends TableName>(table: T, key: string, text: string): Tables[T] {
    try {
      return JSON.parse(text) as Tables[T];
    } catch (error) {
      throw damaged(this.#path, `record "${key}" of table ${table} cannot be read`, error);
    }
  }
}

function keyOf(table: TableName, key: string): string {
  return `${table}/${key}`;
}

/** The first key behind those of a table: `0` follows `/`. */
function afterTable(table: TableName): string {
  return `${table}0`;
}
