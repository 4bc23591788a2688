import { type EpochMs, MINUTE_MS } from '../../core/calendar/time.ts';
import type { Occurrence } from '../../edges/store/records.ts';
import type { TaskState } from '../../edges/store/schedule-records.ts';
import { timeKey, type Write } from '../../edges/store/store.ts';
import { learnDuration, learnSuccess } from './estimate.ts';
import type { Outcome } from './running-task.ts';
import type { Plan } from './task.ts';

/** A memory card would not live long with an occurrence every few seconds: such runs leave one only when they fail. */
const TRACED_FROM_MINUTES = 5;

/** Whether each run is stored before it begins. What is not cannot be repeated after a crash either: only what comes is due then. */
export function leavesTrace({ recurrence }: Pick<Plan, 'recurrence'>): boolean {
  return recurrence.kind !== 'every' || recurrence.minutes >= TRACED_FROM_MINUTES;
}

export function occurrenceWrite(occurrence: Occurrence): Write {
  return { table: 'occurrences', key: `${timeKey(occurrence.dueAt)}/${occurrence.task}`, put: occurrence };
}

/** Told when a run that a person should know of never came, until the next one has been done. */
export function missedAlarm(task: string): string {
  return `schedule-missed-${task}`;
}

export function missedOccurrence(
  task: string,
  dueAt: EpochMs,
  about: { now: EpochMs; tradingDay: string; why: string },
): Occurrence {
  const { now, tradingDay, why } = about;
  const late = Math.round((now - dueAt) / MINUTE_MS);
  const note = `could not start until ${late} minutes after its time${why === '' ? '' : `: ${why}`}`;
  return { task, dueAt, tradingDay, state: 'missed', startedAt: null, endedAt: now, late: true, note };
}

export interface Ended {
  readonly state: TaskState;
  readonly outcome: Outcome;
  readonly occurrence: Occurrence;
  readonly now: EpochMs;
  readonly tookMs: number;
  readonly estimateMs: number;
  /** The phase or trading day whose one run this was. */
  readonly once: string | null;
  /** What its attempts are counted by. */
  readonly attempt: string;
}

/** What the end of a run changes in what is known of its task. */
export function afterRun({
  state,
  outcome,
  occurrence,
  now,
  tookMs,
  estimateMs,
  once,
  attempt: triedIn,
}: Ended): Partial<TaskState> {
  const ended = { lastEndedAt: now, lastOutcome: outcome.state };
  switch (outcome.state) {
    case 'done':
      return {
        ...ended,
        ...learnDuration(state, tookMs, estimateMs),
        successRate: learnSuccess(state.successRate, true),
        completedOn: occurrence.tradingDay,
        completedAt: now,
        spent: once ?? state.spent,
        failures: 0,
        triedIn: null,
      };
    case 'failed': {
      const failures = state.triedIn === triedIn ? state.failures + 1 : 1;
      return { ...ended, successRate: learnSuccess(state.successRate, false), failures, triedIn };
    }
    case 'skipped':
      return { ...ended, spent: once ?? state.spent };
    case 'interrupted':
      return ended;
  }
}
