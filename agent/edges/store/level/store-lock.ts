import { existsSync } from 'node:fs';
import { openingError } from './open-database.ts';

/** Throws a `StoreError` while somebody has the store open. One that is damaged or missing is nobody's. */
export async function assertFree(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const {
    default: { Level },
  } = await import('level');
  const database = new Level(path, { createIfMissing: false });
  try {
    await database.open();
    await database.close();
  } catch (error) {
    const found = openingError(path, error);
    if (found.code === 'STORE_LOCKED') throw found;
  }
}
