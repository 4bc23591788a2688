import { instantInNewYork } from '../../core/calendar/new-york.ts';
import { type EpochMs, type IsoDate, MINUTE_MS } from '../../core/calendar/time.ts';
import type { WindowKind } from '../../core/calendar/windows.ts';
import type { Occurrence } from '../../edges/store/records.ts';
import type { WindowUse } from '../../edges/store/schedule-records.ts';
import type { Write } from '../../edges/store/store.ts';
import { silentLog } from '../../edges/system/log.ts';
import { ManualClock } from '../../edges/system/manual/clock.ts';
import { estimateMs } from '../../work/scheduler/estimate.ts';
import { Runner } from '../../work/scheduler/runner.ts';
import type { RunnerParts } from '../../work/scheduler/runner-parts.ts';
import type { Plan, Task, TaskRun } from '../../work/scheduler/task.ts';
import { bell, hashText, stream } from '../exchange/random.ts';
import { type Faults, ScheduleObserver, type WindowFigures } from './schedule-observer.ts';

export interface ScheduleRunRequest {
  readonly plans: readonly Plan[];
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly seed: number;
  /** Memory there is for tasks. */
  readonly memoryMb: number;
  readonly mostAtOnce: number;
}

export interface ScheduleRunFigures {
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly seed: number;
  readonly windows: Readonly<Partial<Record<WindowKind, WindowFigures>>>;
  readonly runs: number;
  readonly completions: number;
  readonly failures: number;
  readonly interruptions: number;
  readonly overruns: number;
  readonly missed: number;
  /** Of all tasks that learned from at least ten runs, day and night. */
  readonly predictionAccuracy: number | null;
  readonly faults: Faults;
}

/** How far a duration strays, as the deviation of its logarithm, and how often a run hangs until it is stopped. */
const SPREAD = 0.09;
const HANGS = 0.001;
/** What a run takes to obey its signal, at most. */
const OBEYS_MS = 800;

/** Runs a whole registry over simulated days: the real scheduler, a clock that is wound, and tasks that only take their time. */
export async function runSchedule(request: ScheduleRunRequest): Promise<ScheduleRunFigures> {
  const { plans, from, to, seed, memoryMb, mostAtOnce } = request;
  const began = instantInNewYork(from, '00:00');
  const clock = new ManualClock(began);
  const observer = new ScheduleObserver(memoryMb);
  const counts = { done: 0, failed: 0, interrupted: 0, missed: 0, skipped: 0, running: 0 };
  const uses = new Map<EpochMs, WindowUse>();
  let overruns = 0;
  const estimateOf = (plan: Plan): number =>
    estimateMs(plan, runner.situation(clock.now()).states.get(plan.name) ?? null);
  const runner: Runner = new Runner({
    ...{ ...SIMULATED, clock },
    tasks: plans.map((plan): Task => ({ ...plan, run: drawn(plan, { clock, observer, seed, estimateOf }) })),
    store: watchedStore({
      occurrence: ({ state, note }) => {
        counts[state] += 1;
        if (note.includes('took longer than')) overruns += 1;
      },
      window: (use) => void uses.set(use.from, use),
    }),
    capacity: { mostAtOnce, serial: false, freeMb: () => memoryMb },
  });
  await runner.start();
  runner.confirmClock();
  await clock.advanceTo(instantInNewYork(to, '23:59'));
  const stopped = runner.stop();
  await clock.advanceTo(clock.now() + MINUTE_MS);
  await stopped;
  for (const use of uses.values()) if (use.from >= began && use.until <= clock.now()) observer.windowEnded(use);
  const states = [...runner.situation(clock.now()).states.values()];
  const estimated = states.reduce((sum, state) => sum + state.estimated, 0);
  const within = states.reduce((sum, state) => sum + state.withinEstimate, 0);
  return {
    ...{ from, to, seed, windows: observer.figures(), runs: observer.runs },
    completions: states.reduce((sum, state) => sum + state.runs, 0),
    ...{ failures: counts.failed, interruptions: counts.interrupted, overruns, missed: counts.missed },
    predictionAccuracy: estimated === 0 ? null : within / estimated,
    faults: observer.faults,
  };
}

const SIMULATED: Pick<
  RunnerParts,
  'log' | 'holdsTrading' | 'onChange' | 'onJump' | 'onAlarm' | 'heartbeatMs' | 'jumpToleranceMs'
> = {
  log: silentLog,
  holdsTrading: () => null,
  onChange: () => undefined,
  onJump: () => undefined,
  onAlarm: () => undefined,
  heartbeatMs: Number.POSITIVE_INFINITY,
  jumpToleranceMs: Number.POSITIVE_INFINITY,
};

interface StoreWatch {
  occurrence(occurrence: Occurrence): void;
  window(use: WindowUse): void;
}

/** A store that only looks at what goes by. */
function watchedStore(watch: StoreWatch): RunnerParts['store'] {
  return {
    commit: async (writes: readonly Write[]) => {
      for (const write of writes) {
        if (!('put' in write)) continue;
        if (write.table === 'occurrences') watch.occurrence(write.put);
        if (write.table === 'windowUses') watch.window(write.put);
      }
    },
    get: async () => null,
    list: async () => [],
  };
}

interface Drawing {
  readonly clock: ManualClock;
  readonly observer: ScheduleObserver;
  readonly seed: number;
  readonly estimateOf: (plan: Plan) => number;
}

/** Durations around a mean of the task's own, which the registry's estimate only roughly knows. */
function drawn(plan: Plan, { clock, observer, seed, estimateOf }: Drawing): Task['run'] {
  const next = stream(hashText(`${plan.name}/${seed}`));
  const meanMs = plan.estimatedMinutes * MINUTE_MS * (0.6 + 0.5 * next());
  return async (run: TaskRun) => {
    observer.began(plan, run, estimateOf(plan));
    const tookMs = next() < HANGS ? 2 * plan.maxMinutes * MINUTE_MS : meanMs * Math.exp(SPREAD * bell(next));
    const obeyMs = next() * OBEYS_MS;
    try {
      await clock.until(clock.now() + tookMs, run.signal);
    } catch (error) {
      await clock.until(clock.now() + obeyMs);
      observer.ended(plan, clock.now(), false);
      throw error;
    }
    observer.ended(plan, clock.now(), true);
    return '';
  };
}
