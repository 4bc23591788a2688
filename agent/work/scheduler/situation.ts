import type { EpochMs } from '../../core/calendar/time.ts';
import { type PhaseSpan, phaseSpanAt, type ResearchWindow } from '../../core/calendar/windows.ts';
import type { ScheduleControl, TaskState } from '../../edges/store/schedule-records.ts';
import type { Plan } from './task.ts';
import { inItsPhases } from './timetable.ts';

/** Everything a decision about what may run now is made from. */
export interface Situation {
  readonly now: EpochMs;
  readonly span: PhaseSpan;
  readonly window: ResearchWindow;
  /** What runs, and what was told to stop but has not yet. */
  readonly running: readonly Plan[];
  /** Tasks that ignored their signal: their last run may still do something. */
  readonly deaf: ReadonlySet<string>;
  /** After the reserve and what the running tasks have not claimed yet; `null` = not known. */
  readonly freeMb: number | null;
  /** Runs at once that are not critical. */
  readonly mostAtOnce: number;
  /** For replays: strictly one after another, whatever it is. */
  readonly serial: boolean;
  /** Why nothing that trades may start, or `null`. */
  readonly hold: string | null;
  readonly control: ScheduleControl;
  readonly states: ReadonlyMap<string, TaskState>;
  /** Of timed tasks: the occurrence that waits. */
  readonly due: ReadonlyMap<string, EpochMs>;
}

export const NO_CONTROL: ScheduleControl = { pausedSince: null, noResearchUntil: null, enabled: {} };

export function isEnabled(task: Pick<Plan, 'name' | 'enabled'>, control: ScheduleControl): boolean {
  return control.enabled[task.name] ?? task.enabled;
}

/** When a task that runs now would have to stop for its phases, its market or its research window. */
export function stretchEnd(task: Plan, { now, span, window }: Pick<Situation, 'now' | 'span' | 'window'>): EpochMs {
  const last = task.category === 'research' ? window.researchUntil : Number.POSITIVE_INFINITY;
  if (task.phases === 'always' && task.market === 'any') return last;
  if (!inItsPhases(task, now)) return now;
  let until = span.until;
  for (let i = 0; i < 8 && until < last && inItsPhases(task, until); i++) until = phaseSpanAt(until).until;
  return Math.min(last, until);
}

/** The phase or trading day that a task's one run belongs to; `null` when it may run more often. */
export function onceKey(
  task: Pick<Plan, 'recurrence'>,
  { span, window }: Pick<Situation, 'span' | 'window'>,
): string | null {
  if (task.recurrence.kind === 'oncePerPhase') return `${span.phase}/${span.from}`;
  return task.recurrence.kind === 'oncePerTradingDay' ? window.tradingDay : null;
}
