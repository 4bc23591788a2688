import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import type { Task } from '../../../agent/work/scheduler/task.ts';
import { at, type Bench, bench, takes } from './scheduler-bench.ts';

const EVENING = '2026-03-19T18:00';

function research(b: Bench, more: Partial<Task> = {}): Task {
  return b.task('research', {
    ...{ category: 'research', cpuIntensive: true, interruptible: true, memoryMb: 600, estimatedMinutes: 60 },
    ...{ maxMinutes: 480, recurrence: { kind: 'interval', minutes: 30 }, run: takes(b.clock, 100) },
    ...more,
  });
}

async function events(b: Bench): Promise<string[]> {
  return (await b.store.list('scheduleEvents')).map(([, { kind, text }]) => `${kind}: ${text}`);
}

test('a critical task interrupts heavy work at once and starts with it still ending', async () => {
  const b = await bench(at(EVENING));
  const critical = b.timed('critical', ['18:30'], { priority: 'critical' });
  await b.runner([research(b), critical]).start();
  await b.clock.advanceTo(at('2026-03-19T18:30'));
  assert.deepEqual(b.ran, ['critical 18:30']);
  assert.deepEqual(await b.states(), ['research interrupted', 'critical done']);
});

test('a critical task that lacks memory gets it from what can be interrupted within a second', async () => {
  const b = await bench(at(EVENING));
  const slowToEnd: Task['run'] = (run) =>
    new Promise((_, reject) => {
      run.signal.addEventListener('abort', () => b.clock.after(900, () => reject(run.signal.reason)));
    });
  const critical = b.timed('critical', ['18:30'], { priority: 'critical', memoryMb: 700 });
  await b.runner([research(b, { run: slowToEnd, cpuIntensive: false }), critical]).start();
  await b.clock.advanceTo(at('2026-03-19T18:30') + 999);
  const [, [, occurrence]] = (await b.store.list('occurrences')) as [
    unknown,
    [string, { startedAt: number; task: string }],
  ];
  assert.equal(occurrence.task, 'critical');
  assert.ok(occurrence.startedAt - at('2026-03-19T18:30') <= 1000);
});

test('never two heavy tasks, and never two runs of one', async () => {
  const b = await bench(at(EVENING));
  let now = 0;
  let most = 0;
  const counted: Task['run'] = async (run) => {
    most = Math.max(most, ++now);
    try {
      return await takes(b.clock, 20)(run);
    } finally {
      now -= 1;
    }
  };
  const heavy = (name: string): Task => ({ ...research(b, { run: counted, memoryMb: 10 }), name });
  const runner = b.runner([
    heavy('a'),
    heavy('b'),
    { ...heavy('c'), cpuIntensive: false, isolation: { kind: 'child', capMb: 100 } },
  ]);
  await runner.start();
  await b.clock.advanceTo(at('2026-03-19T22:00'));
  assert.equal(most, 1);
  assert.ok((await b.states()).filter((each) => each.endsWith('done')).length > 8);
});

test('a task that ignores its signal is recorded as a defect, is not started again, and frees its place', async () => {
  const b = await bench(at('2026-03-19T09:59'));
  let wakeUp = (): void => undefined;
  const deaf = b.timed('deaf', ['10:00', '11:00', '12:00'], {
    maxMinutes: 1,
    run: () =>
      new Promise<string>((resolve) => {
        wakeUp = () => resolve('late');
      }),
  });
  const trades = b.timed('execute', ['10:30'], { canTrade: true });
  const runner = b.runner([deaf, trades], { capacity: { mostAtOnce: 1, serial: false, freeMb: () => 15 } });
  await runner.start();
  runner.confirmClock();
  await b.clock.advanceTo(at('2026-03-19T11:30'));
  assert.deepEqual(b.ran, ['execute 10:30']);
  assert.match((await events(b)).join(), /defect: took longer than 1 minutes; it did not end within 5 s/);
  assert.match(b.alarms[0] ?? '', /^schedule-deaf-deaf: /);
  assert.deepEqual(await b.states(), ['deaf failed', 'execute done', 'deaf missed']);
  wakeUp();
  await b.clock.advanceTo(at('2026-03-19T12:00'));
  assert.deepEqual((await b.states()).at(-1), 'deaf running');
});

