import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { TASKS } from '../../agent/compose/task-table.ts';
import { instantInNewYork } from '../../agent/core/calendar/new-york.ts';
import { MemoryStore } from '../../agent/edges/store/memory/memory-store.ts';
import { HostChildren } from '../../agent/edges/system/host/child-task.ts';
import { silentLog } from '../../agent/edges/system/log.ts';
import { ManualClock } from '../../agent/edges/system/manual/clock.ts';
import { Runner } from '../../agent/work/scheduler/runner.ts';
import type { Task } from '../../agent/work/scheduler/task.ts';
import { searchSettings, validateSettings } from '../../agent/work/workflows/research.ts';
import { sampleResearch } from '../lab/research/sample-research.ts';
import { ROOT } from '../run-node.ts';

const LIMIT = { timeout: 120_000 };
/** No process of this program fits in, however little it loads, so it is over its cap before it can find anything. */
const LESS_THAN_NODE_MB = 20;
/** Whoever looks all the time takes the processor that the child needs. */
const LOOK_EVERY_MS = 5;
const children = new HostChildren({ program: `${ROOT}/agent/main.ts`, args: ['research-child'], watchEveryMs: 20 });

interface Night {
  readonly clock: ManualClock;
  readonly store: MemoryStore;
  readonly runner: Runner;
  /** Waits until a task has left an occurrence that is not running any more. */
  ended(task: string): Promise<{ state: string; note: string }>;
}

/** The machine is known to try so many settings in an hour; `null` = nothing is known of it. */
async function night(capMb: number, perHour: number | null): Promise<Night> {
  const clock = new ManualClock(instantInNewYork('2026-03-20', '18:00'));
  const store = new MemoryStore();
  await store.start();
  if (perHour !== null) {
    const put = { value: perHour };
    await store.commit([{ table: 'counters', key: 'research/settings-per-hour', put }], 'lazy');
  }
  const { symbols, options, model, fees } = sampleResearch();
  for (const { symbol, closes, impliedVolatility } of symbols) {
    const put = { symbol, closes, impliedVolatility, updatedAt: clock.now() };
    await store.commit([{ table: 'histories', key: symbol, put }], 'lazy');
  }
  const parts = {
    store,
    children,
    clock,
    symbols: ['AAA', 'BBB'],
    options,
    model,
    fees,
    pennyClasses: new Set<string>(),
    capMb,
  };
  const task = (name: 'nightly-research' | 'validate-candidates', run: Task['run']): Task => ({
    ...TASKS[name],
    conflicts: [],
    run,
  });
  const runner = new Runner({
    tasks: [task('nightly-research', searchSettings(parts, 60)), task('validate-candidates', validateSettings(parts))],
    ...{ clock, store, log: silentLog, capacity: { mostAtOnce: 4, serial: false, freeMb: () => 2000 } },
    holdsTrading: () => null,
    onChange: () => undefined,
    onJump: () => undefined,
    onAlarm: () => undefined,
    ...{ heartbeatMs: Number.POSITIVE_INFINITY, jumpToleranceMs: 5000 },
  });
  await runner.start();
  const ended: Night['ended'] = async (name) => {
    for (;;) {
      const found = (await store.list('occurrences')).find(
        ([, each]) => each.task === name && each.state !== 'running',
      );
      if (found !== undefined) return found[1];
      await pause(LOOK_EVERY_MS);
    }
  };
  return { clock, store, runner, ended };
}

test(
  'the night searches settings in a child, keeps the best, validates them, and goes on where it stopped',
  LIMIT,
  async () => {
    const { clock, store, runner, ended } = await night(400, null);
    assert.equal(runner.running[0]?.task.name, 'nightly-research');
    const first = await ended('nightly-research');
    assert.equal(first.state, 'done', first.note);
    assert.match(first.note, /^100 of 100 settings on \d+ days: best /);
    const validated = await ended('validate-candidates');
    assert.match(validated.note, /days that were held back: best .*: (worth a look|no reason to change)$/);
    const results = (await store.list('research')).map(([, { task, finished }]) => [task, finished]);
    assert.deepEqual(results, [
      ['nightly-research', true],
      ['validate-candidates', true],
    ]);
    assert.equal((await store.get('counters', 'research/nightly-research'))?.value, 100);
    await clock.advanceTo(clock.now() + 31 * 60_000);
    assert.equal(runner.running[0]?.task.name, 'nightly-research');
    await runner.stop();
  },
);

test(
  'a child that needs more memory than its cap is killed, and that is what its run found; the agent goes on',
  LIMIT,
  async () => {
    const { store, runner, ended } = await night(LESS_THAN_NODE_MB, 50_000);
    const { state, note } = await ended('nightly-research');
    assert.deepEqual([state, note], ['done', 'needed more than its 20 MB of memory; nothing was found until then']);
    const [[, result] = []] = await store.list('research');
    assert.equal(result?.finished, false);
    await runner.stop();
  },
);

test('a search that is interrupted keeps what it has found until then', LIMIT, async () => {
  const { store, runner, ended } = await night(400, 100_000);
  while ((runner.running[0]?.progress?.done ?? 0) < 6) await pause(LOOK_EVERY_MS);
  assert.match(runner.running[0]?.progress?.best ?? '', / % with delta /);
  runner.stopRun('nightly-research', 'command', 'research was stopped');
  const { state, note } = await ended('nightly-research');
  assert.deepEqual([state, note], ['interrupted', 'research was stopped']);
  const [[, result] = []] = await store.list('research');
  assert.ok(result !== undefined && result.done >= 6 && result.best.length > 0);
  assert.ok(((await store.get('counters', 'research/nightly-research'))?.value ?? 0) >= 6);
  await runner.stop();
});
