import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { archive, openArchive } from '../../../ground/archive/archive.ts';
import { fillFile, newFile } from '../../../ground/archive/archive-file.ts';
import { syncFolder } from '../../../ground/files/durable.ts';
import { BACKUP_ENDING, type Backup, type BackupRequest, type SnapshotRequest } from '../backup.ts';
import { type Content, entriesOf, NOTHING, withRecord } from './archived.ts';
import { type Database, damaged, SCHEMA_VERSION } from './open-database.ts';

const UNFINISHED = '.unfinished';

/** All of a store as the bytes of a back-up that is not locked. */
export function snapshotOf(database: Database, { madeAt, signal }: SnapshotRequest): AsyncGenerator<Buffer> {
  return archive(entriesOf(database, { chains: true, signal }), { madeAt, records: SCHEMA_VERSION }, null);
}

/** The tables in `folder/name.wheelhouse`, which takes its name only after it was read back and found to be the same. */
export async function backUpTables(database: Database, folder: string, request: BackupRequest): Promise<Backup> {
  const { name, madeAt, keep, signal } = request;
  const unfinished = join(folder, UNFINISHED);
  await mkdir(folder, { recursive: true });
  await rm(unfinished, { recursive: true, force: true });
  let written = NOTHING;
  const entries = entriesOf(database, {
    ...{ chains: false, signal },
    onRecord: (key, value) => {
      written = withRecord(written, key, value);
    },
  });
  const bytes = await fillFile(await newFile(unfinished), archive(entries, { madeAt, records: SCHEMA_VERSION }, null));
  await compare(unfinished, written);
  await rename(unfinished, join(folder, `${name}${BACKUP_ENDING}`));
  await syncFolder(folder);
  return { records: written.records, bytes, copies: await keepNewest(folder, keep) };
}

/** Of the nightly copies beside a store, newest first. */
export async function copiesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith(BACKUP_ENDING))
    .sort()
    .reverse()
    .map((name) => join(folder, name));
}

async function compare(path: string, written: Content): Promise<void> {
  let read = NOTHING;
  const { entries } = await openArchive(createReadStream(path), null);
  for await (const { name, value } of entries) read = withRecord(read, name, value);
  if (read.records === written.records && read.crc === written.crc) return;
  throw damaged(path, `it holds ${read.records} records, of which ${written.records} were written`);
}

/** Returns how many copies there are. */
async function keepNewest(folder: string, keep: number): Promise<number> {
  const copies = await copiesIn(folder);
  for (const old of copies.slice(keep)) await rm(old, { force: true });
  return Math.min(copies.length, keep);
}