test('research past its estimate goes on until 60 minutes are left of a window, and 30 of an extended one', async () => {
  for (const [start, end] of [
    ['2026-03-19T20:00', '2026-03-20T05:30'],
    ['2026-03-20T20:00', '2026-03-23T04:00'],
  ] as const) {
    const b = await bench(at(start));
    await b.runner([research(b, { run: takes(b.clock, 9999), maxMinutes: 9999 })]).start();
    await b.clock.advanceTo(at(end) - 1000);
    assert.deepEqual(await b.states(), ['research running']);
    await b.clock.advanceTo(at(end) + 1000);
    assert.deepEqual((await b.states())[0], 'research interrupted');
  }
});

test('research that started within the last hour may use its estimate, but never the reserve', async () => {
  const b = await bench(at('2026-03-20T06:00'));
  await b.runner([research(b, { run: takes(b.clock, 9999) })]).start();
  await b.clock.advanceTo(at('2026-03-20T06:29'));
  assert.deepEqual(await b.states(), ['research running']);
  await b.clock.advanceTo(at('2026-03-20T06:31'));
  assert.deepEqual(await b.states(), ['research interrupted']);
});

test('a task that waits for memory for more than 30 minutes raises an alarm, which ends when it may start', async () => {
  const b = await bench(at(EVENING));
  let free = 100;
  const capacity = { mostAtOnce: 4, serial: false, freeMb: () => free };
  const runner = b.runner([research(b)], { capacity });
  await runner.start();
  await b.clock.advanceTo(at('2026-03-19T18:29'));
  assert.deepEqual(b.alarms, []);
  assert.equal((await b.states()).length, 0);
  await b.clock.advanceTo(at('2026-03-19T18:31'));
  assert.deepEqual(b.alarms, ['schedule-memory-research: Schedule: research has waited 30 minutes for memory']);
  free = 1000;
  await b.clock.advanceTo(at('2026-03-19T18:32'));
  assert.deepEqual([b.alarms[1], await b.states()], ['schedule-memory-research resolved', ['research running']]);
});

test('a failed once-a-day task is tried three times, ten minutes apart, then not again before the next trading day', async () => {
  const b = await bench(at('2026-03-19T17:00'));
  const fails = b.task('fails', { phases: ['evening'], run: () => Promise.reject(new Error('no')) });
  await b.runner([fails]).start();
  await b.clock.advanceTo(at('2026-03-19T23:00'));
  const rows = await b.store.list('occurrences');
  const minutes = rows.map(([, { startedAt }]) => ((startedAt ?? 0) - at('2026-03-19T17:00')) / MINUTE_MS);
  assert.deepEqual(minutes, [0, 10, 20]);
  await b.clock.advanceTo(at('2026-03-20T17:01'));
  assert.equal((await b.states()).length, 4);
});

test('a chain of dependencies runs in its order within one trading day', async () => {
  const b = await bench(at('2026-03-19T15:59'));
  const after = (name: string, ...dependencies: string[]): Task =>
    b.task(name, { phases: ['post-market'], dependencies });
  await b.runner([after('report', 'profit'), after('profit', 'books'), after('books')]).start();
  await b.clock.advanceTo(at('2026-03-20T16:01'));
  assert.deepEqual(
    b.ran.map((each) => each.split(' ')[0]),
    ['books', 'profit', 'report', 'books', 'profit', 'report'],
  );
});

test('a once-per-phase task whose phase went by is missed, and one with an alarm says so', async () => {
  const b = await bench(at('2026-03-19T07:00'));
  const never = b.task('never', {
    phases: ['pre-market'],
    recurrence: { kind: 'oncePerPhase' },
    memoryMb: 5000,
    missed: { kind: 'alarm' },
  });
  await b.runner([never]).start();
  await b.clock.advanceTo(at('2026-03-19T09:31'));
  assert.deepEqual(await b.states(), ['never missed']);
  assert.deepEqual(
    b.alarms.filter((each) => each.includes('missed')),
    ['schedule-missed-never: Schedule: never was missed'],
  );
});

test('a disk that takes nothing does not keep the scheduler from stopping', async () => {
  const b = await bench(at('2026-03-19T10:00'));
  const often = b.task('often', { recurrence: { kind: 'every', minutes: 0.5, from: 'open' } });
  const runner = b.runner([often]);
  await runner.start();
  await b.clock.advanceTo(at('2026-03-19T10:01'));
  await b.store.stop();
  await runner.stop();
  assert.deepEqual(runner.running, []);
});
