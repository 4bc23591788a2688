import { existsSync } from 'node:fs';
import { lstat, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { storeDurably, syncFolder } from '../../../ground/files/durable.ts';
import { StoreError } from '../store.ts';

/** A store that is complete and waits beside the one whose place it takes. */
export interface Waiting {
  /** Of what it was made from: the same again is not done twice. */
  readonly source: string;
  /** Name under which the old one is kept. */
  readonly aside: string;
  /** Name that the files beside the records get, when there are any. */
  readonly settings: string;
}

const COMPLETE = 'complete.json';

/** Where it is made. In it: `store`, perhaps `settings`, and `complete.json` once the two are on disk. */
export function workFolder(path: string): string {
  return `${path}.restoring`;
}

export function freshStore(path: string): string {
  return join(workFolder(path), 'store');
}

export function freshSettings(path: string): string {
  return join(workFolder(path), 'settings');
}

/** Names that are free, with the day in them. */
export function keptAs(path: string, kind: 'before' | 'damaged', at: number): Omit<Waiting, 'source'> {
  const day = Temporal.Instant.fromEpochMilliseconds(at).toString({ smallestUnit: 'second' }).replaceAll(':', '-');
  const name = basename(path);
  for (let n = 1; ; n += 1) {
    const stamp = n === 1 ? day : `${day}-${n}`;
    const kept = { aside: `${name}-${kind}-${stamp}`, settings: `${name}-settings-${stamp}` };
    if (Object.values(kept).every((each) => !existsSync(join(dirname(path), each)))) return kept;
  }
}

/** From now on it takes the other's place, whatever happens to this process. */
export async function declareComplete(path: string, waiting: Waiting): Promise<void> {
  for (const folder of [freshStore(path), freshSettings(path)]) if (existsSync(folder)) await syncFolder(folder);
  await storeDurably(workFolder(path), COMPLETE, JSON.stringify(waiting));
  await syncFolder(dirname(path));
}

export async function waitingFor(path: string): Promise<Waiting | null> {
  try {
    return JSON.parse(await readFile(join(workFolder(path), COMPLETE), 'utf8')) as Waiting;
  } catch {
    return null;
  }
}

/**
 * Puts what waits into its place; the old one is kept. Can be broken off anywhere and called again. Nobody may have the old one open.
 * @param onStep told after each step that is on disk
 */
export async function takePlace(
  path: string,
  waiting: Waiting,
  onStep: (step: 'aside' | 'in place') => void,
): Promise<void> {
  const beside = (name: string): string => join(dirname(path), name);
  if (existsSync(freshStore(path))) {
    if (existsSync(path)) {
      await rename(path, beside(waiting.aside));
      await syncFolder(dirname(path));
      onStep('aside');
    }
    await rename(freshStore(path), path);
    await syncFolder(dirname(path));
    onStep('in place');
  }
  if (existsSync(freshSettings(path))) await rename(freshSettings(path), beside(waiting.settings));
  await clear(path);
}

/** Nothing of an attempt that did not become complete is of any use. */
export async function clear(path: string): Promise<void> {
  await rm(join(workFolder(path), COMPLETE), { force: true });
  await rm(workFolder(path), { recursive: true, force: true });
  await syncFolder(dirname(path));
}

/** A link would be renamed and not what it points to. */
export async function assertOwnFolder(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null || found.isDirectory()) return;
  throw new StoreError(
    'STORE_UNAVAILABLE',
    `${path} is no folder of its own, so no other can take its place: name the true one.`,
  );
}
