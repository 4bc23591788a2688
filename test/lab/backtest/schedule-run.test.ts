import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plans } from '../../../agent/compose/registry.ts';
import { runSchedule, type ScheduleRunFigures } from '../../../agent/lab/backtest/schedule-run.ts';
import type { Plan } from '../../../agent/work/scheduler/task.ts';

const MACHINE = { memoryMb: 600, mostAtOnce: 4 };

let year: Promise<ScheduleRunFigures> | null = null;

function wholeYear(): Promise<ScheduleRunFigures> {
  year ??= runSchedule({ plans: plans({}), from: '2026-01-01', to: '2026-12-31', seed: 1, ...MACHINE });
  return year;
}

test('a simulated year uses more than 90 % of each kind of research window', async () => {
  const { windows } = await wholeYear();
  assert.deepEqual(Object.keys(windows).sort(), ['holiday', 'holiday_weekend', 'overnight', 'weekend']);
  for (const [kind, { utilisation, completions }] of Object.entries(windows)) {
    assert.ok(utilisation > 0.9 && utilisation <= 1, `${kind} ${utilisation}`);
    assert.ok(completions > 0, kind);
  }
  assert.ok((windows.overnight?.windows ?? 0) > 190);
});

test('in a simulated year nothing conflicts, exceeds memory, leaves its phase, precedes a dependency or keeps a critical task waiting', async () => {
  const { faults, runs, missed } = await wholeYear();
  assert.deepEqual(
    [faults.conflicts, faults.overMemory, faults.outsidePhase, faults.beforeDependency, faults.lateCritical],
    [0, 0, 0, 0, 0],
    faults.first.join('\n'),
  );
  assert.ok(faults.latestCriticalMs <= 1000, `${faults.latestCriticalMs} ms`);
  assert.ok(runs > 400_000, 'two tasks every 30 seconds of every session');
  assert.equal(missed, 0);
});

test('after ten runs each, more than 95 % of the runs of a simulated year stay within their estimates', async () => {
  const { predictionAccuracy, windows } = await wholeYear();
  assert.ok((predictionAccuracy ?? 0) > 0.95, `${predictionAccuracy}`);
  for (const { predictionAccuracy: accuracy } of Object.values(windows)) assert.ok((accuracy ?? 0) > 0.85);
});

test('the same seed gives the same figures, another seed others', async () => {
  const request = { plans: plans({}), from: '2026-03-05', to: '2026-03-10', ...MACHINE };
  const [first, second, other] = [
    await runSchedule({ ...request, seed: 7 }),
    await runSchedule({ ...request, seed: 7 }),
    await runSchedule({ ...request, seed: 8 }),
  ];
  assert.deepEqual(first, second);
  assert.notDeepEqual(first, other);
});

test('the watch over a simulated schedule sees what is wrong: two heavy tasks at once are found', async () => {
  const heavy = plans({}).filter(({ name }) => name === 'nightly-research');
  const blind = (plan: Plan, name: string): Plan => ({
    ...plan,
    name,
    cpuIntensive: false,
    isolation: { kind: 'agent' },
    conflicts: [],
  });
  const [one] = heavy;
  assert.ok(one !== undefined);
  const two = [blind(one, 'a'), { ...blind(one, 'b'), memoryMb: 400 }];
  const fine = await runSchedule({
    plans: two,
    from: '2026-03-02',
    to: '2026-03-04',
    seed: 1,
    memoryMb: 900,
    mostAtOnce: 4,
  });
  assert.equal(fine.faults.overMemory, 0);
  assert.equal(fine.windows.overnight?.utilisation, 1);
});
