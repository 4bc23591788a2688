import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newYorkText } from '../../../agent/core/calendar/new-york.ts';
import { HOUR_MS, MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import type { Task } from '../../../agent/work/scheduler/task.ts';
import { at, type Bench, bench, takes } from './scheduler-bench.ts';

const NIGHT: Partial<Task> = {
  category: 'research',
  phases: ['post-market', 'evening', 'overnight', 'weekend', 'holiday'],
  market: 'closed',
  interruptible: true,
  estimatedMinutes: 60,
  maxMinutes: 600,
  recurrence: { kind: 'interval', minutes: 60 },
};

/** Starts of a research task, as day and time. */
async function starts(bench: Bench): Promise<string[]> {
  const rows = await bench.store.list('occurrences');
  return rows.map(([, { startedAt }]) => newYorkText(startedAt ?? 0).slice(5, 16));
}

test('on the days on which clocks change a task at 8:00 runs once at 8:00, and an hourly one 23 and 25 times', async () => {
  for (const [from, until, hours] of [
    ['2026-03-08T00:00', '2026-03-09T08:01', 23],
    ['2026-11-01T00:00', '2026-11-02T08:01', 25],
  ] as const) {
    const b = await bench(at(from) - 1);
    const hourly = b.task('hourly', { recurrence: { kind: 'every', minutes: 60, from: 'midnight' } });
    await b.runner([b.timed('morning', ['08:00']), hourly]).start();
    await b.clock.advanceTo(at(until));
    const firstDay = (await b.store.list('occurrences')).filter(
      ([, { task, dueAt }]) => task === 'hourly' && newYorkText(dueAt).startsWith(from.slice(0, 10)),
    );
    assert.equal(firstDay.length, hours);
    assert.equal(b.ran.filter((each) => each.startsWith('morning')).join(), 'morning 08:00');
  }
});

test('in both nights of clock change research stops at its reserve by the wall clock', async () => {
  for (const [from, end] of [
    ['2026-03-06T20:00', '2026-03-09T04:30'],
    ['2026-10-30T20:00', '2026-11-02T04:30'],
  ] as const) {
    const b = await bench(at(from));
    await b
      .runner([b.task('research', { ...NIGHT, run: takes(b.clock, 6000), maxMinutes: 6000, estimatedMinutes: 6000 })])
      .start();
    await b.clock.advanceTo(at(end) - 1);
    assert.deepEqual(await b.states(), ['research running']);
    await b.clock.advanceTo(at(end) + 1);
    assert.deepEqual(await b.states(), ['research interrupted']);
  }
});

test('on a half day what follows the close begins at 13:00 and research at 15:00', async () => {
  const b = await bench(at('2026-11-27T12:00'));
  const after = b.task('after-close', { phases: ['post-market'], market: 'closed' });
  const open = b.task('while-open', { recurrence: { kind: 'every', minutes: 30, from: 'open' }, phases: ['open'] });
  await b.runner([after, open, b.task('research', { ...NIGHT, phases: ['post-market', 'evening'] })]).start();
  await b.clock.advanceTo(at('2026-11-27T15:01'));
  assert.deepEqual(b.ran, ['while-open 12:00', 'while-open 12:30', 'after-close 13:00', 'research 15:00']);
});

test('over the weekend of Martin Luther King Day 2026 nothing of a trading day runs, and research ends on Tuesday at 4:00', async () => {
  const b = await bench(at('2026-01-16T23:00'));
  const daily = b.timed('analyse', ['09:45'], { phases: ['open'] });
  const long = b.task('research', { ...NIGHT, run: takes(b.clock, 9000), estimatedMinutes: 9000, maxMinutes: 9000 });
  await b.runner([daily, long]).start();
  await b.clock.advanceTo(at('2026-01-20T03:59'));
  assert.deepEqual([b.ran, await b.states()], [[], ['research running']]);
  await b.clock.advanceTo(at('2026-01-20T09:46'));
  assert.deepEqual([b.ran, await b.states()], [['analyse 09:45'], ['research interrupted', 'analyse done']]);
});

test('a mid-week 4 July is a day without a session, between a half day and a full one', async () => {
  const b = await bench(at('2028-07-03T12:55'));
  const chains = b.task('chains', { recurrence: { kind: 'every', minutes: 30, from: 'open' }, phases: ['open'] });
  const holiday = b.task('holiday-work', { recurrence: { kind: 'oncePerPhase' }, phases: ['holiday'] });
  await b.runner([chains, holiday, b.task('research', NIGHT)]).start();
  await b.clock.advanceTo(at('2028-07-05T09:31'));
  assert.deepEqual(
    b.ran.filter((each) => !each.startsWith('research')),
    ['holiday-work 00:00', 'chains 09:30'],
  );
  const research = (await starts(b)).filter((each) => each >= '07-03 15:00');
  assert.equal(research[0], '07-03 15:00');
  assert.ok(
    research.includes('07-04 12:00') && !research.some((each) => each >= '07-05 06:00' && each < '07-05 09:30'),
  );
});

test('a jump of three hours forward in the middle of a task neither kills it nor teaches a wrong duration, and is recorded', async () => {
  const b = await bench(at('2026-03-19T09:59'));
  const jumps: number[] = [];
  const slow = b.timed('slow', ['10:00'], { run: takes(b.clock, 8), maxMinutes: 10 });
  const noon = b.timed('noon', ['12:00'], { canTrade: true });
  const runner = b.runner([slow, noon], { onJump: (ms) => jumps.push(ms), heartbeatMs: 30_000 });
  await runner.start();
  runner.confirmClock();
  await b.clock.advanceTo(at('2026-03-19T10:02'));
  b.clock.jump(3 * HOUR_MS);
  await b.clock.advanceTo(at('2026-03-19T13:20'));
  assert.deepEqual(jumps, [3 * HOUR_MS]);
  assert.deepEqual(await b.states(), ['slow done', 'noon missed']);
  const state = await b.store.get('taskStates', 'slow');
  assert.ok(Math.abs((state?.lastMs ?? 0) - 8 * MINUTE_MS) <= 30_000 || (state?.lastMs ?? 0) < 8 * MINUTE_MS);
  const [event] = await b.store.list('scheduleEvents');
  assert.equal(event?.[1].text, 'the clock was set forward by 3 h 0 min');
});

test('a clock that was three hours ahead and is set right again loses no occurrence and repeats none', async () => {
  const b = await bench(at('2026-03-19T09:59'));
  const tasks = [b.timed('ten', ['10:00']), b.timed('noon', ['12:00'])];
  const runner = b.runner(tasks, { heartbeatMs: 30_000 });
  await runner.start();
  await b.clock.advanceTo(at('2026-03-19T10:05'));
  b.clock.jump(3 * HOUR_MS);
  await b.clock.advanceTo(b.clock.now() + MINUTE_MS);
  assert.deepEqual(await b.states(), ['ten done', 'noon missed']);
  b.clock.jump(-3 * HOUR_MS);
  await b.clock.advanceTo(at('2026-03-19T12:01'));
  assert.deepEqual(await b.states(), ['ten done', 'noon done']);
  assert.deepEqual(b.ran, ['ten 10:00', 'noon 12:00']);
});

test('a jump of three hours back in the middle of a task lets it end in its own time and does not start it again', async () => {
  const b = await bench(at('2026-03-19T12:59'));
  const slow = b.timed('slow', ['13:00'], { run: takes(b.clock, 300), maxMinutes: 10 });
  const runner = b.runner([slow], { heartbeatMs: 30_000 });
  await runner.start();
  await b.clock.advanceTo(at('2026-03-19T13:02'));
  b.clock.jump(-3 * HOUR_MS);
  await b.clock.advanceTo(at('2026-03-19T10:09'));
  assert.deepEqual(await b.states(), ['slow running']);
  await b.clock.advanceTo(at('2026-03-19T10:11'));
  assert.deepEqual(await b.states(), ['slow failed'], 'ten minutes have passed, whatever the clock shows');
  await b.clock.advanceTo(at('2026-03-19T13:10'));
  assert.deepEqual(await b.states(), ['slow failed']);
});

test('what can trade waits until the clock is known to be right, again after each jump, and is missed if that takes too long', async () => {
  const b = await bench(at('2026-03-19T09:59'));
  const trades = b.timed('execute', ['10:00', '11:00', '12:00'], { canTrade: true });
  const runner = b.runner([trades, b.timed('other', ['10:00'])], { heartbeatMs: 30_000 });
  await runner.start();
  await b.clock.advanceTo(at('2026-03-19T10:05'));
  assert.deepEqual(b.ran, ['other 10:00']);
  assert.deepEqual(await b.states(), ['execute missed', 'other done']);
  const [missed] = await b.store.list('occurrences');
  assert.match(missed?.[1].note ?? '', /nothing that trades may start: the clock is not known to be right/);
  runner.confirmClock();
  await b.clock.advanceTo(at('2026-03-19T11:00'));
  assert.deepEqual(b.ran, ['other 10:00', 'execute 11:00']);
  b.clock.jump(59 * MINUTE_MS);
  await b.clock.advanceTo(at('2026-03-19T12:00') + 30_000);
  assert.equal(b.ran.length, 2);
  runner.confirmClock();
  await b.clock.advanceTo(at('2026-03-19T12:01'));
  assert.equal(b.ran[2], 'execute 12:00');
});

test('a box that starts in 1970 waits for the time, and then misses nothing that is due', async () => {
  const b = await bench(1000);
  await b.runner([b.timed('ten', ['10:00'])], { heartbeatMs: 30_000 }).start();
  await b.clock.advanceTo(60_000);
  b.clock.jump(at('2026-03-19T09:59') - 60_000);
  await b.clock.advanceTo(at('2026-03-19T10:01'));
  assert.deepEqual(b.ran, ['ten 10:00']);
});
