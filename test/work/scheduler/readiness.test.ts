import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phaseSpanAt, windowAt } from '../../../agent/core/calendar/windows.ts';
import { inOrder, readyTasks } from '../../../agent/work/scheduler/choice.ts';
import { estimateMs, learnDuration } from '../../../agent/work/scheduler/estimate.ts';
import { type Obstacle, obstacleText, obstacleTo, type Rule } from '../../../agent/work/scheduler/readiness.ts';
import { NO_CONTROL, type Situation } from '../../../agent/work/scheduler/situation.ts';
import type { Plan } from '../../../agent/work/scheduler/task.ts';
import { newTaskState } from '../../../agent/work/scheduler/task-state.ts';
import { at, bench } from './scheduler-bench.ts';

const { task, timed } = await bench(0);
const NOON = at('2026-03-19T12:00');
const NIGHT = at('2026-03-19T22:00');

function situation(now: number, more: Partial<Situation> = {}): Situation {
  return {
    ...{ now, span: phaseSpanAt(now), window: windowAt(now), running: [], deaf: new Set(), freeMb: 500 },
    ...{ mostAtOnce: 2, serial: false, hold: null, control: NO_CONTROL, states: new Map(), due: new Map() },
    ...more,
  };
}

const state = { ...newTaskState('a', 0), lastStartedAt: NOON - 60_000, lastEndedAt: NOON - 30_000 };
const heavy = task('heavy', { cpuIntensive: true });
const research = task('a', { category: 'research', phases: ['evening', 'overnight'] });

const CASES: readonly [Rule, Plan, Situation, RegExp][] = [
  ['disabled', task('a', { enabled: false }), situation(NOON), /disabled/],
  ['disabled', task('a'), situation(NOON, { control: { ...NO_CONTROL, enabled: { a: false } } }), /disabled/],
  ['paused', task('a'), situation(NOON, { control: { ...NO_CONTROL, pausedSince: 1 } }), /paused/],
  ['running', task('a'), situation(NOON, { running: [task('a')] }), /running/],
  ['unanswered', task('a'), situation(NOON, { deaf: new Set(['a']) }), /has not ended/],
  ['phase', task('a', { phases: ['evening'] }), situation(NOON), /phases/],
  ['market', task('a', { market: 'closed' }), situation(NOON), /market/],
  ['research-window', research, situation(at('2026-03-20T07:00')), /research window/],
  [
    'research-window',
    research,
    situation(NIGHT, { control: { ...NO_CONTROL, noResearchUntil: NIGHT + 1 } }),
    /research window/,
  ],
  ['not-due', timed('a', ['13:00']), situation(NOON), /not due/],
  ['spent', task('a'), situation(NOON, { states: new Map([['a', { ...state, spent: '2026-03-19' }]]) }), /had its run/],
  [
    'interval',
    task('a', { recurrence: { kind: 'interval', minutes: 5 } }),
    situation(NOON, { states: new Map([['a', state]]) }),
    /too soon/,
  ],
  [
    'retry',
    task('a'),
    situation(NOON, { states: new Map([['a', { ...state, failures: 1, triedIn: '2026-03-19' }]]) }),
    /tried again/,
  ],
  ['dependency', task('a', { dependencies: ['b'] }), situation(NOON), /waits for b/],
  ['conflict', task('a', { conflicts: ['b'] }), situation(NOON, { running: [task('b')] }), /beside b/],
  ['conflict', task('a'), situation(NOON, { running: [task('b', { conflicts: ['a'] })] }), /beside b/],
  ['trading-hold', task('a', { canTrade: true }), situation(NOON, { hold: 'the books differ' }), /the books differ/],
  ['no-time', task('a', { phases: ['open'], estimatedMinutes: 300, maxMinutes: 400 }), situation(NOON), /does not fit/],
  ['memory', task('a', { memoryMb: 501 }), situation(NOON), /memory/],
  ['memory', heavy, situation(NOON, { freeMb: null }), /memory/],
  ['heavy', task('a', { isolation: { kind: 'child', capMb: 100 } }), situation(NOON, { running: [heavy] }), /heavy/],
  ['slots', task('a'), situation(NOON, { running: [task('b'), task('c')] }), /enough is running/],
];
for (const [index, [rule, plan, where, text]] of CASES.entries()) {
  test(`${index + 1}: a task is not ready because of ${rule}, and says so`, () => {
    const obstacle = obstacleTo(plan, where) as Obstacle;
    assert.equal(obstacle?.rule, rule);
    assert.match(obstacleText(obstacle), text);
  });
}

