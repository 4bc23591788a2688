import { MINUTE_MS } from '../../core/calendar/time.ts';
import type { TaskState } from '../../edges/store/schedule-records.ts';
import type { Plan } from './task.ts';

const DURATION_ALPHA = 0.3;
const SUCCESS_ALPHA = 0.2;
const SAFETY = 1.2;
/** Before so many runs an estimate is not held to anything. */
const LEARNED_AFTER = 10;

type Learned = Pick<TaskState, 'averageMs' | 'lastMs' | 'runs' | 'withinEstimate' | 'estimated'>;

/** How long a run will take: the moving average plus 20 %, before the first run what the registry says; never above the maximum. */
export function estimateMs(
  task: Pick<Plan, 'estimatedMinutes' | 'maxMinutes'>,
  state: Pick<TaskState, 'averageMs'> | null,
): number {
  const average = state?.averageMs ?? null;
  const estimate = average === null ? task.estimatedMinutes * MINUTE_MS : average * SAFETY;
  return Math.min(estimate, task.maxMinutes * MINUTE_MS);
}

/** What a completed run teaches. `estimate` is the one it started with. */
export function learnDuration(state: Learned, tookMs: number, estimate: number): Learned {
  const { averageMs, runs } = state;
  const counted = runs >= LEARNED_AFTER;
  return {
    averageMs: averageMs === null ? tookMs : averageMs + DURATION_ALPHA * (tookMs - averageMs),
    lastMs: tookMs,
    runs: runs + 1,
    withinEstimate: state.withinEstimate + (counted && tookMs <= estimate ? 1 : 0),
    estimated: state.estimated + (counted ? 1 : 0),
  };
}

export function learnSuccess(rate: number | null, succeeded: boolean): number {
  const value = succeeded ? 1 : 0;
  return rate === null ? value : rate + SUCCESS_ALPHA * (value - rate);
}
