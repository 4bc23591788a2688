import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Chain } from '../../../core/market/chain.ts';
import type { Clock } from '../../system/clock.ts';
import type { Log } from '../../system/log.ts';
import type { Backup, BackupRequest, Backups, SnapshotRequest } from '../backup.ts';
import { recordText } from '../record-text.ts';
import { type Range, type Store, StoreError, type TableName, type Tables, type Write } from '../store.ts';
import { ChainHistory, type Change } from './chain-history.ts';
import { compactAll, DAMAGED_MARK, type Database, damaged, openDatabase, storeError } from './open-database.ts';
import { WriteGate } from './write-gate.ts';

export interface LevelStoreOptions {
  /** Folder of the database; it is created when it is not there. */
  readonly path: string;
  readonly log?: Log;
  /** Real time. With it a store that is damaged is mended before it is opened, and halts whoever opens it. */
  readonly mendAt?: Pick<Clock, 'now'>;
  /** The disk takes nothing any more, or takes it again: see `failure`. */
  readonly onFailure?: () => void;
  /** Something in it cannot be read any more: told once, and the next start mends it. */
  readonly onDamage?: (what: string) => void;
}

const BYTES = { keyEncoding: 'utf8', valueEncoding: 'buffer' } as const;

interface Opened {
  readonly database: Database;
  readonly history: ChainHistory;
  readonly gate: WriteGate;
}

/** The store on LevelDB: tables are prefixes of keys, records are JSON, chains are packed blocks (chain-block.ts). */
export class LevelStore implements Store, Backups {
  readonly #options: LevelStoreOptions;
  readonly #path: string;
  readonly #log: Log | null;
  #opened: Opened | null = null;
  #damaged = false;

  constructor(options: LevelStoreOptions) {
    this.#options = options;
    this.#path = options.path;
    this.#log = options.log ?? null;
  }

  /** Why the last records could not be written, or `null`. */
  get failure(): string | null {
    return this.#opened?.gate.failure ?? null;
  }

  async start(): Promise<void> {
    if (this.#opened !== null) return;
    this.#damaged = false;
    const database = await openDatabase(this.#path).catch((error: unknown) => this.#mended(error));
    const gate = new WriteGate({
      ...{ path: this.#path, database },
      onFailure: () => this.#options.onFailure?.(),
      onReopened: (fresh) => {
        if (this.#opened !== null) this.#opened = this.#joined(fresh, gate);
      },
    });
    this.#opened = this.#joined(database, gate);
  }

  async stop(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    if (opened === null) return;
    await opened.history.idle();
    await opened.gate.close();
  }

  commit(writes: readonly Write[], durability: 'sync' | 'lazy'): Promise<void> {
    return this.#with(({ gate }) => {
      const batch = writes.map((write) => {
        const key = keyOf(write.table, write.key);
        return 'put' in write
          ? ({ type: 'put', key, value: recordText(write.put) } as const)
          : ({ type: 'del', key } as const);
      });
      return gate.write((database) => database.batch(batch, { sync: durability === 'sync' }));
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
    return this.#with(async ({ database }) => {
      await this.#checkTables(database);
      const { backUpTables } = await import('./store-archive.ts');
      return backUpTables(database, this.folder, request);
    });
  }

  async *snapshot(request: SnapshotRequest): AsyncGenerator<Buffer> {
    const { database } = this.#open();
    await this.#with(() => this.#checkTables(database));
    const { snapshotOf } = await import('./store-archive.ts');
    yield* snapshotOf(database, request);
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
      throw await this.#marked(storeError(error, this.#path));
    }
  }

  /** A copy of a store that has lost something must not take the place of one that has not. */
  async #checkTables(database: Database): Promise<void> {
    const { damagedTable } = await import('./table-check.ts');
    const damage = await damagedTable(database, this.#path);
    if (damage !== null) throw damaged(this.#path, damage, new Error(damage));
  }

  /** Damage that shows only when a record is read: the next start mends it. A record that is merely wrong is none. */
  async #marked(error: StoreError): Promise<StoreError> {
    const found =
      error.cause instanceof Error && error.code === 'STORE_CORRUPT' && !(error.cause instanceof SyntaxError);
    if (!found || this.#damaged) return error;
    this.#damaged = true;
    await writeFile(join(this.#path, DAMAGED_MARK), `${error.message}\n`).catch(() => undefined);
    this.#options.onDamage?.(error.message);
    return error;
  }

  async #mended(error: unknown): Promise<Database> {
    const { mendAt } = this.#options;
    if (mendAt === undefined || !(error instanceof StoreError) || error.code !== 'STORE_CORRUPT') throw error;
    const { mendStore } = await import('./mend.ts');
    const about = { path: this.#path, copies: this.folder, damage: error, at: mendAt.now(), log: this.#log };
    await mendStore(about);
    return openDatabase(this.#path);
  }

  #joined(database: Database, gate: WriteGate): Opened {
    const write = (batch: readonly Change[]): Promise<void> =>
      gate.write((current) => current.batch<string, Buffer>([...batch], BYTES));
    return { database, history: new ChainHistory(database, this.#log, write), gate };
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
