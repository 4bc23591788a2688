import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import { MemoryStore } from '../../../agent/edges/store/memory/memory-store.ts';
import { silentLog } from '../../../agent/edges/system/log.ts';
import { ManualClock } from '../../../agent/edges/system/manual/clock.ts';
import { WriteMeter } from '../../../agent/work/workflows/write-meter.ts';

const EVENING = instantInNewYork('2026-03-20', '23:30');

interface Rig {
  readonly store: MemoryStore;
  readonly clock: ManualClock;
  /** What the kernel says of the two processes. */
  readonly said: { agent: number | null; guard: number | null };
  readonly changes: () => number;
  readonly meter: () => WriteMeter;
}

async function rig(): Promise<Rig> {
  const store = new MemoryStore();
  await store.start();
  const clock = new ManualClock(EVENING);
  const said: Rig['said'] = { agent: 1_000, guard: null };
  let changes = 0;
  const sources = { agent: () => said.agent, guard: () => said.guard };
  const onChange = (): void => {
    changes += 1;
  };
  const meter = (): WriteMeter => new WriteMeter({ store, sources, clock, speed: 1, log: silentLog, onChange });
  return { store, clock, said, changes: () => changes, meter };
}

async function minutes(clock: ManualClock, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    clock.advanceTo(clock.now() + MINUTE_MS);
    await new Promise(setImmediate);
  }
}

test('what a process has written since its start counts, over restarts, until the day in New York ends', async () => {
  const { store, clock, said, meter } = await rig();
  const first = meter();
  await first.start();
  said.agent = 5_000;
  await minutes(clock, 1);
  assert.deepEqual(first.written, { tradingDay: '2026-03-20', agent: 5_000, guard: null });
  said.agent = 7_000;
  await first.stop();
  said.agent = 300;
  const second = meter();
  await second.start();
  assert.equal(second.written.agent, 7_300);
  said.agent = 900;
  await minutes(clock, 30);
  assert.deepEqual(second.written, { tradingDay: '2026-03-21', agent: 0, guard: null });
  said.agent = 1_000;
  await minutes(clock, 15);
  assert.deepEqual(await store.list('counters'), [['written/2026-03-21/agent', { value: 100 }]]);
  await second.stop();
});

test('it is stored four times an hour and told when a tenth of a megabyte has come to it; a guard that is started anew goes on', async () => {
  const { store, clock, said, changes, meter } = await rig();
  let commits = 0;
  const { commit } = store;
  store.commit = (...args) => {
    commits += 1;
    return commit.apply(store, args);
  };
  const counting = meter();
  said.guard = 50_000;
  await counting.start();
  assert.equal(changes(), 1);
  said.agent = 160_000;
  await minutes(clock, 10);
  assert.equal(changes(), 2);
  said.guard = 2_000;
  await minutes(clock, 10);
  assert.equal(counting.written.guard, 52_000);
  assert.equal(commits, 1);
  said.agent = null;
  await minutes(clock, 1);
  assert.deepEqual([counting.written.agent, changes()], [160_000, 2]);
  await counting.stop();
  assert.equal(commits, 2);
});
