import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Phase } from '../../../agent/core/calendar/phase.ts';
import { phaseSpanAt, windowAt } from '../../../agent/core/calendar/windows.ts';
import { runSchedule } from '../../../agent/lab/backtest/schedule-run.ts';
import { planWindow } from '../../../agent/work/scheduler/planner.ts';
import { conflict } from '../../../agent/work/scheduler/readiness.ts';
import { registryProblems } from '../../../agent/work/scheduler/registry-check.ts';
import { NO_CONTROL, type Situation } from '../../../agent/work/scheduler/situation.ts';
import { isHeavy, type Plan, PRIORITIES, type Recurrence } from '../../../agent/work/scheduler/task.ts';
import { at } from './scheduler-bench.ts';

const MEMORY_MB = 500;
const PHASES: readonly Phase[] = ['pre-market', 'open', 'post-market', 'evening', 'overnight', 'weekend', 'holiday'];

const recurrence: fc.Arbitrary<Recurrence> = fc.oneof(
  fc.record({
    kind: fc.constant('every' as const),
    minutes: fc.integer({ min: 5, max: 240 }),
    from: fc.constantFrom('open' as const, 'midnight' as const),
  }),
  fc.constant({ kind: 'oncePerPhase' } as const),
  fc.constant({ kind: 'oncePerTradingDay' } as const),
  fc.record({ kind: fc.constant('interval' as const), minutes: fc.integer({ min: 10, max: 2000 }) }),
);

const phases = fc.oneof(fc.constant('always' as const), fc.uniqueArray(fc.constantFrom(...PHASES), { minLength: 1 }));

/** Task number i; it may only depend on earlier ones, so that there is no circle. */
function plan(i: number): fc.Arbitrary<Plan> {
  const others = fc.uniqueArray(fc.nat(Math.max(0, i - 1)), { maxLength: 2 });
  return fc.record({
    ...{ name: fc.constant(`t${i}`), title: fc.constant(`t${i}`), workflow: fc.constant('x') },
    priority: fc.constantFrom(...PRIORITIES.filter((priority) => priority !== 'critical')),
    category: fc.constantFrom('trading' as const, 'data' as const, 'research' as const, 'maintenance' as const),
    enabled: fc.boolean().map((off) => !off || i % 3 > 0),
    estimatedMinutes: fc.integer({ min: 1, max: 200 }),
    maxMinutes: fc.constant(400),
    memoryMb: fc.integer({ min: 0, max: MEMORY_MB + 100 }),
    cpuIntensive: fc.boolean(),
    phases,
    market: fc.constantFrom('open' as const, 'closed' as const, 'any' as const),
    recurrence,
    dependencies: i === 0 ? fc.constant([]) : others.map((numbers) => numbers.map((n) => `t${n}`)),
    conflicts: i === 0 ? fc.constant([]) : others.map((numbers) => numbers.map((n) => `t${n}`)),
    interruptible: fc.boolean(),
    missed: fc.constant({ kind: 'runOnce' } as const),
    isolation: fc
      .boolean()
      .map((child) => (child ? ({ kind: 'child', capMb: 2000 } as const) : ({ kind: 'agent' } as const))),
    canTrade: fc.constant(false),
  });
}

const registry: fc.Arbitrary<readonly Plan[]> = fc
  .integer({ min: 1, max: 14 })
  .chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => plan(i))));

test('whatever the registry: never a conflict, two heavy tasks, too much memory, a wrong phase, or a task before what it needs', async () => {
  await fc.assert(
    fc.asyncProperty(registry, fc.nat(1000), async (plans, seed) => {
      assert.deepEqual(registryProblems(plans), []);
      const days = { from: '2026-01-15', to: '2026-01-21' };
      const { faults } = await runSchedule({ plans, ...days, seed, memoryMb: MEMORY_MB, mostAtOnce: 4 });
      const { conflicts, overMemory, outsidePhase, beforeDependency, first } = faults;
      assert.deepEqual([conflicts, overMemory, outsidePhase, beforeDependency], [0, 0, 0, 0], first.join('\n'));
    }),
    { numRuns: 60 },
  );
});

test('whatever the registry: a plan keeps conflicts, heavy tasks and dependencies apart and stays within memory', () => {
  const now = at('2026-03-20T15:00');
  fc.assert(
    fc.property(registry, (plans) => {
      const situation: Situation = {
        ...{ now, span: phaseSpanAt(now), window: windowAt(now), running: [], deaf: new Set(), freeMb: MEMORY_MB },
        ...{ mostAtOnce: 4, serial: false, hold: null, control: NO_CONTROL, states: new Map(), due: new Map() },
      };
      const entries = planWindow(plans, situation);
      for (const entry of entries) {
        const { task, start, end } = entry;
        assert.ok(start >= now && end > start && start < situation.window.until);
        const beside = entries.filter((other) => other !== entry && other.start < end && start < other.end);
        for (const other of beside) {
          assert.ok(
            other.task.name !== task.name && !conflict(task, other.task),
            `${task.name} beside ${other.task.name}`,
          );
          assert.ok(!(isHeavy(task) && isHeavy(other.task)), 'two heavy ones');
        }
        const atStart = entries.filter((other) => other.start <= start && start < other.end);
        assert.ok(atStart.reduce((sum, other) => sum + other.task.memoryMb, 0) <= MEMORY_MB);
        for (const name of task.dependencies) {
          assert.ok(
            entries.some((other) => other.task.name === name && other.end <= start),
            `${task.name} before ${name}`,
          );
        }
      }
    }),
    { numRuns: 200 },
  );
});
