import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Write } from '../../../agent/edges/store/store.ts';
import type { Runner } from '../../../agent/work/scheduler/runner.ts';
import type { Task } from '../../../agent/work/scheduler/task.ts';
import { at, type Bench, bench } from './scheduler-bench.ts';

const AFTER_CLOSE: Partial<Task> = { phases: ['post-market', 'evening'], missed: { kind: 'alarm' } };

function reconcile(b: Bench): Task {
  return b.task('reconcile', AFTER_CLOSE);
}

test('a task that is switched off is not missed and nobody is told', async () => {
  const b = await bench(at('2026-03-19T07:00'));
  const alarm: Partial<Task> = { missed: { kind: 'alarm' } };
  const runner = b.runner([
    b.timed('off', ['07:30', '08:30'], { ...alarm, enabled: false }),
    b.task('off-by-hand', { ...alarm, recurrence: { kind: 'oncePerPhase' }, phases: ['pre-market'] }),
  ]);
  await runner.start();
  const command = { at: b.clock.now(), task: 'off-by-hand', source: 'test', text: '' };
  await runner.steering.decide({ enabled: { 'off-by-hand': false } }, command);
  await b.clock.advanceTo(at('2026-03-19T10:00'));
  assert.deepEqual([b.alarms, await b.states()], [[], []]);
});

test('what a jump of the clock left out after the close is missed, not forgotten', async () => {
  const b = await bench(at('2026-03-19T07:00'));
  const runner = b.runner([reconcile(b)]);
  await runner.start();
  await b.clock.advanceTo(at('2026-03-19T15:00'));
  b.clock.set(at('2026-03-20T08:30'));
  b.clock.ring();
  await b.clock.advanceTo(at('2026-03-20T08:31'));
  assert.deepEqual(b.alarms, ['schedule-missed-reconcile: Schedule: reconcile was missed']);
  assert.deepEqual(await b.states(), ['reconcile missed']);
  await b.clock.advanceTo(at('2026-03-20T16:01'));
  assert.equal(b.alarms.at(-1), 'schedule-missed-reconcile resolved');
});

for (const [how, died] of [
  ['while nothing ran', '2026-03-19T15:00'],
  ['late in the evening of that day', '2026-03-19T22:00'],
] as const) {
  test(`what should have run after the close while the appliance was off is missed: it died ${how}`, async () => {
    const b = await bench(at('2026-03-18T12:00'));
    const watch = b.task('watch', { recurrence: { kind: 'interval', minutes: 60 }, category: 'monitoring' });
    const tasks = [watch, reconcile(b)];
    const first = b.runner(tasks);
    await first.start();
    await b.clock.advanceTo(at('2026-03-19T12:00'));
    await first.steering.decide({ pausedSince: b.clock.now() }, { at: 0, task: null, source: 'test', text: '' });
    await b.clock.advanceTo(at(died));
    assert.equal((await b.store.get('taskStates', 'watch'))?.lastStartedAt, at(died));
    b.kill();
    b.clock.set(at('2026-03-20T08:30'));
    b.alarms.length = 0;
    await b.runner(tasks).start();
    await b.clock.advanceTo(at('2026-03-20T08:31'));
    assert.deepEqual(b.alarms, ['schedule-missed-reconcile: Schedule: reconcile was missed']);
    const missed = (await b.store.list('occurrences')).filter(([, { state }]) => state === 'missed');
    assert.deepEqual(
      missed.map(([, { task, tradingDay }]) => `${task} ${tradingDay}`),
      ['reconcile 2026-03-19'],
    );
  });
}

test('after three months without power what was missed is written in one batch, and of each task the last ten in full', async () => {
  const b = await bench(at('2026-03-18T15:00'));
  const often = ['chains', 'futures', 'marks'].map((name) =>
    b.task(name, { recurrence: { kind: 'every', minutes: 5, from: 'open' }, phases: ['open', 'post-market'] }),
  );
  const first = b.runner(often);
  await first.start();
  await b.clock.advanceTo(at('2026-03-18T15:31'));
  b.kill();
  b.clock.set(at('2026-06-18T08:30'));
  const before = (await b.store.list('occurrences')).length;
  const batches: number[] = [];
  const store = {
    get: b.store.get.bind(b.store),
    list: b.store.list.bind(b.store),
    commit: (writes: readonly Write[], durability: 'sync' | 'lazy') => {
      batches.push(writes.length);
      return b.store.commit(writes, durability);
    },
  };
  const second: Runner = b.runner(often, { store });
  await second.start();
  assert.ok(batches.length <= 2, `${batches.length} batches`);
  const rows = (await b.store.list('occurrences')).map(([, each]) => each);
  assert.equal(rows.length, before + 30);
  const notes = rows.filter(({ task, state }) => task === 'chains' && state === 'missed').map(({ note }) => note);
  assert.match(notes[0] ?? '', /the appliance did not run; 1\d\d\d before it too, from 2026-05-18/);
  assert.ok(notes.slice(1).every((note) => !note.includes('before it')));
});
