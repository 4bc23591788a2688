import { instantInNewYork, newYorkText } from '../../../agent/core/calendar/new-york.ts';
import type { EpochMs } from '../../../agent/core/calendar/time.ts';
import { MemoryStore } from '../../../agent/edges/store/memory/memory-store.ts';
import { silentLog } from '../../../agent/edges/system/log.ts';
import { ManualClock } from '../../../agent/edges/system/manual/clock.ts';
import { Runner } from '../../../agent/work/scheduler/runner.ts';
import type { RunnerParts } from '../../../agent/work/scheduler/runner-parts.ts';
import type { Task, TaskRun } from '../../../agent/work/scheduler/task.ts';

/** A scheduler with everything real in it but the tasks, whose runs it writes down. */
export interface Bench {
  readonly clock: ManualClock;
  /** What ran is gone without a word; whatever starts now finds the store as it was. */
  kill(): void;
  readonly store: MemoryStore;
  /** `name HH:MM`, with ` late` after it. */
  readonly ran: string[];
  readonly alarms: string[];
  task(name: string, more?: Partial<Task>): Task;
  /** Due on trading days at these times. */
  timed(name: string, times: readonly string[], more?: Partial<Task>): Task;
  runner(tasks: readonly Task[], more?: Partial<RunnerParts>): Runner;
  states(): Promise<string[]>;
}

export function at(text: string): EpochMs {
  return instantInNewYork(text.slice(0, 10), text.slice(11));
}

export async function bench(start: EpochMs): Promise<Bench> {
  let clock = new ManualClock(start);
  const store = new MemoryStore();
  await store.start();
  const ran: string[] = [];
  const alarms: string[] = [];
  const task = (name: string, more: Partial<Task> = {}): Task => ({
    ...{ name, title: name, workflow: name, priority: 'normal', category: 'data', enabled: true },
    ...{ estimatedMinutes: 1, maxMinutes: 10, memoryMb: 10, cpuIntensive: false, phases: 'always', market: 'any' },
    ...{ recurrence: { kind: 'oncePerTradingDay' }, dependencies: [], conflicts: [], interruptible: false },
    ...{ missed: { kind: 'skip' }, isolation: { kind: 'agent' }, canTrade: false },
    run: async (run: TaskRun) => {
      ran.push(`${name} ${newYorkText(run.now).slice(11, 16)}${run.late ? ' late' : ''}`);
      return 'done';
    },
    ...more,
  });
  return {
    ...{ store, ran, alarms, task },
    get clock() {
      return clock;
    },
    kill: () => {
      clock = new ManualClock(clock.now());
    },
    timed: (name, times, more = {}) => task(name, { recurrence: { kind: 'at', times }, ...more }),
    runner: (tasks, more = {}) =>
      new Runner({
        ...{ tasks, clock, store, log: silentLog },
        capacity: { mostAtOnce: 4, serial: false, freeMb: () => 1000 },
        holdsTrading: () => null,
        onChange: () => undefined,
        onJump: () => undefined,
        onAlarm: (key, text, resolved) => void alarms.push(`${key}${resolved ? ' resolved' : `: ${text}`}`),
        ...{ heartbeatMs: Number.POSITIVE_INFINITY, jumpToleranceMs: 5000 },
        ...more,
      }),
    states: async () => (await store.list('occurrences')).map(([, each]) => `${each.task} ${each.state}`),
  };
}

/** Takes so many minutes and heeds its signal. */
export function takes(clock: ManualClock, minutes: number): Task['run'] {
  return async (run) => {
    await clock.until(clock.now() + minutes * 60_000, run.signal);
    return `took ${minutes} minutes`;
  };
}
