import { type EpochMs, MINUTE_MS } from '../../core/calendar/time.ts';
import { phaseSpanAt } from '../../core/calendar/windows.ts';
import type { Occurrence } from '../../edges/store/records.ts';
import type { TaskState } from '../../edges/store/schedule-records.ts';
import { isTimed, type Plan } from './task.ts';

/** A task that fails is started so often in its phase, trading day or occurrence. */
export const ATTEMPTS = 3;
const RETRY_MS = 10 * MINUTE_MS;
/** Where the policy leaves little time, waiting must not take all of it. */
const SHARE_OF_POLICY = 0.2;

/** What the attempts of a run are counted by. */
export function attemptKey(task: Plan, { dueAt, startedAt, tradingDay }: Occurrence): string {
  if (isTimed(task)) return String(dueAt);
  if (task.recurrence.kind !== 'oncePerPhase') return tradingDay;
  const { phase, from } = phaseSpanAt(startedAt ?? dueAt);
  return `${phase}/${from}`;
}

/**
 * Whether the occurrence of a timed task that was started and came to nothing may be started once more: when its policy would
 * let it run late. Never what can trade: nobody knows how far it came.
 */
export function mayRunAgain(task: Plan, occurrence: Occurrence, failures: number): boolean {
  const { kind } = task.missed;
  if (task.canTrade || !isTimed(task) || (kind !== 'runWithin' && kind !== 'runOnce')) return false;
  return (occurrence.state === 'failed' || occurrence.state === 'interrupted') && failures < ATTEMPTS;
}

/** When a task whose last run came to nothing may be tried again. */
export function retryAt({ missed }: Plan, { lastEndedAt }: Pick<TaskState, 'lastEndedAt'>): EpochMs {
  const share = missed.kind === 'runWithin' ? missed.minutes * MINUTE_MS * SHARE_OF_POLICY : RETRY_MS;
  return (lastEndedAt ?? 0) + Math.min(RETRY_MS, share);
}
