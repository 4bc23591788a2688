import type { Store } from '../edges/store/store.ts';
import { GuardProcess, type GuardProcessOptions } from './guard-process.ts';

/** In the table of counters: guards that were set up. */
const SET_UP = 'guard';

/**
 * A guard of our own, with its files. The first one begins armed; the store remembers that there was one, so that a folder that
 * was removed, and its latch with it, does not begin armed again.
 */
export async function ownGuard(
  store: Pick<Store, 'get' | 'commit'>,
  options: Omit<GuardProcessOptions, 'wasSetUp'>,
): Promise<GuardProcess> {
  const wasSetUp = (await store.get('counters', SET_UP)) !== null;
  const guard = new GuardProcess({ ...options, wasSetUp });
  guard.prepare();
  // Behind the files: a crash in between must not make a first start look like a removal.
  if (!wasSetUp) await store.commit([{ table: 'counters', key: SET_UP, put: { value: 1 } }], 'sync');
  return guard;
}
