import { copyFile, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openDatabase, SCHEMA_KEY } from './open-database.ts';

/** Never changed once written; the rest of a database is small. */
const TABLE = /\.(ldb|sst)$/;
const LEFT_BEHIND = /^(LOCK|LOG(\.old)?)$/;

/**
 * Opens a look-alike of the database: links to its tables, copies of the rest. The database itself is not written and not locked,
 * so whoever owns it may start at any time. Answers the version of its form; throws what `openDatabase` throws.
 */
export async function lookIntoDatabase(path: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'wheelhouse-look-'));
  try {
    const copy = join(folder, 'store');
    await mkdir(copy);
    for (const entry of await readdir(path, { withFileTypes: true })) {
      // Nothing else belongs there, and the superuser must not be led anywhere.
      if (entry.isFile()) await place(resolve(path, entry.name), join(copy, entry.name));
    }
    const database = await openDatabase(copy);
    try {
      return Number(await database.get(SCHEMA_KEY));
    } finally {
      await database.close();
    }
  } catch (error) {
    // It is the owner's store that is told of.
    if (error instanceof Error) error.message = error.message.replaceAll(join(folder, 'store'), path);
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function place(from: string, to: string): Promise<void> {
  if (LEFT_BEHIND.test(from.slice(from.lastIndexOf('/') + 1))) return Promise.resolve();
  return TABLE.test(from) ? symlink(from, to) : copyFile(from, to);
}
