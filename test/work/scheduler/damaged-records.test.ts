import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Level } from 'level';
import { LevelStore } from '../../../agent/edges/store/level/level-store.ts';
import type { TaskState } from '../../../agent/edges/store/schedule-records.ts';
import { type TableName, timeKey, type Write } from '../../../agent/edges/store/store.ts';
import type { Runner } from '../../../agent/work/scheduler/runner.ts';
import type { Task } from '../../../agent/work/scheduler/task.ts';
import { at, type Bench, bench } from './scheduler-bench.ts';

const TEN = at('2026-03-18T10:00');
const BROKEN = '{"torn';

interface Restarted {
  readonly b: Bench;
  readonly runner: Runner;
  readonly store: LevelStore;
}

/** A store on disk with a run of `execute` at 10:00 in it and then this text under a key; the appliance starts at 10:01. */
async function restarted(t: TestContext, table: TableName, about: { key: string; text: string }): Promise<Restarted> {
  const path = mkdtempSync(join(tmpdir(), 'wheelhouse-damaged-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  const b = await bench(TEN - 60_000);
  const tasks: readonly Task[] = [b.timed('execute', ['10:00', '11:00'], { canTrade: true })];
  const first = b.runner(tasks);
  await first.start();
  first.confirmClock();
  await b.clock.advanceTo(TEN + 60_000);
  await first.stop();
  assert.deepEqual(b.ran, ['execute 10:00']);
  const store = new LevelStore({ path });
  await store.start();
  for (const name of ['occurrences', 'taskStates'] as const) {
    await store.commit(
      (await b.store.list(name)).map(([key, put]) => ({ table: name, key, put }) as Write),
      'sync',
    );
  }
  await store.stop();
  const database = new Level(path);
  await database.put(`${table}/${about.key}`, about.text);
  await database.close();
  await store.start();
  t.after(() => store.stop());
  b.kill();
  const runner = b.runner(tasks, { store });
  await runner.start();
  runner.confirmClock();
  return { b, runner, store };
}

for (const [what, text] of [
  ['torn', BROKEN],
  ['no record', '"nonsense"'],
  ['of another form', JSON.stringify({ task: 'execute', state: 'running' })],
] as const) {
  test(`an occurrence that is ${what} is set aside and reported, counts as started, and trading is held`, async (t) => {
    const key = `${timeKey(TEN)}/execute`;
    const { b, runner, store } = await restarted(t, 'occurrences', { key, text });
    assert.match(b.alarms.join(), /the occurrence of execute at 2026-03-18 10:00:00 ET: it counts as started/);
    assert.deepEqual([runner.running.length, b.ran], [0, ['execute 10:00']]);
    assert.match(runner.distrust ?? '', /a record of the schedule was lost/);
    await runner.stop();
    assert.deepEqual(await store.list('occurrences'), []);
  });
}

for (const text of [BROKEN, '"nonsense"', '{"pausedSince":"x","noResearchUntil":null,"enabled":null}']) {
  test(`when what people decided reads ${text} the schedule is paused until somebody resumes it`, async (t) => {
    const { b, runner } = await restarted(t, 'scheduleControl', { key: 'schedule', text });
    assert.match(b.alarms.join(), /what people decided: .*; the schedule is paused/);
    assert.equal(runner.steering.control.pausedSince, TEN + 60_000);
  });
}

test('the use of a window that cannot be read is counted anew', async (t) => {
  const key = timeKey(at('2026-03-18T18:00'));
  const { b, runner, store } = await restarted(t, 'windowUses', { key, text: BROKEN });
  assert.match(b.alarms.join(), /how the window from 2026-03-18 18:00:00 ET was used: it is counted from now on/);
  await runner.stop();
  assert.equal(await store.get('windowUses', key), null);
});

for (const fields of [
  { lastDueAt: -1e15 },
  { lastDueAt: 1e17 },
  { knownSince: 0, lastDueAt: null },
  { lastStartedAt: 1e18 },
  { failures: -3 },
  { runs: 0.5 },
  { averageMs: -1 },
  { successRate: 7 },
] satisfies readonly Partial<TaskState>[]) {
  test(`a state with ${JSON.stringify(fields)} is set aside and rebuilt`, async () => {
    const b = await bench(TEN - 60_000);
    const tasks = [b.timed('execute', ['10:00', '11:00'], { canTrade: true })];
    const first = b.runner(tasks);
    await first.start();
    first.confirmClock();
    await b.clock.advanceTo(TEN + 60_000);
    const put = { ...((await b.store.get('taskStates', 'execute')) as TaskState), ...fields };
    await b.store.commit([{ table: 'taskStates', key: 'execute', put }], 'sync');
    b.kill();
    const second = b.runner(tasks);
    await second.start();
    second.confirmClock();
    assert.match(b.alarms.join(), /the record of execute: its field/);
    await b.clock.advanceTo(at('2026-03-18T10:30'));
    assert.deepEqual(b.ran, ['execute 10:00']);
  });
}
