import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Store, Write } from '../../../agent/edges/store/store.ts';
import { CrashStore } from '../../../agent/lab/storm/crash-store.ts';

const QUIET = { writing: () => undefined, delay: () => 0, sleep: async () => undefined };

function count(key: string, value: number): Write {
  return { table: 'counters', key, put: { value } };
}

async function keys(store: Store): Promise<string[]> {
  return (await store.list('counters')).map(([key]) => key);
}

test('what was synced survives a crash, and what was written lazily before it does too', async () => {
  const disk = new CrashStore();
  const first = await disk.open(QUIET);
  await first.commit([count('a', 1)], 'lazy');
  await first.commit([count('b', 1)], 'sync');
  await first.commit([count('c', 1)], 'lazy');
  await first.commit([count('d', 1)], 'lazy');
  disk.crash(() => 0);
  assert.deepEqual(await keys(await disk.open(QUIET)), ['a', 'b']);
});

test('of what was not synced a beginning survives, as much as is drawn', async () => {
  for (const [draw, survived] of [
    [0, []],
    [0.5, ['a']],
    [0.999, ['a', 'b']],
  ] as const) {
    const disk = new CrashStore();
    const first = await disk.open(QUIET);
    await first.commit([count('a', 1)], 'lazy');
    await first.commit([count('b', 1)], 'lazy');
    disk.crash(() => draw);
    assert.deepEqual(await keys(await disk.open(QUIET)), survived);
  }
});

test('a process that was killed before a synced write has not written it, and hears nothing any more', async () => {
  const disk = new CrashStore();
  const first = await disk.open({ ...QUIET, writing: (_, moment) => moment === 'before' && disk.crash(() => 0) });
  const outcome = await Promise.race([
    first.commit([count('a', 1)], 'sync').then(() => 'answered'),
    new Promise((resolve) => setImmediate(() => resolve('silence'))),
  ]);
  assert.equal(outcome, 'silence');
  assert.deepEqual(await keys(await disk.open(QUIET)), []);
});

test('a process that was killed after a synced write has written it', async () => {
  const disk = new CrashStore();
  const first = await disk.open({ ...QUIET, writing: (_, moment) => moment === 'after' && disk.crash(() => 0) });
  void first.commit([count('a', 1)], 'sync');
  await new Promise(setImmediate);
  assert.deepEqual(await keys(await disk.open(QUIET)), ['a']);
});

test('the store of a life that has ended changes nothing', async () => {
  const disk = new CrashStore();
  const first = await disk.open(QUIET);
  disk.crash(() => 0);
  void first.commit([count('ghost', 1)], 'sync');
  await new Promise(setImmediate);
  assert.deepEqual(await keys(await disk.open(QUIET)), []);
});

test('whoever waits for the store of a life that has ended is forgotten with it', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const waits = async (): Promise<WeakRef<object>> => {
    const disk = new CrashStore();
    const store = await disk.open(QUIET);
    disk.crash(() => 0);
    const kept = { of: 'a life' };
    void store.get('counters', 'a').then(() => kept);
    void store.commit([count('a', 1)], 'sync').then(() => kept);
    return new WeakRef(kept);
  };
  const reference = await waits();
  await new Promise(setImmediate);
  collect();
  assert.equal(reference.deref(), undefined);
});

test('a disk that is full refuses, and what was there stays', async () => {
  const disk = new CrashStore();
  const store = await disk.open(QUIET);
  await store.commit([count('a', 1)], 'sync');
  disk.full = true;
  await assert.rejects(store.commit([count('b', 1)], 'sync'), { code: 'STORE_UNAVAILABLE' });
  disk.full = false;
  await store.commit([count('c', 1)], 'sync');
  assert.deepEqual(await keys(store), ['a', 'c']);
});
