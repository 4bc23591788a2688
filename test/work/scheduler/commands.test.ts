import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScheduleCommand } from '../../../agent/edges/status/board.ts';
import { ScheduleCommands } from '../../../agent/work/scheduler/commands.ts';
import type { Runner } from '../../../agent/work/scheduler/runner.ts';
import type { Task } from '../../../agent/work/scheduler/task.ts';
import { at, type Bench, bench, takes } from './scheduler-bench.ts';

/** What begins so has changed nothing, and says so to programs too. */
const REFUSALS = /^(Not started|There is no task|Nothing runs|.* is not running|.* can trade and is not skipped)/;

interface Steered {
  readonly b: Bench;
  readonly runner: Runner;
  say(action: ScheduleCommand['action'], task?: string): Promise<string>;
  audit(): Promise<string[]>;
}

async function steered(
  start: string,
  tasks: (b: Bench) => readonly Task[],
  hold: string | null = null,
): Promise<Steered> {
  const b = await bench(at(start));
  const runner = b.runner(tasks(b), { holdsTrading: () => hold });
  await runner.start();
  runner.confirmClock();
  const commands = new ScheduleCommands({ runner, clock: b.clock, onChange: () => undefined });
  return {
    b,
    runner,
    say: async (action, task) => {
      const { done, text } = await commands.obey({ action, task: task ?? null }, 'page');
      assert.equal(done, !REFUSALS.test(text), text);
      return text;
    },
    audit: async () => (await b.store.list('scheduleEvents')).map(([, { source, text }]) => `${source} ${text}`),
  };
}

function night(b: Bench, more: Partial<Task> = {}): Task {
  return b.task('research', {
    ...{ category: 'research', interruptible: true, recurrence: { kind: 'interval', minutes: 30 }, maxMinutes: 900 },
    ...{ estimatedMinutes: 60, run: takes(b.clock, 600) },
    ...more,
  });
}

test('a pause interrupts research and lets only what keeps watch start, also after a restart, until it is resumed', async () => {
  const { b, runner, say, audit } = await steered('2026-03-19T18:00', (b) => [
    night(b),
    b.timed('watch', ['19:00', '21:00'], { category: 'monitoring' }),
    b.timed('other', ['19:00', '21:00']),
  ]);
  assert.match(await say('pause'), /^Paused/);
  await b.clock.advanceTo(at('2026-03-19T19:01'));
  assert.deepEqual(b.ran, ['watch 19:00']);
  b.kill();
  const again = b.runner(runner.tasks);
  await again.start();
  await b.clock.advanceTo(at('2026-03-19T20:00'));
  assert.equal(again.running.length, 0);
  const commands = new ScheduleCommands({ runner: again, clock: b.clock, onChange: () => undefined });
  await commands.obey({ action: 'resume', task: null }, 'command line');
  await b.clock.advanceTo(at('2026-03-19T21:01'));
  assert.deepEqual(b.ran.slice(1).sort(), ['other 21:00', 'watch 21:00']);
  assert.equal(again.running.length, 1);
  assert.deepEqual(await audit(), [
    'page pause: Paused: only what keeps watch starts.',
    'command line resume: The schedule goes on.',
  ]);
});

test('skip ends the least urgent task as skipped, and never one that can trade', async () => {
  const { b, say } = await steered('2026-03-19T18:00', (b) => [
    b.task('low', { priority: 'low', run: takes(b.clock, 9) }),
    b.task('high', { priority: 'high', run: takes(b.clock, 9) }),
    b.task('execute', { canTrade: true, run: takes(b.clock, 9) }),
  ]);
  await b.clock.advanceTo(at('2026-03-19T18:01'));
  assert.equal(await say('skip'), 'Skipped: low.');
  await b.clock.advanceTo(at('2026-03-19T18:02'));
  assert.deepEqual(await b.states(), ['execute running', 'high running', 'low skipped']);
  assert.match(await say('skip', 'execute'), /can trade and is not skipped: use HALT/);
  assert.equal(await say('skip', 'nobody'), 'nobody is not running.');
  await b.clock.advanceTo(at('2026-03-19T19:00'));
  assert.equal((await b.states()).filter((each) => each.startsWith('low')).length, 1, 'its run of the day is spent');
});

test('research that is stopped stays stopped for this window and comes back in the next one', async () => {
  const { b, runner, say } = await steered('2026-03-19T18:00', (b) => [night(b)]);
  assert.match(await say('stop-research'), /^Research is over until 2026-03-20 08:00/);
  await b.clock.advanceTo(at('2026-03-20T07:59'));
  assert.deepEqual(await b.states(), ['research interrupted']);
  await b.clock.advanceTo(at('2026-03-20T18:01'));
  assert.deepEqual(
    runner.running.map(({ task }) => task.name),
    ['research'],
  );
});

test('a task starts on demand only if its safety conditions hold', async () => {
  const { b, runner, say } = await steered(
    '2026-03-19T12:00',
    (b) => [
      b.timed('report', ['16:30'], { phases: ['post-market'] }),
      b.timed('execute', ['10:00'], { canTrade: true, phases: ['open'], market: 'open' }),
      b.timed('needs', ['10:00'], { dependencies: ['report'] }),
      night(b),
      b.timed('big', ['10:00'], { memoryMb: 5000 }),
    ],
    'the books are not reconciled',
  );
  assert.equal(await say('run', 'needs'), 'Not started: waits for report.');
  assert.equal(await say('run', 'report'), 'Started: report.');
  assert.equal(
    await say('run', 'execute'),
    'Not started: nothing that trades may start: the books are not reconciled.',
  );
  assert.equal(await say('run', 'research'), 'Not started: outside the research window.');
  assert.equal(await say('run', 'big'), 'Not started: not enough memory is free.');
  assert.equal(await say('run', 'nobody'), 'There is no task "nobody".');
  await b.clock.advanceTo(at('2026-03-19T12:01'));
  assert.deepEqual([b.ran, runner.running.length], [['report 12:00'], 0]);
  assert.equal(await say('run', 'needs'), 'Started: needs.');
});

test('what is disabled does not run until it is enabled again, on demand neither', async () => {
  const { b, say } = await steered('2026-03-19T09:59', (b) => [b.timed('job', ['10:00', '11:00'])]);
  assert.equal(await say('disable', 'job'), 'job is disabled.');
  assert.equal(await say('disable', 'job'), 'job is disabled already.');
  assert.equal(await say('run', 'job'), 'Not started: it is disabled.');
  await b.clock.advanceTo(at('2026-03-19T10:30'));
  await say('enable', 'job');
  await b.clock.advanceTo(at('2026-03-19T11:01'));
  assert.deepEqual(b.ran, ['job 11:00']);
});
