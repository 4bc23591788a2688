import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import type { MissedPolicy } from '../../../agent/work/scheduler/task.ts';
import { bench } from './scheduler-bench.ts';

const DAY = '2026-03-20';

function at(time: string, day = DAY): number {
  return instantInNewYork(day, time);
}

test('tasks run at their times, and those of one instant by priority', async () => {
  const { clock, ran, timed, runner } = await bench(at('07:59'));
  const low = timed('low', ['10:00'], { priority: 'low' });
  const critical = timed('critical', ['10:00'], { priority: 'critical' });
  const early = timed('early', ['08:00']);
  await runner([low, early, critical]).start();
  await clock.advanceTo(at('10:01'));
  assert.deepEqual(ran, ['early 08:00', 'critical 10:00', 'low 10:00']);
});

test('a restart does not run an occurrence again', async () => {
  const { clock, ran, timed, runner } = await bench(at('09:59'));
  const tasks = [timed('execute', ['10:00'])];
  const first = runner(tasks);
  await first.start();
  await clock.advanceTo(at('10:00'));
  await first.stop();
  await runner(tasks).start();
  await clock.advanceTo(at('10:01'));
  assert.deepEqual(ran, ['execute 10:00']);
});

test('an occurrence that was running when the process died is closed as interrupted and not repeated', async () => {
  const { clock, store, ran, timed, runner } = await bench(at('09:59'));
  const hangs = timed('execute', ['10:00'], { run: () => new Promise(() => undefined) });
  await runner([hangs]).start();
  await clock.advanceTo(at('10:00'));
  await runner([timed('execute', ['10:00'])]).start();
  await clock.advanceTo(at('10:01'));
  const states = (await store.list('occurrences')).map(([, occurrence]) => occurrence.state);
  assert.deepEqual(states, ['interrupted']);
  assert.deepEqual(ran, []);
});

const policies: readonly [string, MissedPolicy, readonly string[], readonly string[]][] = [
  ['skip', { kind: 'skip' }, [], ['missed']],
  ['run within 60 minutes', { kind: 'runWithin', minutes: 60 }, ['job 10:30 late'], ['done']],
  ['run within 20 minutes', { kind: 'runWithin', minutes: 20 }, [], ['missed']],
  ['run once', { kind: 'runOnce' }, ['job 10:30 late'], ['done']],
];
for (const [name, missed, expected, states] of policies) {
  test(`after an outage from 9:30 to 10:30 the 10:00 occurrence follows its policy: ${name}`, async () => {
    const { clock, store, ran, timed, runner } = await bench(at('09:30', '2026-03-19'));
    const tasks = [timed('job', ['10:00'], { missed })];
    const first = runner(tasks);
    await first.start();
    await clock.advanceTo(at('09:30'));
    await first.stop();
    ran.length = 0;
    clock.set(at('10:30'));
    await runner(tasks).start();
    await clock.advanceTo(at('10:31'));
    assert.deepEqual(ran, expected);
    const rows = await store.list('occurrences', { from: String(at('00:00')) });
    assert.deepEqual(
      rows.map(([, occurrence]) => occurrence.state),
      states,
    );
  });
}

test('a jump of three hours forward runs the newest occurrence by its policy and records the others as missed', async () => {
  const { clock, store, ran, task, runner } = await bench(at('10:05'));
  await runner([task('often', { recurrence: { kind: 'every', minutes: 30, from: 'open' } })]).start();
  clock.set(at('13:00'));
  clock.ring();
  await clock.advanceTo(at('13:01'));
  assert.deepEqual(ran, ['often 13:00']);
  const states = (await store.list('occurrences')).map(([, occurrence]) => occurrence.state);
  assert.deepEqual(states, ['missed', 'missed', 'missed', 'missed', 'missed', 'done']);
});

test('a jump backward repeats nothing', async () => {
  const { clock, ran, timed, runner } = await bench(at('09:59'));
  await runner([timed('execute', ['10:00'])]).start();
  await clock.advanceTo(at('10:05'));
  clock.set(at('09:30'));
  await clock.advanceTo(at('10:05'));
  assert.deepEqual(ran, ['execute 10:00']);
});

test('a task that takes longer than its maximum fails by its signal and the next one runs', async () => {
  const { clock, store, ran, timed, runner } = await bench(at('09:59'));
  let reason = '';
  const slow = timed('slow', ['10:00'], {
    priority: 'high',
    maxMinutes: 2,
    run: (run) =>
      new Promise((_, reject) => {
        run.signal.addEventListener('abort', () => {
          reason = String(run.signal.reason);
          reject(run.signal.reason);
        });
      }),
  });
  await runner([
    slow,
    timed('next', ['10:00'], { conflicts: ['slow'], missed: { kind: 'runWithin', minutes: 10 } }),
  ]).start();
  await clock.advanceTo(at('10:00') + 3 * MINUTE_MS);
  assert.match(reason, /longer than 2 minutes/);
  assert.deepEqual(ran, ['next 10:02']);
  const states = (await store.list('occurrences')).map(([, occurrence]) => `${occurrence.task} ${occurrence.state}`);
  assert.deepEqual(states, ['next done', 'slow failed']);
});

test('a task that ignores its signal does not stop the others', async () => {
  const { clock, ran, timed, runner } = await bench(at('09:59'));
  const deaf = timed('deaf', ['10:00'], { priority: 'high', maxMinutes: 1, run: () => new Promise(() => undefined) });
  await runner([deaf, timed('next', ['10:30'])]).start();
  await clock.advanceTo(at('10:31'));
  assert.deepEqual(ran, ['next 10:30']);
});

test('a failing task is recorded with its reason and runs again the next day', async () => {
  const { clock, store, timed, runner } = await bench(at('09:59', '2026-03-19'));
  const failing = timed('fails', ['10:00'], { run: () => Promise.reject(new Error('no answer')) });
  await runner([failing]).start();
  await clock.advanceTo(at('10:01'));
  const notes = (await store.list('occurrences')).map(([, occurrence]) => `${occurrence.state}: ${occurrence.note}`);
  assert.deepEqual(notes, ['failed: no answer', 'failed: no answer']);
});
