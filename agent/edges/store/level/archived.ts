import { crc32 } from 'node:zlib';
import type { Entry } from '../../../ground/archive/entries.ts';
import { StoreError } from '../store.ts';
import { isTableName } from '../table-names.ts';
import { type Database, damaged, openDatabase, SCHEMA_KEY } from './open-database.ts';

/** What went by: two that are the same have the same records in the same order. */
export interface Content {
  readonly records: number;
  readonly bytes: number;
  readonly crc: number;
}

export const NOTHING: Content = { records: 0, bytes: 0, crc: 0 };
export const BYTES = { valueEncoding: 'buffer' } as const;
const BATCH = 500;
const BATCH_BYTES = 1 << 20;
const CHAINS = 'chains';
/** Everything but `chains/…`: `0` follows `/`. */
const TABLES = [{ lt: `${CHAINS}/` }, { gte: `${CHAINS}0` }] as const;
const EVERYTHING = [{}] as const;

export interface Wanted {
  readonly chains: boolean;
  readonly signal: AbortSignal;
  readonly onRecord?: (key: string, value: Buffer) => void;
}

/** Every record as it stands at this instant, whatever is written meanwhile. */
export async function* entriesOf(database: Database, wanted: Wanted): AsyncGenerator<Entry> {
  const { chains, signal, onRecord } = wanted;
  const snapshot = database.snapshot();
  try {
    for (const range of chains ? EVERYTHING : TABLES) {
      for await (const [name, value] of database.iterator<string, Buffer>({ ...range, ...BYTES, snapshot })) {
        signal.throwIfAborted();
        if (name === SCHEMA_KEY) continue;
        onRecord?.(name, value);
        yield { kind: 'record', name, value };
      }
    }
  } finally {
    await snapshot.close();
  }
}

export interface Filling {
  readonly path: string;
  readonly entries: AsyncIterable<Entry>;
  readonly onRecords?: (records: number) => void;
  /** What an entry is that is no record; it throws when it must not be there. */
  readonly onFile: (name: string, value: Buffer) => Promise<void>;
}

/** A new store of those entries, read back and compared. Refuses what does not belong into one. */
export async function fillStore({ path, entries, onRecords, onFile }: Filling): Promise<Content> {
  const database = await openDatabase(path);
  let content = NOTHING;
  try {
    let batch: { readonly type: 'put'; readonly key: string; readonly value: Buffer }[] = [];
    let room = 0;
    for await (const { kind, name, value } of entries) {
      if (kind === 'file') {
        await onFile(name, value);
        continue;
      }
      if (!isStoreKey(name))
        throw new StoreError('STORE_CORRUPT', `The back-up holds "${name}", which is no record of a store.`);
      content = withRecord(content, name, value);
      batch.push({ type: 'put', key: name, value });
      room += value.length;
      if (batch.length < BATCH && room < BATCH_BYTES) continue;
      await database.batch(batch, BYTES);
      onRecords?.(content.records);
      batch = [];
      room = 0;
    }
    await database.batch(batch, { ...BYTES, sync: true });
    onRecords?.(content.records);
  } finally {
    await database.close();
  }
  await assertHolds(path, content);
  return content;
}

/** A key that one of our tables, or the chains, may have. */
export function isStoreKey(key: string): boolean {
  const [table = '', ...rest] = key.split('/');
  return rest.length > 0 && (table === CHAINS || isTableName(table));
}

export function isChainKey(key: string): boolean {
  return key.startsWith(`${CHAINS}/`);
}

export function withRecord({ records, bytes, crc }: Content, key: string, value: Buffer): Content {
  return { records: records + 1, bytes: bytes + value.length, crc: crc32(value, crc32(key, crc)) };
}

async function assertHolds(path: string, written: Content): Promise<void> {
  const database = await openDatabase(path);
  let read = NOTHING;
  try {
    for await (const [key, value] of database.iterator<string, Buffer>(BYTES)) {
      if (key !== SCHEMA_KEY) read = withRecord(read, key, value);
    }
  } finally {
    await database.close();
  }
  if (read.records === written.records && read.crc === written.crc) return;
  throw damaged(path, `it holds ${read.records} records, of which ${written.records} were written`);
}
