import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Level } from 'level';
import { StoreError } from '../store.ts';

export type Database = Level<string, string>;

/** Raised when records or blocks change their form. An older program refuses a newer store. 2: blocks of format 2 (chain-block.ts). */
const SCHEMA_VERSION = 2;
export const SCHEMA_KEY = '!schema';
const LEVELDB_FILE = /^(MANIFEST-\d+|\d+\.(ldb|sst|log))$/;

/**
 * Opens or creates the database. Throws a `StoreError`. A damaged database is left as it is; a repair belongs here, on a copy,
 * before the error is thrown.
 */
export async function openDatabase(path: string): Promise<Database> {
  if (await hasLostItsHead(path)) throw damaged(path, 'its file CURRENT is missing');
  const {
    default: { Level },
  } = await import('level');
  try {
    // Before the library's object is there, which begins to open by itself.
    await makeFolder(resolve(path));
  } catch (error) {
    throw openingError(path, error);
  }
  const database: Database = new Level(path, { keyEncoding: 'utf8', valueEncoding: 'utf8' });
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
  const text = `The store ${path} cannot be read or written (${reason.message}).`;
  return new StoreError('STORE_UNAVAILABLE', text, error);
}

export function damaged(path: string, what: string, cause?: unknown): StoreError {
  const text = `The store ${path} is damaged (${what}): restore it from a backup, or move it away to begin an empty one.`;
  return new StoreError('STORE_CORRUPT', text, cause);
}

/** The library would take a database without CURRENT for a new one and delete its tables. */
async function hasLostItsHead(path: string): Promise<boolean> {
  try {
    const files = await readdir(path);
    return !files.includes('CURRENT') && files.some((file) => LEVELDB_FILE.test(file));
  } catch {
    return false;
  }
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

function openingError(path: string, error: unknown): StoreError {
  const reason = lowest(error);
  if (reason.code === 'LEVEL_LOCKED') {
    const text = `The store ${path} is in use by another process: stop that one first, or name another path.`;
    return new StoreError('STORE_LOCKED', text, error);
  }
  if (reason.code === 'LEVEL_CORRUPTION' || reason.code === 'LEVEL_DATABASE_NOT_OPEN') {
    return damaged(path, reason.message, error);
  }
  return new StoreError('STORE_UNAVAILABLE', `The store ${path} cannot be opened (${reason.message}).`, error);
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
  if (version > SCHEMA_VERSION) {
    const text = `The store ${path} has version ${version}, this program knows versions up to ${SCHEMA_VERSION}: install the newer program.`;
    throw new StoreError('STORE_NEWER', text);
  }
  // What is in it is read as it is; what is written from now on is nothing for an older program.
  if (version < SCHEMA_VERSION) await writeSchema(database);
}

/** Synced, so that a power cut in the first seconds leaves a database that opens. */
async function writeSchema(database: Database): Promise<void> {
  await database.batch([{ type: 'put', key: SCHEMA_KEY, value: String(SCHEMA_VERSION) }], { sync: true });
}

function lowest(error: unknown): { readonly code: unknown; readonly message: string } {
  let found = error as { code?: unknown; message?: string; cause?: unknown };
  while (found.cause instanceof Error) found = found.cause as typeof found;
  return { code: found.code, message: (found.message ?? String(found)).replace(/[.\s]+$/, '') };
}
