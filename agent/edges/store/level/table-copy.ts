import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Backup, BackupRequest } from '../backup.ts';
import { type Database, damaged, openDatabase, SCHEMA_KEY } from './open-database.ts';

interface Content {
  readonly records: number;
  readonly bytes: number;
  readonly crc: number;
}

const BATCH = 500;
const UNFINISHED = '.unfinished';
const BYTES = { valueEncoding: 'buffer' } as const;
/** Everything but `chains/…`: `0` follows `/`. */
const TABLES = [{ lt: 'chains/' }, { gte: 'chains0' }] as const;

/** A copy in `folder/name`, which takes its name only after it was opened and found to be the same. */
export async function backUpTables(database: Database, folder: string, request: BackupRequest): Promise<Backup> {
  const unfinished = join(folder, UNFINISHED);
  await mkdir(folder, { recursive: true });
  await rm(unfinished, { recursive: true, force: true });
  const copy = await openDatabase(unfinished);
  const written = await copyTables(database, copy, request.signal).finally(() => copy.close());
  await compare(unfinished, written);
  await rm(join(folder, request.name), { recursive: true, force: true });
  await rename(unfinished, join(folder, request.name));
  await syncFolder(folder);
  return { records: written.records, bytes: written.bytes, copies: await keepNewest(folder, request.keep) };
}

async function copyTables(from: Database, to: Database, signal: AbortSignal): Promise<Content> {
  const snapshot = from.snapshot();
  let content: Content = { records: 0, bytes: 0, crc: 0 };
  try {
    let batch: { readonly type: 'put'; readonly key: string; readonly value: Buffer }[] = [];
    for (const range of TABLES) {
      for await (const [key, value] of from.iterator<string, Buffer>({ ...range, ...BYTES, snapshot })) {
        signal.throwIfAborted();
        if (key === SCHEMA_KEY) continue;
        content = withRecord(content, key, value);
        batch.push({ type: 'put', key, value });
        if (batch.length < BATCH) continue;
        await to.batch(batch, BYTES);
        batch = [];
      }
    }
    await to.batch(batch, { ...BYTES, sync: true });
  } finally {
    await snapshot.close();
  }
  return content;
}

async function compare(path: string, written: Content): Promise<void> {
  const copy = await openDatabase(path);
  let read: Content = { records: 0, bytes: 0, crc: 0 };
  try {
    for await (const [key, value] of copy.iterator<string, Buffer>(BYTES)) {
      if (key !== SCHEMA_KEY) read = withRecord(read, key, value);
    }
  } finally {
    await copy.close();
  }
  if (read.records === written.records && read.crc === written.crc) return;
  throw damaged(path, `it holds ${read.records} records, of which ${written.records} were written`);
}

function withRecord({ records, bytes, crc }: Content, key: string, value: Buffer): Content {
  return { records: records + 1, bytes: bytes + value.length, crc: crc32(value, crc32(key, crc)) };
}

/** Returns how many copies there are. */
async function keepNewest(folder: string, keep: number): Promise<number> {
  const copies = (await readdir(folder)).filter((name) => name !== UNFINISHED).sort();
  for (const old of copies.slice(0, -keep)) await rm(join(folder, old), { recursive: true, force: true });
  return Math.min(copies.length, keep);
}

/** A renamed folder is on disk when the one that holds it is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
