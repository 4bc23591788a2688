import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LevelStore } from '../../../../agent/edges/store/level/level-store.ts';
import { restoreStore } from '../../../../agent/edges/store/level/restore.ts';
import { archive } from '../../../../agent/ground/archive/archive.ts';
import type { Entry } from '../../../../agent/ground/archive/entries.ts';
import { ALERTS, type Found, found, stocked } from './stocked.ts';

const PROGRAM = fileURLToPath(new URL('./restore-until-killed.ts', import.meta.url));
const AT = 1_790_000_000_000;
const MADE_AT = '2026-03-20T15:00:00Z';
const AFTERWARDS = { table: 'counters', key: 'afterwards', put: { value: 1 } } as const;

interface Box {
  readonly path: string;
  readonly folder: string;
  readonly file: string;
}

/** A store and a back-up of it with everything, and then one record more in the store. */
async function box(t: TestContext): Promise<Box> {
  const path = await stocked(t);
  const folder = dirname(path);
  const file = join(folder, 'all.wheelhouse');
  const store = new LevelStore({ path });
  await store.start();
  const { signal } = new AbortController();
  await writeFile(file, store.snapshot({ madeAt: MADE_AT, signal }));
  await store.commit([AFTERWARDS], 'sync');
  await store.stop();
  return { path, folder, file };
}

const ABOUT = { madeAt: MADE_AT, records: 2 };

async function* from(entries: readonly Entry[]): AsyncGenerator<Entry> {
  yield* entries;
}

function restore({ path, file }: Pick<Box, 'path' | 'file'>) {
  return restoreStore({ path, bytes: createReadStream(file), passphrase: null, at: AT });
}

async function look(path: string): Promise<Found & { readonly afterwards: boolean }> {
  const store = new LevelStore({ path });
  await store.start();
  const is = await found(store);
  const afterwards = (await store.get('counters', 'afterwards')) !== null;
  await store.stop();
  return { ...is, afterwards };
}

function assertRestored(is: Found & { readonly afterwards: boolean }): void {
  assert.deepEqual([is.alerts, is.chains, is.afterwards], [ALERTS, 1, false]);
  assert.equal(is.trading.state, 'halted');
  assert.match(is.trading.reason, /^restored from the back-up of 2026-03-20T15:00:00Z: compare orders and positions/);
  assert.equal(is.open, `critical: ${is.trading.reason}`);
  assert.equal(is.order, 'unknown');
}

test('what comes back is all of it, halted, with its working orders in doubt; what was there is kept under its day', async (t) => {
  const { path, folder, file } = await box(t);
  const { aside, content, madeAt } = await restore({ path, file });
  assert.deepEqual([aside, madeAt], ['store-before-2026-09-21T14-13-20Z', MADE_AT]);
  assert.equal(content?.records, ALERTS + 3);
  assertRestored(await look(path));
  const before = await look(join(folder, aside));
  assert.deepEqual([before.afterwards, before.trading.state, before.order], [true, 'active', 'working']);
  assert.deepEqual((await readdir(folder)).sort(), ['all.wheelhouse', 'store', aside]);
});

test('killed anywhere, the old store or the whole new one is there, and the same call ends it', async (t) => {
  for (const end of ['records', 'complete', 'aside']) {
    const { path, folder, file } = await box(t);
    const child = spawnSync(process.execPath, [PROGRAM, path, file, end], { encoding: 'utf8' });
    assert.equal(child.signal, 'SIGKILL', `${end}: ${child.stderr}`);
    // What a box that starts now would find; a store that is on its way to its place takes it.
    const now = await look(path);
    const changed = end === 'aside';
    if (changed) assertRestored(now);
    else assert.deepEqual([now.afterwards, now.trading.state], [true, 'active'], end);
    await restore({ path, file });
    assertRestored(await look(path));
    const names = await readdir(folder);
    assert.ok(!names.some((name) => name.includes('restoring')), names.join());
    assert.ok(
      (
        await Promise.all(
          names.filter((name) => name.startsWith('store-before')).map((name) => look(join(folder, name))),
        )
      ).some(({ afterwards }) => afterwards),
    );
  }
});

test('a back-up that was cut off, changed or made by a newer program touches nothing', async (t) => {
  const { path, folder, file } = await box(t);
  const whole = await readFile(file);
  const before = [await readdir(folder), await readdir(path)];
  await truncate(file, whole.length - 1);
  await assert.rejects(restore({ path, file }), { code: 'ARCHIVE_DAMAGED' });
  await writeFile(file, Buffer.concat([whole.subarray(0, -40), Buffer.alloc(40)]));
  await assert.rejects(restore({ path, file }), { code: 'ARCHIVE_DAMAGED' });
  await writeFile(file, archive(from([]), { ...ABOUT, records: 99 }, null));
  await assert.rejects(restore({ path, file }), { code: 'ARCHIVE_NEWER' });
  assert.deepEqual((await readdir(folder)).sort(), (before[0] as string[]).sort());
  const is = await look(path);
  assert.deepEqual([is.afterwards, is.trading.state], [true, 'active']);
});

test('nothing but records of a store and the three settings files comes out of a back-up, whatever their names', async (t) => {
  const { path, folder, file } = await box(t);
  const value = Buffer.from('{}');
  const names = [
    '../evil',
    '/etc/passwd',
    'wheelhouse.yaml/../../evil',
    'other.yaml',
    '..',
    '',
    'latch.json',
    'page-token',
  ];
  const bad: Entry[] = [
    ...names.map((name) => ({ kind: 'file', name, value }) as const),
    ...['nothing/x', '!schema', 'orders', '../x', 'constructor/x'].map(
      (name) => ({ kind: 'record', name, value }) as const,
    ),
  ];
  for (const entry of bad) {
    await writeFile(file, archive(from([entry]), ABOUT, null));
    await assert.rejects(restore({ path, file }), { code: 'STORE_CORRUPT' }, entry.name);
  }
  await writeFile(file, archive(from([{ kind: 'file', name: 'limits.json', value }]), ABOUT, null));
  const { settings } = await restore({ path, file });
  assert.deepEqual(await readdir(join(folder, settings)), ['limits.json']);
});

test('a store that is open, or that is a link to another place, is not replaced', async (t) => {
  const { path, folder, file } = await box(t);
  const open = new LevelStore({ path });
  await open.start();
  await assert.rejects(restore({ path, file }), { code: 'STORE_LOCKED' });
  await open.stop();
  await rename(path, join(folder, 'elsewhere'));
  await symlink(join(folder, 'elsewhere'), path);
  await assert.rejects(restore({ path, file }), { message: /is no folder of its own/ });
  assert.equal((await look(join(folder, 'elsewhere'))).afterwards, true);
});

test('a damaged store, and one that is not there, are replaced as well', async (t) => {
  const { path, folder, file } = await box(t);
  await truncate(join(path, 'CURRENT'), 0);
  await restore({ path, file });
  assertRestored(await look(path));
  const elsewhere = join(folder, 'new');
  // On a new card, broken off before there was anything: not a box that has never traded.
  await mkdir(`${elsewhere}.restoring`);
  await assert.rejects(new LevelStore({ path: elsewhere }).start(), { message: /was broken off: call it again/ });
  await restore({ path: elsewhere, file });
  assertRestored(await look(elsewhere));
});
