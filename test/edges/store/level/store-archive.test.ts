import assert from 'node:assert/strict';
import { createReadStream, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { emptyChain } from '../../../../agent/core/market/chain.ts';
import { LevelStore } from '../../../../agent/edges/store/level/level-store.ts';
import { restoreStore } from '../../../../agent/edges/store/level/restore.ts';
import { timeKey, type Write } from '../../../../agent/edges/store/store.ts';

const RECORDS = 1700;

function counter(key: string, value: number): Write {
  return { table: 'counters', key, put: { value } };
}

async function filled(t: TestContext): Promise<LevelStore> {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-copy-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const store = new LevelStore({ path: join(folder, 'store') });
  await store.start();
  t.after(() => store.stop());
  const writes = Array.from({ length: RECORDS }, (_, i) => counter(timeKey(i), i));
  await store.commit([...writes, { table: 'dayStarts', key: '2026-03-20', put: { mark: 'ß€' } as never }], 'sync');
  await store.putChain(Object.assign(emptyChain('SPY', 3), { takenAt: 1_790_000_000_000 }));
  return store;
}

function request(name: string, keep = 7, signal = new AbortController().signal) {
  return { name, madeAt: '2026-03-20T22:00:00Z', keep, signal };
}

/** The copy as a store of its own. */
async function opened(t: TestContext, store: LevelStore, name: string): Promise<LevelStore> {
  const path = join(dirname(store.folder), `restored-${name}`);
  const bytes = createReadStream(join(store.folder, `${name}.wheelhouse`));
  await restoreStore({ path, bytes, passphrase: null, at: 1_790_000_000_000 });
  const copy = new LevelStore({ path });
  await copy.start();
  t.after(() => copy.stop());
  return copy;
}

test('a copy holds every table as it was at one instant, without chains, and can be restored', async (t) => {
  const store = await filled(t);
  let copied = false;
  const copying = store.backUp(request('2026-03-20')).finally(() => {
    copied = true;
  });
  let round = 0;
  for (; !copied; round += 1) {
    const alert = { key: 'a', severity: 'info', text: String(round), raisedAt: 0, resolvedAt: null } as const;
    await store.commit([{ table: 'alerts', key: 'a', put: alert }, counter('~last', round)], 'lazy');
  }
  const { records, copies } = await copying;
  assert.deepEqual([records, copies], [RECORDS + 3, 1]);
  const copy = await opened(t, store, '2026-03-20');
  const last = (await copy.get('counters', '~last'))?.value ?? -1;
  assert.equal((await copy.get('alerts', 'a'))?.text, String(last));
  assert.ok(last < round);
  assert.deepEqual(
    (await copy.list('counters')).map(([, { value }]) => value),
    [...Array.from({ length: RECORDS }, (_, i) => i), last],
  );
  assert.deepEqual(await copy.get('dayStarts', '2026-03-20'), { mark: 'ß€' });
  assert.deepEqual(await copy.chainTimes('SPY', 0, 2e12), []);
  assert.equal((await store.chainTimes('SPY', 0, 2e12)).length, 1);
});

test('the newest copies stay; one of the same day is replaced, and what a power cut left is cleared away', async (t) => {
  const store = await filled(t);
  mkdirSync(join(store.folder, '.unfinished'), { recursive: true });
  writeFileSync(join(store.folder, '.unfinished', '000001.log'), 'torn');
  for (const day of ['2026-03-18', '2026-03-19', '2026-03-20']) await store.backUp(request(day, 2));
  await store.commit([counter('more', 1)], 'lazy');
  const { records, copies } = await store.backUp(request('2026-03-20', 2));
  assert.deepEqual([records, copies], [RECORDS + 2, 2]);
  assert.deepEqual(readdirSync(store.folder).sort(), ['2026-03-19.wheelhouse', '2026-03-20.wheelhouse']);
});

test('a copy that is broken off takes nobody’s place', async (t) => {
  const store = await filled(t);
  await store.backUp(request('2026-03-20'));
  await assert.rejects(store.backUp(request('2026-03-20', 7, AbortSignal.abort(new Error('the day begins')))), {
    message: /the day begins/,
  });
  const copy = await opened(t, store, '2026-03-20');
  assert.equal((await copy.list('counters')).length, RECORDS);
  assert.equal((await store.backUp(request('2026-03-21'))).copies, 2);
});
