import assert from 'node:assert/strict';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { LevelStore } from '../../../../agent/edges/store/level/level-store.ts';
import { NOW } from '../../../work/workflows/desk.ts';
import { ALERTS, type Found, found, stocked } from './stocked.ts';

const AT = { now: () => NOW };

async function filesOf(path: string, pattern: RegExp): Promise<string[]> {
  return (await readdir(path)).filter((name) => pattern.test(name)).map((name) => join(path, name));
}

async function zero(file: string, from = 0): Promise<void> {
  const bytes = await readFile(file);
  await writeFile(file, bytes.fill(0, Math.floor(bytes.length * from)));
}

async function started(t: TestContext, path: string): Promise<LevelStore> {
  const store = new LevelStore({ path, mendAt: AT });
  await store.start();
  t.after(() => store.stop());
  return store;
}

/** Ways in which a card may leave it, and how many of the records must be there afterwards. */
const DAMAGES: Readonly<Record<string, { readonly least: number; readonly spoil: (path: string) => Promise<void> }>> = {
  'CURRENT is gone': { least: ALERTS, spoil: (path) => rm(join(path, 'CURRENT')) },
  'CURRENT is empty': { least: ALERTS, spoil: (path) => truncate(join(path, 'CURRENT'), 0) },
  'CURRENT names a file that is not there': {
    least: ALERTS,
    spoil: (path) => writeFile(join(path, 'CURRENT'), 'MANIFEST-999999\n'),
  },
  'the manifest is cut off': {
    least: ALERTS,
    spoil: async (path) => truncate((await filesOf(path, /^MANIFEST/))[0] as string, 20),
  },
  'the manifest is zeroed': {
    least: ALERTS,
    spoil: async (path) => zero((await filesOf(path, /^MANIFEST/))[0] as string),
  },
  'the manifest is gone': { least: ALERTS, spoil: async (path) => rm((await filesOf(path, /^MANIFEST/))[0] as string) },
  'manifest and half of the log are zeroed': {
    least: ALERTS / 2,
    spoil: async (path) => {
      await zero((await filesOf(path, /^MANIFEST/))[0] as string);
      for (const log of await filesOf(path, /\d\.log$/)) await zero(log, 0.5);
    },
  },
  'a table is gone': {
    least: ALERTS / 2,
    spoil: async (path) => rm((await filesOf(path, /\.ldb$/))[0] as string),
  },
};

function assertHalted(is: Found, aside: string): void {
  assert.equal(is.trading.state, 'halted');
  assert.match(is.trading.reason, /^The store was damaged and /);
  assert.equal(is.open, `critical: ${is.trading.reason}`);
  assert.match(is.trading.reason, new RegExp(`is kept as ${aside}\\. Compare`));
}

for (const [name, { least, spoil }] of Object.entries(DAMAGES)) {
  test(`${name}: refused by a command, mended for the appliance, which starts halted; the damaged one is kept`, async (t) => {
    const path = await stocked(t);
    await spoil(path);
    const before = await readdir(path);
    await assert.rejects(new LevelStore({ path }).start(), { code: 'STORE_CORRUPT' });
    const store = await started(t, path);
    const is = await found(store);
    const [aside = ''] = (await readdir(dirname(path))).filter((each) => each.startsWith('store-damaged-'));
    assertHalted(is, aside);
    assert.match(is.trading.reason, /was repaired: \d+ records are there/);
    assert.ok(is.alerts >= least && is.alerts <= ALERTS, `${is.alerts} of ${ALERTS}`);
    if (least === ALERTS) assert.deepEqual([is.order, is.chains], ['unknown', 1]);
    const kept = await readdir(join(dirname(path), aside));
    assert.deepEqual(
      before.filter((file) => !kept.includes(file) && !/^LOG/.test(file)),
      [],
    );
    assert.deepEqual((await readdir(dirname(path))).sort(), ['store', aside].sort());
    // Once: what was mended is not mended again, and what a person lifts stays lifted.
    await store.commit(
      [{ table: 'tradingState', key: 'trading', put: { state: 'active', reason: 'resumed', since: 1 } }],
      'sync',
    );
    await store.stop();
    await store.start();
    assert.equal((await found(store)).trading.state, 'active');
  });
}

async function spoilAll(path: string): Promise<void> {
  for (const file of await filesOf(path, /^(MANIFEST|.*\.(ldb|log))/)) await zero(file);
}

test('a store of which nothing is left is replaced by the newest nightly copy that is whole, and that begins halted', async (t) => {
  const path = await stocked(t);
  const store = new LevelStore({ path });
  await store.start();
  for (const name of ['2026-03-18', '2026-03-19']) {
    await store.backUp({ name, madeAt: `${name}T22:00:00Z`, keep: 7, signal: new AbortController().signal });
  }
  await store.stop();
  await truncate(join(store.folder, '2026-03-19.wheelhouse'), 900);
  await spoilAll(path);
  const is = await found(await started(t, path));
  assertHalted(is, 'store-damaged-[-\\dTZ]+');
  assert.match(
    is.trading.reason,
    /replaced by the copy 2026-03-18\.wheelhouse of 2026-03-18T22:00:00Z with \d+ records/,
  );
  assert.deepEqual([is.alerts, is.order, is.chains], [ALERTS, 'unknown', 0]);
  assert.match(is.orderReason, /older than the last word of the broker/);
});

test('without any copy it begins empty and halted, and never active as a new box would', async (t) => {
  const path = await stocked(t);
  await spoilAll(path);
  const is = await found(await started(t, path));
  assertHalted(is, 'store-damaged-[-\\dTZ]+');
  assert.match(is.trading.reason, /an empty one takes its place/);
  assert.deepEqual([is.alerts, is.order], [0, null]);
});

test('damage that shows only when a record is read makes the next start a mending one', async (t) => {
  const path = await stocked(t);
  const table = (await filesOf(path, /\.ldb$/))[0] as string;
  const bytes = await readFile(table);
  await writeFile(table, bytes.fill(255, 5000, 7000));
  const store = await started(t, path);
  assert.equal((await store.get('tradingState', 'trading'))?.state, 'active');
  await assert.rejects(store.list('alerts'), { code: 'STORE_CORRUPT' });
  await store.stop();
  await assert.rejects(new LevelStore({ path }).start(), {
    code: 'STORE_CORRUPT',
    message: /a record in it could not be read/,
  });
  await store.start();
  const is = await found(store);
  assertHalted(is, 'store-damaged-[-\\dTZ]+');
  assert.ok(is.alerts >= ALERTS / 2);
});

test('a damaged store that somebody has open is left alone', async (t) => {
  const path = await stocked(t);
  const holder = new LevelStore({ path });
  await holder.start();
  t.after(() => holder.stop());
  await writeFile(join(path, 'DAMAGED'), '');
  await assert.rejects(new LevelStore({ path, mendAt: AT }).start(), { code: 'STORE_LOCKED' });
  assert.deepEqual(await readdir(dirname(path)), [basename(path)]);
});
