import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Progress } from '../../agent/compose/progress.ts';
import { Watchdog } from '../../agent/compose/watchdog.ts';
import { silentLog } from '../../agent/edges/system/log.ts';
import { ManualClock } from '../../agent/edges/system/manual/clock.ts';
import { Supervisor } from '../../agent/ground/supervisor/supervisor.ts';

const PATIENCE_MS = 30_000;

function rig(patienceMs: number | null = PATIENCE_MS) {
  const clock = new ManualClock(0);
  const said: string[] = [];
  const state = { stuck: null as string | null };
  const watchdog = new Watchdog({
    supervisor: new Supervisor(patienceMs, (message) => said.push(message.split('\n')[0] ?? '')),
    ...{ clock, log: silentLog, stuck: () => state.stuck, status: () => 'well' },
  });
  const pass = (ms: number): void => {
    for (const end = clock.now() + ms; clock.now() < end; ) {
      clock.set(Math.min(end, clock.nextAlarm ?? end));
      while (clock.ring());
    }
  };
  return { clock, said, state, watchdog, pass };
}

test('a sign of life goes out four times in the patience of whoever waits for it, from the start on', () => {
  const { said, watchdog, pass } = rig();
  watchdog.start();
  assert.deepEqual(said, ['WATCHDOG=1']);
  pass(PATIENCE_MS);
  assert.equal(said.length, 5);
  watchdog.stop();
  pass(PATIENCE_MS);
  assert.equal(said.length, 5);
});

test('while it is stuck it says so and gives no sign of life; once it goes on it does again', () => {
  const { said, state, watchdog, pass } = rig();
  watchdog.start();
  state.stuck = 'the store sleeps';
  pass(PATIENCE_MS);
  assert.deepEqual(said.slice(1), Array(4).fill('STATUS=stuck: the store sleeps'));
  state.stuck = null;
  pass(PATIENCE_MS / 4);
  assert.equal(said.at(-1), 'WATCHDOG=1');
});

test('where nobody waits for it there is no timer', () => {
  const { clock, watchdog } = rig(null);
  watchdog.start();
  assert.equal(clock.nextAlarm, null);
});

function progressRig() {
  const clock = new ManualClock(0);
  const runner = { revision: 0 };
  const store = {
    answers: true,
    get: () => (store.answers ? Promise.resolve(null) : new Promise<null>(() => undefined)),
  };
  return { clock, runner, store, progress: new Progress({ runner, store, clock }) };
}

test('a timetable that stands still is told after more than three of its turns', async () => {
  const { clock, runner, progress } = progressRig();
  assert.equal(progress.stuck(), null);
  for (const ms of [30_000, 60_000, 90_000]) {
    clock.set(ms);
    await Promise.resolve();
    assert.equal(progress.stuck(), null);
  }
  clock.set(110_000);
  await Promise.resolve();
  assert.equal(progress.stuck(), 'the timetable stands still for 110 s');
  runner.revision += 1;
  assert.equal(progress.stuck(), null);
});

test('a store that does not answer is told after a minute', async () => {
  const { clock, runner, store, progress } = progressRig();
  const at = async (ms: number): Promise<string | null> => {
    clock.set(ms);
    runner.revision += 1;
    await Promise.resolve();
    await Promise.resolve();
    return progress.stuck();
  };
  assert.equal(await at(1_000), null);
  store.answers = false;
  assert.equal(await at(2_000), null);
  assert.equal(await at(62_000), null);
  assert.equal(await at(63_000), 'the store has not answered for 61 s');
});
