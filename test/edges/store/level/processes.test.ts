import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LevelStore } from '../../../../agent/edges/store/level/level-store.ts';
import { temporaryFolder } from './temporary-folder.ts';

const PROGRAM = fileURLToPath(new URL('./commit-until-killed.ts', import.meta.url));
const ROUNDS = [1, 5, 23, 40, 61];

test('killed in the middle of commits, five times over, the store has every acknowledged commit and no half of one', async (t) => {
  const path = await temporaryFolder(t);
  let acknowledged = -1;
  for (const commits of ROUNDS) {
    const last = await killedAfter(t, { path, first: acknowledged + 1, commits });
    assert.ok(last >= acknowledged + commits);
    acknowledged = last;
    const found = await batchesIn(path);
    assert.ok(found.length > acknowledged, `batch ${acknowledged} was acknowledged, ${found.length} are there`);
    assert.deepEqual(
      found,
      found.map((_, batch) => batch),
    );
    // The one that was under way may be there, if it is whole; it is written again by the next round.
    assert.ok(found.length <= acknowledged + 2);
  }
});

test('a store that another process holds is refused with STORE_LOCKED, and opens when that process is gone', async (t) => {
  const path = await temporaryFolder(t);
  const holder = await holding(t, path, 'hold');
  const store = new LevelStore({ path });
  const refused = {
    code: 'STORE_LOCKED',
    message: `The store ${path} is in use by another process: stop that one first, or name another path.`,
  };
  await assert.rejects(store.start(), refused);
  await assert.rejects(store.start(), refused);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await store.start();
  await store.stop();
});

test('a store that is open twice in one process is refused the second time, and the first stays open', async (t) => {
  const path = await temporaryFolder(t);
  const first = new LevelStore({ path });
  await first.start();
  t.after(() => first.stop());
  await assert.rejects(new LevelStore({ path }).start(), { code: 'STORE_LOCKED' });
  await first.commit([{ table: 'counters', key: 'n', put: { value: 1 } }], 'sync');
  assert.deepEqual(await first.get('counters', 'n'), { value: 1 });
});

test('a synced commit reaches the disk by itself; lazy ones wait for company', async (t) => {
  const path = await temporaryFolder(t);
  // Asked of the folder and not of the store: a store that does not sync must fail here.
  if (!isOnDisk(path)) return t.skip('the folder for temporary files is not on a disk');
  const store = new LevelStore({ path });
  await store.start();
  t.after(() => store.stop());
  const pages = async (durability: 'sync' | 'lazy'): Promise<number> => {
    const before = bytesWritten();
    for (let value = 0; value < 50; value += 1) {
      await store.commit([{ table: 'counters', key: 'n', put: { value } }], durability);
    }
    return (bytesWritten() - before) / 4096;
  };
  const lazy = await pages('lazy');
  const synced = await pages('sync');
  assert.ok(lazy < 10, `50 lazy commits wrote ${lazy} pages`);
  assert.ok(synced >= 50, `50 synced commits wrote ${synced} pages`);
});

/** The number of the last batch that was acknowledged before the end. */
async function killedAfter(
  t: TestContext,
  { path, first, commits }: { path: string; first: number; commits: number },
): Promise<number> {
  const child = await holding(t, path, `${first}`);
  let last = first - 1;
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    last = Number(line);
    if (last === first + commits - 1) child.kill('SIGKILL');
  }
  return last;
}

async function holding(t: TestContext, path: string, order: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [PROGRAM, path, order], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'readable');
  assert.equal(child.stdout.read(5).toString(), 'open\n');
  return child;
}

/** The numbers of the batches in the store, in their order; fails when one of them is not whole. */
async function batchesIn(path: string): Promise<number[]> {
  const store = new LevelStore({ path });
  await store.start();
  const rows = new Map<number, number>();
  for (const [, { raisedAt }] of await store.list('alerts')) rows.set(raisedAt, (rows.get(raisedAt) ?? 0) + 1);
  const counted = await store.list('counters');
  await store.stop();
  assert.equal(rows.size, counted.length);
  for (const [batch, { value }] of counted) assert.equal(rows.get(Number(batch)), value);
  return [...rows.keys()].sort((a, b) => a - b);
}

/** As the kernel counts it: a page each time it has to go to the disk anew. */
function isOnDisk(folder: string): boolean {
  const before = bytesWritten();
  const probe = join(dirname(folder), `wheelhouse-probe-${process.pid}`);
  writeFileSync(probe, 'x', { flush: true });
  rmSync(probe);
  return bytesWritten() > before;
}

function bytesWritten(): number {
  const line = /^write_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'));
  return Number(line?.[1]);
}
