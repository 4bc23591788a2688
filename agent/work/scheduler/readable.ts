import type { EpochMs } from '../../core/calendar/time.ts';
import { type Store, type TableName, type Tables, timeKey } from '../../edges/store/store.ts';

export interface Readable<T extends TableName> {
  readonly rows: readonly (readonly [string, Tables[T]])[];
  /** Keys of records that are there and cannot be read. */
  readonly lost: readonly string[];
}

interface Asking<T extends TableName> {
  readonly store: Pick<Store, 'get' | 'list'>;
  readonly table: T;
  /** What may follow the time in a key. */
  readonly endings: readonly string[];
  /** Reads that are left: more than this is no lost record but a lost store. */
  left: number;
}

const MOST_READS = 3000;
const END_OF_TIME = 9_999_999_999_999;

/** The records of a table whose keys begin with a time, from an instant on, without those that are damaged. */
export async function readableSince<T extends TableName>(
  { store, table, endings }: Pick<Asking<T>, 'store' | 'table' | 'endings'>,
  from: EpochMs,
): Promise<Readable<T>> {
  const asking: Asking<T> = { store, table, endings, left: MOST_READS };
  return readableBetween(asking, Math.max(0, from), END_OF_TIME);
}

export function isCorrupt(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'STORE_CORRUPT';
}

/** Halves the time around what is damaged until it stands alone. */
async function readableBetween<T extends TableName>(
  asking: Asking<T>,
  from: EpochMs,
  before: EpochMs,
): Promise<Readable<T>> {
  asking.left -= 1;
  try {
    return { rows: await asking.store.list(asking.table, { from: timeKey(from), before: timeKey(before) }), lost: [] };
  } catch (error) {
    if (!isCorrupt(error) || asking.left <= 0) throw error;
  }
  if (before - from <= 1) return oneByOne(asking, timeKey(from));
  const middle = Math.floor((from + before) / 2);
  const first = await readableBetween(asking, from, middle);
  const second = await readableBetween(asking, middle, before);
  return { rows: [...first.rows, ...second.rows], lost: [...first.lost, ...second.lost] };
}

async function oneByOne<T extends TableName>({ store, table, endings }: Asking<T>, time: string): Promise<Readable<T>> {
  const rows: (readonly [string, Tables[T]])[] = [];
  const lost: string[] = [];
  for (const key of endings.map((ending) => time + ending)) {
    try {
      const record = await store.get(table, key);
      if (record !== null) rows.push([key, record]);
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      lost.push(key);
    }
  }
  return { rows, lost };
}
