import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runNode } from '../run-node.ts';
import { callsInTurn } from './calls-in-turn.ts';

interface View {
  readonly at: string;
  readonly mode: string;
  readonly phase: string;
  readonly window: { readonly type: string; readonly from: string; readonly until: string };
  readonly budget: {
    readonly type: string;
    readonly totalHours: number;
    readonly researchHours: number;
    readonly extended: boolean;
  };
  readonly running: readonly string[];
  readonly ready: readonly string[];
  readonly blocked: readonly { readonly task: string; readonly reason: string }[];
  readonly plan: readonly { readonly task: string; readonly start: string; readonly end: string }[];
}

function scheduleAt(instant: string): View {
  const { code, out, err } = runNode(['agent/main.ts', 'schedule', '--at', instant, '--json']);
  assert.equal(code, 0, err);
  return JSON.parse(out);
}

test('the schedule of an evening: mode, phase, budget, what is ready and what is planned until 8:00', () => {
  const view = scheduleAt('2026-11-17T22:00');
  assert.deepEqual([view.at, view.mode, view.phase], ['2026-11-17T22:00:00-05:00', 'research', 'overnight']);
  assert.deepEqual(view.budget, {
    ...{ type: 'overnight', totalHours: 10, reserveHours: 1.5, researchHours: 8.5 },
    ...{ extended: false, usedHours: 0 },
  });
  assert.equal(view.ready[0], 'nightly-research');
  assert.deepEqual(view.blocked, [{ task: 'validate-candidates', reason: 'waits for nightly-research' }]);
  const validation = view.plan.find(({ task }) => task === 'validate-candidates');
  const research = view.plan.find(({ task }) => task === 'nightly-research');
  assert.ok(research !== undefined && validation !== undefined && research.end <= validation.start);
  assert.ok(view.plan.every(({ start, end }) => start < end && start < '2026-11-18T08:00'));
});

test('an instant with an offset is that instant, whatever New York says', () => {
  assert.equal(scheduleAt('2026-11-18T03:00Z').at, '2026-11-17T22:00:00-05:00');
  assert.equal(scheduleAt('2026-07-18T03:00+02:00').at, '2026-07-17T21:00:00-04:00');
});

test('at 10:00 of a trading day orders are due, and in the reserve of a Monday morning only preparation is left', () => {
  const open = scheduleAt('2026-11-20T10:00');
  assert.deepEqual([open.mode, open.phase, open.window.type], ['trading', 'open', 'weekend']);
  assert.ok(open.ready.includes('execute') && open.ready.indexOf('execute') < open.ready.indexOf('collect-chains'));
  const monday = scheduleAt('2026-11-23T05:00');
  assert.deepEqual([monday.mode, monday.budget.researchHours], ['prep', 0]);
  assert.ok(!monday.ready.includes('nightly-research'));
});

test('a simulated week prints its figures by kind of window, the same for the same seed', () => {
  const run = (): string => {
    const args = ['schedule', '--simulate', '2026-01-12..2026-01-21', '--seed', '3', '--json'];
    const { code, out, err } = runNode(['agent/main.ts', ...args]);
    assert.equal(code, 0, err);
    return out;
  };
  const figures = JSON.parse(run());
  assert.deepEqual(Object.keys(figures.windows).sort(), ['holiday_weekend', 'overnight']);
  const { utilisation, completions, interruptions, overruns, conflicts } = figures.windows.overnight;
  assert.ok(utilisation > 0.7 && completions > 0 && interruptions >= 0 && overruns >= 0);
  assert.equal(conflicts, 0);
  assert.ok(figures.predictionAccuracy > 0.85);
  assert.equal(run(), JSON.stringify(figures, null, 2).concat('\n'));
});

test('instants, ranges and words that make no sense are refused with exit code 2 and a sentence', () => {
  const refused = [
    [['--at', 'noon'], /must be an instant like/],
    [['--at', '1970-01-01T00:00Z'], /must be an instant like/],
    [['--simulate', '2036-01-01..2036-02-01'], /must be two dates/],
    [['--simulate', '2026-02-01..2026-01-01'], /the first not after the second/],
    [['--simulate', '2026-01-01'], /must be two dates/],
    [['destroy'], /too many arguments|unknown command/],
  ] as const;
  const ran = callsInTurn(refused.map(([args]) => ['schedule', ...args]));
  for (const [i, [args, sentence]] of refused.entries()) {
    assert.deepEqual([ran[i]?.code, ran[i]?.out], [2, ''], args.join(' '));
    assert.match(ran[i]?.err ?? '', sentence);
  }
});

test('steering without an appliance says so in one sentence', () => {
  const args = ['schedule', 'pause', '--page', 'http://127.0.0.1:9', '--token', 'x'];
  const { code, err } = runNode(['agent/main.ts', ...args]);
  assert.equal(code, 1);
  assert.match(err, /^wheelhouse: no appliance answers at http:\/\/127\.0\.0\.1:9: is it running\?\n$/);
});
