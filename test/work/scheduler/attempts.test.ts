import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MissedPolicy, Task } from '../../../agent/work/scheduler/task.ts';
import { at, type Bench, bench } from './scheduler-bench.ts';

const WITHIN_TEN: MissedPolicy = { kind: 'runWithin', minutes: 10 };
const RUN_ONCE: MissedPolicy = { kind: 'runOnce' };

/** Fails the first `times` times. */
function moody(b: Bench, times: number, more: Partial<Task>): Task {
  let left = times;
  const task = b.timed('job', ['09:45'], more);
  return {
    ...task,
    run: async (run) => {
      await task.run(run);
      left -= 1;
      if (left >= 0) throw new Error('no answer');
      return 'done';
    },
  };
}

for (const [what, more, times, ran] of [
  ['within ten minutes', { missed: WITHIN_TEN }, 1, ['job 09:45', 'job 09:47']],
  ['whenever it can', { missed: RUN_ONCE }, 2, ['job 09:45', 'job 09:55', 'job 10:05']],
  ['whenever it can, and fails for good', { missed: RUN_ONCE }, 9, ['job 09:45', 'job 09:55', 'job 10:05']],
  ['not when late', {}, 1, ['job 09:45']],
] as const) {
  test(`what fails and may run ${what} is tried so often: ${ran.join(', ')}`, async () => {
    const b = await bench(at('2026-03-19T09:44'));
    await b.runner([moody(b, times, more)]).start();
    await b.clock.advanceTo(at('2026-03-19T15:00'));
    assert.deepEqual(
      b.ran.map((each) => each.replace(' late', '')),
      ran,
    );
    const last = times < ran.length ? 'done' : 'failed';
    assert.deepEqual(await b.states(), [`job ${last}`]);
    assert.deepEqual(b.alarms, []);
  });
}

for (const [what, more, back, ran] of [
  ['in time', { missed: WITHIN_TEN }, '09:47', ['job 09:49 late']],
  ['too late', { missed: WITHIN_TEN }, '09:54', []],
  ['hours later', { missed: RUN_ONCE }, '13:00', ['job 13:10 late']],
  ['in time, and it never runs late', {}, '09:46', []],
  ['at once, and it can trade', { canTrade: true }, '09:46', []],
] as const) {
  test(`killed in the middle of a 9:45 run and started ${what} (${back}): ${ran.join() || 'not again'}`, async () => {
    const b = await bench(at('2026-03-19T09:44'));
    const first = b.runner([b.timed('job', ['09:45'], { ...more, run: () => new Promise(() => undefined) })]);
    await first.start();
    first.confirmClock();
    await b.clock.advanceTo(at('2026-03-19T09:46'));
    b.kill();
    b.clock.set(at(`2026-03-19T${back}`));
    const second = b.runner([b.timed('job', ['09:45'], more)]);
    await second.start();
    second.confirmClock();
    await b.clock.advanceTo(at('2026-03-19T15:00'));
    assert.deepEqual(b.ran, ran);
    assert.deepEqual(await b.states(), [`job ${ran.length > 0 ? 'done' : 'interrupted'}`]);
  });
}

test('stopped with the appliance in the middle of a run, it runs after the next start; killed three times, it does not', async () => {
  const b = await bench(at('2026-03-19T09:44'));
  const hangs = b.timed('job', ['09:45'], {
    missed: RUN_ONCE,
    run: ({ signal, now }) => {
      b.ran.push(new Date(now).toISOString().slice(11, 16));
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
  });
  const first = b.runner([hangs]);
  await first.start();
  await b.clock.advanceTo(at('2026-03-19T09:46'));
  await first.stop();
  assert.deepEqual(await b.states(), ['job interrupted']);
  for (let i = 0; i < 4; i += 1) {
    await b.runner([hangs]).start();
    await b.clock.advanceTo(b.clock.now() + 12 * 60_000);
    b.kill();
  }
  assert.equal(b.ran.length, 4);
});
