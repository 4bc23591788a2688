import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openArchive } from '../../../ground/archive/archive.ts';
import type { Log } from '../../system/log.ts';
import { StoreError } from '../store.ts';
import { BYTES, fillStore, isChainKey, isStoreKey } from './archived.ts';
import { distrustRecords } from './distrust.ts';
import {
  compactAll,
  DAMAGED_MARK,
  type Database,
  newer,
  openDatabase,
  SCHEMA_KEY,
  SCHEMA_VERSION,
  writeSchema,
} from './open-database.ts';
import { copiesIn } from './store-archive.ts';
import { assertFree } from './store-lock.ts';
import { clear, declareComplete, freshStore, keptAs, takePlace, waitingFor, workFolder } from './swap.ts';

export interface Mending {
  readonly path: string;
  /** Where the nightly copies lie. */
  readonly copies: string;
  readonly damage: StoreError;
  readonly at: number;
  readonly log: Log | null;
}

const BATCH = 500;

/**
 * A store that does not open is repaired on a copy of it. If that gives nothing, the newest nightly copy is taken, and if there is none, an
 * empty store, which the broker's books then fill. Whichever it is begins halted and says why; the damaged one is kept.
 */
export async function mendStore({ path, copies, damage, at, log }: Mending): Promise<void> {
  await assertFree(path);
  const before = await waitingFor(path);
  if (before !== null) return takePlace(path, before, () => undefined);
  const kept = keptAs(path, 'damaged', at);
  const ways = [() => repaired(path), () => newestCopy(path, copies), () => emptied(path)];
  for (const way of ways) {
    await clear(path);
    await mkdir(workFolder(path), { recursive: true, mode: 0o700 });
    const became = await way().catch((error: unknown) => {
      log?.warn({ error: String(error) }, 'a way to mend the store failed');
      if (way === ways.at(-1) || (error instanceof StoreError && error.code === 'STORE_NEWER')) throw error;
      return null;
    });
    if (became === null) continue;
    const text = `The store was damaged and ${became}. The damaged one is kept as ${kept.aside}. Compare orders and positions with the broker's, then resume`;
    const database = await openDatabase(freshStore(path));
    await distrustRecords(database, { text, at }).finally(() => database.close());
    await declareComplete(path, { source: 'mended', ...kept });
    await takePlace(path, { source: 'mended', ...kept }, () => undefined);
    log?.error({ damage: damage.message, text }, 'the store was mended, and trading is halted');
    return;
  }
}

/** What it became, or null where too little is left of it to be a store. */
async function repaired(path: string): Promise<string | null> {
  const fresh = freshStore(path);
  await mkdir(fresh, { mode: 0o700 });
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isFile() && entry.name !== DAMAGED_MARK) await copyFile(join(path, entry.name), join(fresh, entry.name));
  }
  const {
    default: { Level },
  } = await import('level');
  // The library's type is that of what runs in a browser as well, which cannot do this.
  await (Level as unknown as { repair(location: string): Promise<void> }).repair(fresh);
  const database: Database = new Level(fresh, { keyEncoding: 'utf8', valueEncoding: 'utf8', createIfMissing: false });
  try {
    await database.open();
    const version = Number((await database.get(SCHEMA_KEY)) ?? 0);
    if (version > SCHEMA_VERSION) throw newer(path, version);
    const { read, lost } = await dropUnreadable(database);
    await writeSchema(database);
    // The library's repair keeps a table in which a block became zeros; written anew it is whole, and what is gone is gone.
    await compactAll(database);
    const left = lost === 0 ? '' : `, ${lost} could not be read`;
    return read === 0 ? null : `was repaired: ${read} records are there${left}, and the last ones may be missing`;
  } finally {
    await database.close();
  }
}

/** Takes away what is no record of ours. Throws when the database cannot be gone through to its end. */
async function dropUnreadable(database: Database): Promise<{ readonly read: number; readonly lost: number }> {
  let [read, lost] = [0, 0];
  let batch: { readonly type: 'del'; readonly key: string }[] = [];
  for await (const [key, value] of database.iterator<string, Buffer>(BYTES)) {
    if (key === SCHEMA_KEY) continue;
    if (isStoreKey(key) && (isChainKey(key) || isJson(value))) read += 1;
    else {
      lost += 1;
      batch.push({ type: 'del', key });
    }
    if (batch.length < BATCH) continue;
    await database.batch(batch);
    batch = [];
  }
  await database.batch(batch, { sync: true });
  return { read, lost };
}

async function newestCopy(path: string, copies: string): Promise<string | null> {
  for (const copy of await copiesIn(copies)) {
    try {
      const { entries, header } = await openArchive(createReadStream(copy), null);
      const onFile = async (): Promise<void> => undefined;
      const { records } = await fillStore({ path: freshStore(path), entries, onFile });
      return `could not be repaired; it was replaced by the copy ${basename(copy)} of ${header.madeAt} with ${records} records`;
    } catch {
      // An older one may be whole.
      await clear(path);
      await mkdir(workFolder(path), { recursive: true, mode: 0o700 });
    }
  }
  return null;
}

async function emptied(path: string): Promise<string> {
  const database = await openDatabase(freshStore(path));
  await database.close();
  return 'could not be repaired, and no copy of it was there; an empty one takes its place, and what the broker holds is seen as not ours';
}

function isJson(value: Buffer): boolean {
  try {
    JSON.parse(value.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
