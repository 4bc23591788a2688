import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { crc32c } from '../../../../agent/edges/store/level/crc32c.ts';
import { LevelStore } from '../../../../agent/edges/store/level/level-store.ts';
import { snappyBytes } from '../../../../agent/edges/store/level/snappy.ts';
import { blocksOf, damageOf } from '../../../../agent/edges/store/level/table-check.ts';
import { NOW } from '../../../work/workflows/desk.ts';
import { ALERTS, found, stocked } from './stocked.ts';

async function tableIn(path: string): Promise<string> {
  return join(path, (await readdir(path)).find((name) => name.endsWith('.ldb')) as string);
}

function request(name: string): Parameters<LevelStore['backUp']>[0] {
  return { name, madeAt: '2026-03-20T22:00:00Z', keep: 2, signal: new AbortController().signal };
}

test('a table as the library wrote it is whole, and no bit of its blocks and its index can be turned unseen', async (t) => {
  const table = await readFile(await tableIn(await stocked(t)));
  assert.equal(damageOf(table), null);
  // The last bytes before the footer belong to the index, the first to the first block.
  for (let at = 0; at < table.length - 48; at += 37) {
    const changed = Buffer.from(table);
    changed[at] = (changed[at] as number) ^ 4;
    assert.notEqual(damageOf(changed), null, `at ${at} of ${table.length}`);
  }
  for (const length of [0, 40, 5000, table.length - 1]) assert.notEqual(damageOf(table.subarray(0, length)), null);
});

async function started(t: TestContext, path: string, onDamage: (what: string) => void): Promise<LevelStore> {
  const store = new LevelStore({ path, mendAt: { now: () => NOW }, onDamage });
  await store.start();
  t.after(() => store.stop());
  return store;
}

test('a block of zeros, which the library reads as none, is found by the nightly copy: no copy is replaced, and the next start mends', async (t) => {
  const path = await stocked(t);
  const told: string[] = [];
  const whole = await started(t, path, () => undefined);
  await whole.backUp(request('2026-03-19'));
  await whole.stop();
  const table = await tableIn(path);
  const bytes = await readFile(table);
  const { offset, size } = blocksOf(bytes)[1] as ReturnType<typeof blocksOf>[number];
  await writeFile(table, bytes.fill(0, offset, offset + size + 5));
  const store = await started(t, path, (what) => told.push(what));
  assert.ok((await store.list('alerts')).length < ALERTS, 'the library says nothing');
  await assert.rejects(store.backUp(request('2026-03-20')), {
    code: 'STORE_CORRUPT',
    message: /block \d+ of \d+ is damaged in 0\d+\.ldb/,
  });
  await assert.rejects(store.backUp(request('2026-03-20')), { code: 'STORE_CORRUPT' });
  assert.equal(told.length, 1);
  assert.deepEqual(await readdir(store.folder), ['2026-03-19.wheelhouse']);
  await store.stop();
  await store.start();
  const is = await found(store);
  assert.equal(is.trading.state, 'halted');
  assert.ok(is.alerts >= ALERTS / 2 && is.alerts < ALERTS);
  await store.backUp(request('2026-03-20'));
});

test('checksum and unpacking are those of their definitions', () => {
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  assert.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa);
  // A literal, then what repeats itself while it is written.
  const packed = Buffer.from([11, 0b0000_1000, 0x61, 0x62, 0x63, 0b0001_1110, 3, 0]);
  assert.equal(snappyBytes(packed).toString(), 'abcabcabcab');
  for (const bad of ['', 'ff', '0b0861', '0b08616263', '0b086162631e0400', '0b086162631e0000']) {
    assert.throws(() => snappyBytes(Buffer.from(bad, 'hex')), RangeError, bad);
  }
});
