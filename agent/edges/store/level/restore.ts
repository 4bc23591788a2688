import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OpenArchive, openArchive } from '../../../ground/archive/archive.ts';
import { ArchiveError } from '../../../ground/archive/archive-error.ts';
import { syncFolder } from '../../../ground/files/durable.ts';
import { StoreError } from '../store.ts';
import { type Content, fillStore } from './archived.ts';
import { distrustRecords } from './distrust.ts';
import { openDatabase, SCHEMA_VERSION } from './open-database.ts';
import { assertFree } from './store-lock.ts';
import {
  assertOwnFolder,
  clear,
  declareComplete,
  freshSettings,
  freshStore,
  keptAs,
  takePlace,
  type Waiting,
  waitingFor,
  workFolder,
} from './swap.ts';

/** Files that a back-up may hold beside the records; nothing else is written anywhere. */
export const SETTINGS_FILES = ['wheelhouse.yaml', 'guard.json', 'limits.json'] as const;

export type RestoreStep = 'read' | 'complete' | 'aside' | 'in place';

export interface RestoreRequest {
  /** Folder of the store. */
  readonly path: string;
  readonly bytes: AsyncIterable<Buffer>;
  readonly passphrase: string | null;
  /** Real time. */
  readonly at: number;
  readonly onRecords?: (records: number) => void;
  readonly onStep?: (step: RestoreStep) => void;
}

export interface Restored {
  readonly madeAt: string;
  /** `null` = it had been read before, and only its place was still to be taken. */
  readonly content: Content | null;
  /** Names beside the store: of the one that was there, and of the settings in the back-up. */
  readonly aside: string;
  readonly settings: string;
}

/**
 * Makes a whole new store of a back-up, beside the old one, and only then gives it its place: halted, its working orders in doubt. What
 * does not come to an end changes nothing; the same call again goes on where a power cut has left it.
 */
export async function restoreStore(request: RestoreRequest): Promise<Restored> {
  const { path, bytes, passphrase, onStep = () => undefined } = request;
  await assertOwnFolder(path);
  await assertFree(path);
  const opened = await openArchive(bytes, passphrase);
  const { madeAt, salt, records } = opened.header;
  if (records > SCHEMA_VERSION)
    throw new ArchiveError('newer', `The back-up holds records of version ${records}: install the newer program.`);
  const waiting = await waitingFor(path);
  if (waiting !== null) {
    // Another one that waits was wanted too, and the old store may be aside already.
    await takePlace(path, waiting, onStep);
    if (waiting.source === salt) {
      await opened.entries.return(undefined);
      return { madeAt, content: null, ...waiting };
    }
  }
  await clear(path);
  try {
    return await replace(request, opened, { source: salt, ...keptAs(path, 'before', request.at) });
  } catch (error) {
    if ((await waitingFor(path)) === null) await clear(path);
    throw error;
  }
}

async function replace(request: RestoreRequest, { header, entries }: OpenArchive, waiting: Waiting): Promise<Restored> {
  const { path, at, onRecords, onStep = () => undefined } = request;
  await mkdir(workFolder(path), { recursive: true, mode: 0o700 });
  const onFile = (name: string, value: Buffer): Promise<void> => keepSettings(freshSettings(path), name, value);
  const content = await fillStore({ path: freshStore(path), entries, onFile, ...(onRecords ? { onRecords } : {}) });
  const text = `restored from the back-up of ${header.madeAt}: compare orders and positions with the broker's, then resume`;
  const database = await openDatabase(freshStore(path));
  await distrustRecords(database, { text, at }).finally(() => database.close());
  onStep('read');
  // It may have been started meanwhile.
  await assertFree(path);
  await declareComplete(path, waiting);
  onStep('complete');
  await takePlace(path, waiting, onStep);
  return { madeAt: header.madeAt, content, aside: waiting.aside, settings: waiting.settings };
}

async function keepSettings(folder: string, name: string, value: Buffer): Promise<void> {
  if (!SETTINGS_FILES.some((known) => known === name)) {
    throw new StoreError('STORE_CORRUPT', `The back-up holds a file "${name}", which does not belong into one.`);
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, name), value, { mode: 0o600, flag: 'wx', flush: true });
  await syncFolder(folder);
}
