import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Level } from 'level';
import { syncFolder } from '../../../ground/files/durable.ts';
import { StoreError } from '../store.ts';

export type Database = Level<string, string>;

/** Raised when records or blocks change their form. An older program refuses a newer store. 2: blocks of format 2 (chain-block.ts). */
export const SCHEMA_VERSION = 2;
export const SCHEMA_KEY = '!schema';
/** Left in the folder when a record could not be read for damage: whoever opens it next mends it first. */
export const DAMAGED_MARK = 'DAMAGED';
const LEVELDB_FILE = /^(MANIFEST-\d+|\d+\.(ldb|sst|log))$/;

/** Opens or creates the database. Throws a `StoreError`. A damaged database is left as it is: see mend.ts. */
export async function openDatabase(path: string): Promise<Database> {
  const files = await filesOf(path);
  const damage = damageIn(files);
  if (damage !== null) throw damaged(path, damage);
  if (files.length === 0) await makeFirst(path);
  return opened(path, path);
}

/**
 * A power cut may leave half of a database that is just being made, which nobody could tell from a damaged one. So it is made beside its
 * place, and has its name only once it is on the disk.
 */
async function makeFirst(path: string): Promise<void> {
  const making = `${path}.making`;
  try {
    const first = await opened(making, path).catch(async (error: unknown) => {
      if (!(error instanceof StoreError && error.code === 'STORE_CORRUPT')) throw error;
      await rm(making, { recursive: true });
      return opened(making, path);
    });
    await first.close();
    await rename(making, path);
    await syncFolder(dirname(resolve(path)));
  } catch (error) {
    if (error instanceof StoreError && error.code === 'STORE_LOCKED') throw error;
    // Where nothing can be made beside it, or its place is one that cannot be taken, it is made there, or what prevents that is told.
    await rm(making, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** @param path what it is called in an error */
async function opened(place: string, path: string): Promise<Database> {
  const {
    default: { Level },
  } = await import('level');
  try {
    // Before the library's object is there, which begins to open by itself.
    await makeFolder(resolve(place));
  } catch (error) {
    throw openingError(path, error);
  }
  const database: Database = new Level(place, { keyEncoding: 'utf8', valueEncoding: 'utf8' });
  try {
    await database.open();
  } catch (error) {
    throw openingError(path, error);
  }
  try {
    await checkSchema(database, path);
  } catch (error) {
    await database.close();
    throw storeError(error, path);
  }
  return database;
}

/** Rewrites the whole database without what was deleted or overwritten. */
export async function compactAll(database: Database): Promise<void> {
  // The library's type is that of what runs in a browser as well, which cannot do this.
  await (database as unknown as { compactRange(start: string, end: string): Promise<void> }).compactRange('', '\uffff');
}

/** What a failed operation means to those who know nothing of LevelDB. */
export function storeError(error: unknown, path: string): StoreError {
  if (error instanceof StoreError) return error;
  const reason = lowest(error);
  if (reason.code === 'LEVEL_CORRUPTION') return damaged(path, reason.message, error);
  if (reason.code === 'LEVEL_DATABASE_NOT_OPEN') {
    return new StoreError('STORE_UNAVAILABLE', `The store ${path} is not open.`, error);
  }
  const text = unwritable(path, reason.message) ?? `The store ${path} cannot be read or written (${reason.message}).`;
  return new StoreError('STORE_UNAVAILABLE', text, error);
}

export function newer(path: string, version: number): StoreError {
  const text = `The store ${path} has version ${version}, this program knows versions up to ${SCHEMA_VERSION}: install the newer program.`;
  return new StoreError('STORE_NEWER', text);
}

export function damaged(path: string, what: string, cause?: unknown): StoreError {
  const text = `The store ${path} is damaged (${what}): restore it from a backup, or move it away to begin an empty one.`;
  return new StoreError('STORE_CORRUPT', text, cause);
}

/** None when there is no such folder; one that was to be replaced when the power went is replaced now. */
async function filesOf(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !existsSync(`${path}.restoring`)) return [];
    const { takePlace, waitingFor } = await import('./swap.ts');
    const waiting = await waitingFor(path);
    if (waiting === null) {
      const text = `A restore of ${path} was broken off: call it again, or remove ${path}.restoring to begin an empty store.`;
      throw new StoreError('STORE_UNAVAILABLE', text);
    }
    await takePlace(path, waiting, () => undefined);
    return readdir(path);
  }
}

/** The library would take a database without CURRENT for a new one and delete its tables. */
function damageIn(files: readonly string[]): string | null {
  if (files.includes(DAMAGED_MARK)) return 'a record in it could not be read';
  const headless = !files.includes('CURRENT') && files.some((file) => LEVELDB_FILE.test(file));
  return headless ? 'its file CURRENT is missing' : null;
}

/** The library's own way of making folders never ends where a folder takes none, as under /proc. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    const parent = dirname(path);
    if (code !== 'ENOENT' || existsSync(parent)) throw error;
    await makeFolder(parent);
    await makeFolder(path);
  }
}

export function openingError(path: string, error: unknown): StoreError {
  const reason = lowest(error);
  if (reason.code === 'LEVEL_LOCKED') {
    const text = `The store ${path} is in use by another process: stop that one first, or name another path.`;
    return new StoreError('STORE_LOCKED', text, error);
  }
  const headless = /MANIFEST-\d+: No such file/.test(reason.message);
  if (reason.code === 'LEVEL_CORRUPTION' || reason.code === 'LEVEL_DATABASE_NOT_OPEN' || headless) {
    return damaged(path, reason.message, error);
  }
  const text = unwritable(path, reason.message) ?? `The store ${path} cannot be opened (${reason.message}).`;
  return new StoreError('STORE_UNAVAILABLE', text, error);
}

/** What a person can mend: the two ways in which a card ends. */
function unwritable(path: string, reason: string): string | null {
  if (/read-only file system|\bEROFS\b/i.test(reason)) {
    return `The store ${path} lies on a disk that can only be read, so nothing can be ordered: the system has found errors on it, or it was mounted that way.`;
  }
  if (/no space left|\bENOSPC\b/i.test(reason)) {
    return `The disk with the store ${path} is full, so nothing can be ordered: make room on it.`;
  }
  return null;
}

async function checkSchema(database: Database, path: string): Promise<void> {
  const found = await database.get(SCHEMA_KEY);
  if (found === undefined) {
    const [anything] = await database.keys({ limit: 1 }).all();
    if (anything !== undefined) throw damaged(path, 'it holds records, but not the version of their form');
    await writeSchema(database);
    return;
  }
  const version = Number(found);
  if (!Number.isInteger(version) || version < 1) throw damaged(path, `its version reads "${found}"`);
  if (version > SCHEMA_VERSION) throw newer(path, version);
  // What is in it is read as it is; what is written from now on is nothing for an older program.
  if (version < SCHEMA_VERSION) await writeSchema(database);
}

/** Synced, so that a power cut in the first seconds leaves a database that opens. */
export async function writeSchema(database: Database): Promise<void> {
  await database.batch([{ type: 'put', key: SCHEMA_KEY, value: String(SCHEMA_VERSION) }], { sync: true });
}

function lowest(error: unknown): { readonly code: unknown; readonly message: string } {
  let found = error as { code?: unknown; message?: string; cause?: unknown };
  while (found.cause instanceof Error) found = found.cause as typeof found;
  return { code: found.code, message: (found.message ?? String(found)).replace(/[.\s]+$/, '') };
}