test('a task with nothing against it is ready; a critical one also when enough is running already', () => {
  assert.equal(obstacleTo(task('a'), situation(NOON)), null);
  const full = situation(NOON, { running: [task('b'), task('c')] });
  assert.equal(obstacleTo(task('a', { priority: 'critical' }), full), null);
});

test('dependencies count by trading day, and for research since its window began', () => {
  const done = (completedAt: number, completedOn: string): Partial<Situation> => ({
    states: new Map([['b', { ...newTaskState('b', 0), completedAt, completedOn }]]),
  });
  const needs = task('a', { dependencies: ['b'] });
  assert.equal(obstacleTo(needs, situation(at('2026-03-20T07:59'), done(NOON, '2026-03-19'))), null);
  assert.equal(obstacleTo(needs, situation(at('2026-03-20T08:00'), done(NOON, '2026-03-19')))?.rule, 'dependency');
  const studies = { ...research, dependencies: ['b'] };
  assert.equal(obstacleTo(studies, situation(NIGHT, done(NOON, '2026-03-19')))?.rule, 'dependency');
  assert.equal(obstacleTo(studies, situation(NIGHT, done(NIGHT - 1, '2026-03-19'))), null);
});

test('what is ready goes by priority, then deadline, then the shorter estimate', () => {
  const tasks = [
    task('slow', { estimatedMinutes: 9 }),
    task('quick', { estimatedMinutes: 2 }),
    timed('soon', ['12:00'], { estimatedMinutes: 9 }),
    task('critical', { priority: 'critical', estimatedMinutes: 10 }),
    task('background', { priority: 'background' }),
  ];
  const where = situation(NOON, { due: new Map([['soon', NOON]]) });
  assert.deepEqual(
    readyTasks(tasks, where).map(({ name }) => name),
    ['critical', 'soon', 'quick', 'slow', 'background'],
  );
});

test('in a research window what its budget is best used for goes first: clean-up, then research, then data, then preparation', () => {
  const tasks = [
    task('clean', { category: 'maintenance', priority: 'low' }),
    task('study', { category: 'research' }),
    task('fetch', { category: 'data', priority: 'low' }),
    task('check', { category: 'monitoring', priority: 'low' }),
    task('urgent', { category: 'data', priority: 'high' }),
  ];
  const order = (time: string): string =>
    inOrder(tasks, situation(at(time)))
      .map(({ name }) => name)
      .slice(0, 2)
      .join();
  assert.equal(order('2026-03-19T18:30'), 'urgent,check');
  assert.equal(order('2026-03-19T23:00'), 'urgent,study');
  assert.equal(order('2026-03-20T04:30'), 'urgent,fetch');
  assert.equal(order('2026-03-20T05:30'), 'urgent,check');
});

test('an estimate is the moving average plus 20 %, never above the maximum, and runs are held to it from the eleventh on', () => {
  const plan = task('a', { estimatedMinutes: 5, maxMinutes: 10 });
  assert.equal(estimateMs(plan, null), 300_000);
  let learned = {
    averageMs: null as number | null,
    lastMs: null as number | null,
    runs: 0,
    withinEstimate: 0,
    estimated: 0,
  };
  for (const took of [100, 200]) learned = learnDuration(learned, took, 150);
  assert.equal(learned.averageMs, 130);
  assert.equal(estimateMs(plan, { averageMs: 130 }), 156);
  assert.equal(estimateMs(plan, { averageMs: 1e9 }), 600_000);
  for (let i = 0; i < 10; i += 1) learned = learnDuration(learned, i === 9 ? 500 : 100, 150);
  assert.deepEqual([learned.runs, learned.estimated, learned.withinEstimate], [12, 2, 1]);
});
