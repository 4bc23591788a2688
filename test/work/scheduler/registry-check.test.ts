import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertRegistry, registryProblems } from '../../../agent/work/scheduler/registry-check.ts';
import type { Plan } from '../../../agent/work/scheduler/task.ts';
import { bench } from './scheduler-bench.ts';

const { task, timed } = await bench(0);

test('everything that is wrong with a registry is named at once, by the task it is wrong with', () => {
  const wrong: readonly Plan[] = [
    task('a', { dependencies: ['b'] }),
    task('b', { dependencies: ['c'] }),
    task('c', { dependencies: ['a'] }),
    task('lonely', { dependencies: ['nowhere'], conflicts: ['no-one', 'lonely'] }),
    task('empty', { phases: [] }),
    task('strange', { phases: ['lunch' as never], priority: 'urgent' as never }),
    timed('late', ['25:00', '9:30', '12:61']),
    timed('night', ['03:00'], { phases: ['open'] }),
    timed('never', []),
    task('long', { estimatedMinutes: 20, maxMinutes: 10 }),
    task('nothing', { estimatedMinutes: 0, recurrence: { kind: 'interval', minutes: 0 } }),
    task('big', { memoryMb: 500, isolation: { kind: 'child', capMb: 400 } }),
    timed('trader', ['10:00'], {
      canTrade: true,
      missed: { kind: 'runOnce' },
      isolation: { kind: 'child', capMb: 100 },
    }),
    task('twice'),
    task('twice'),
  ];
  assert.deepEqual(registryProblems(wrong), [
    'lonely: depends on "nowhere", which does not exist',
    'lonely: conflicts with "no-one", which does not exist',
    'lonely: conflicts with itself',
    'empty: has no phase: name some, or say always',
    'strange: has the priority "urgent", which does not exist',
    'strange: has the phase "lunch", which does not exist',
    'late: its time "25:00" is not one of a day (00:00 to 23:59)',
    'late: its time "9:30" is not one of a day (00:00 to 23:59)',
    'late: its time "12:61" is not one of a day (00:00 to 23:59)',
    'night: its time 03:00 lies outside its phases',
    'never: has no time',
    'long: its estimate of 20 minutes is above its maximum of 10',
    'nothing: its estimate of 0 minutes is not above 0',
    'nothing: runs every 0 minutes, which is not above 0',
    'big: needs 500 MB, and its child may only use 400',
    'trader: can trade, so a missed run must be skipped',
    'trader: can trade, so it must run in the agent',
    'twice: is there twice',
    'a: depends on itself: a → b → c → a',
  ]);
});

test('a registry with problems cannot be started, and the error carries all of them', () => {
  assert.throws(() => assertRegistry([task('empty', { phases: [] }), timed('late', ['24:00'])]), {
    code: 'REGISTRY_INVALID',
    message: /empty: has no phase.*\n.*late: its time "24:00"/s,
  });
  assert.doesNotThrow(() => assertRegistry([task('a'), task('b', { dependencies: ['a'], conflicts: ['a'] })]));
});
