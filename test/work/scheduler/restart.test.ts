import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskState } from '../../../agent/edges/store/schedule-records.ts';
import { at, bench, takes } from './scheduler-bench.ts';

const EVENING = at('2026-03-19T17:00');

test('a restart in the middle keeps what was spent, learned and decided, and repeats nothing', async () => {
  const b = await bench(EVENING);
  const daily = b.task('daily', { phases: ['evening'], run: takes(b.clock, 4) });
  const weekly = b.task('weekly', { recurrence: { kind: 'interval', minutes: 7 * 24 * 60 } });
  const first = b.runner([daily, weekly]);
  await first.start();
  await b.clock.advanceTo(EVENING + 10 * 60_000);
  b.kill();
  const second = b.runner([daily, weekly]);
  await second.start();
  await b.clock.advanceTo(at('2026-03-20T08:00'));
  assert.deepEqual(await b.states(), ['daily done', 'weekly done']);
  assert.equal((await b.store.get('taskStates', 'daily'))?.averageMs, 4 * 60_000);
  assert.deepEqual(second.recent.map(({ task }) => task).sort(), ['daily', 'weekly']);
});

test('killed in the middle of a run: it is closed as interrupted and counted as a failure; what may be repeated is, what trades is not', async () => {
  const b = await bench(at('2026-03-19T09:59'));
  const hangs = { run: () => new Promise<string>(() => undefined) };
  const first = b.runner([b.timed('execute', ['10:00'], { canTrade: true, ...hangs }), b.task('tidy', hangs)]);
  await first.start();
  first.confirmClock();
  await b.clock.advanceTo(at('2026-03-19T10:00') + 1000);
  assert.deepEqual(await b.states(), ['tidy running', 'execute running']);
  b.kill();
  const second = b.runner([b.timed('execute', ['10:00'], { canTrade: true }), b.task('tidy')]);
  await second.start();
  second.confirmClock();
  await b.clock.advanceTo(at('2026-03-19T10:30'));
  assert.deepEqual(b.ran, ['tidy 10:10']);
  assert.deepEqual(await b.states(), ['tidy interrupted', 'execute interrupted', 'tidy done']);
});

test('the use of a window is added up over a restart', async () => {
  const b = await bench(at('2026-03-19T18:00'));
  const research = b.task('research', {
    ...{
      category: 'research',
      recurrence: { kind: 'interval', minutes: 60 },
      run: (run) => takes(b.clock, 30)(run),
      maxMinutes: 60,
    },
    interruptible: true,
  });
  await b.runner([research]).start();
  await b.clock.advanceTo(at('2026-03-19T18:45'));
  b.kill();
  const second = b.runner([research]);
  await second.start();
  await b.clock.advanceTo(at('2026-03-19T19:45'));
  assert.equal(second.windowUse?.researchMs, 60 * 60_000);
  await b.clock.advanceTo(at('2026-03-20T08:01'));
  assert.equal(second.pastWindows[0]?.type, 'overnight');
  b.kill();
  const third = b.runner([research]);
  await third.start();
  assert.equal(third.pastWindows[0]?.researchMs, second.pastWindows[0]?.researchMs);
});

const CORRUPT: readonly [string, unknown][] = [
  ['a text', 'nonsense'],
  ['a missing field', { task: 'execute' }],
  ['a number that is a text', null],
];
for (const [what, record] of CORRUPT) {
  test(`a state record that is ${what} is set aside, reported and rebuilt, and nothing trades before the books were compared`, async () => {
    const b = await bench(at('2026-03-18T09:59'));
    const tasks = [b.timed('execute', ['10:00', '11:00'], { canTrade: true })];
    const first = b.runner(tasks);
    await first.start();
    first.confirmClock();
    await b.clock.advanceTo(at('2026-03-18T10:01'));
    const good = (await b.store.get('taskStates', 'execute')) as TaskState;
    const put = (record ?? { ...good, runs: 'many' }) as TaskState;
    await b.store.commit([{ table: 'taskStates', key: 'execute', put }], 'sync');
    b.kill();
    const second = b.runner(tasks);
    await second.start();
    second.confirmClock();
    assert.match(b.alarms.join(), /schedule-records: Schedule: the record of execute/);
    assert.match((await b.store.list('scheduleEvents')).map(([, { kind }]) => kind).join(), /corrupt/);
    assert.equal((await b.store.get('taskStates', 'execute'))?.lastStartedAt, at('2026-03-18T10:00'));
    await b.clock.advanceTo(at('2026-03-18T11:00') + 1000);
    assert.deepEqual(b.ran, ['execute 10:00'], 'the 10:00 run is not repeated, the 11:00 run is held');
    second.booksCompared(true);
    await b.clock.advanceTo(at('2026-03-18T11:01'));
    assert.deepEqual(b.ran, ['execute 10:00', 'execute 11:00']);
  });
}
