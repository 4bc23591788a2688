import { type Budget, budgetAt } from '../core/calendar/budget.ts';
import type { Mode } from '../core/calendar/phase.ts';
import type { EpochMs } from '../core/calendar/time.ts';
import { operatingModeAt, phaseSpanAt, type WindowKind, windowAt } from '../core/calendar/windows.ts';
import type { StatusSnapshot } from '../edges/status/snapshot.ts';
import { GRACE_MS } from '../work/scheduler/choice.ts';
import { outlook } from '../work/scheduler/shown-schedule.ts';
import { NO_CONTROL, type Situation } from '../work/scheduler/situation.ts';
import { isTimed, type Plan } from '../work/scheduler/task.ts';
import { dueBetween } from '../work/scheduler/timetable.ts';

/** The schedule of an instant as the command line prints it. Instants are New York time with their offset. */
export interface ScheduleView {
  /** appliance = as it runs now; calendar = what one that has not run anything yet would do. */
  readonly source: 'appliance' | 'calendar';
  readonly at: string;
  readonly mode: Mode;
  readonly phase: string;
  readonly window: {
    readonly type: WindowKind;
    readonly from: string;
    readonly researchUntil: string;
    readonly until: string;
  };
  readonly budget: Budget;
  readonly running: readonly string[];
  readonly ready: readonly string[];
  readonly blocked: readonly { readonly task: string; readonly reason: string }[];
  readonly plan: readonly { readonly task: string; readonly start: string; readonly end: string }[];
}

/**
 * What a scheduler that has not run anything yet would do at an instant, with memory enough and with clock and books known to
 * be right: the calendar's part of the answer. What the running appliance does is on its page.
 */
export function scheduleAt(tasks: readonly Plan[], now: EpochMs): ScheduleView {
  const window = windowAt(now);
  const due = new Map<string, EpochMs>();
  for (const task of tasks.filter(isTimed)) {
    const last = dueBetween(task, now - GRACE_MS, now).at(-1);
    if (last !== undefined) due.set(task.name, last);
  }
  const situation: Situation = {
    ...{ now, window, span: phaseSpanAt(now), running: [], deaf: new Set(), due, states: new Map() },
    ...{ freeMb: Number.POSITIVE_INFINITY, mostAtOnce: 4, serial: false, hold: null, control: NO_CONTROL },
  };
  const { ready, blocked, plan } = outlook(tasks, situation, Number.POSITIVE_INFINITY);
  return {
    source: 'calendar',
    at: text(now),
    mode: operatingModeAt(now),
    phase: situation.span.phase,
    window: {
      type: window.type,
      from: text(window.from),
      researchUntil: text(window.researchUntil),
      until: text(window.until),
    },
    budget: rounded(budgetAt(now)),
    running: [],
    ready,
    blocked: blocked.map(({ name, reason }) => ({ task: name, reason })),
    plan: plan.map(({ name, start, end }) => ({ task: name, start: text(start), end: text(end) })),
  };
}

/** The same of a running appliance, from its status record. */
export function scheduleOf({ at, mode, phase, schedule }: StatusSnapshot): ScheduleView {
  const { window, budget, running, ready, blocked, plan } = schedule;
  return {
    ...{ source: 'appliance', at: text(at), mode, phase, budget: rounded(budget), ready },
    window: {
      type: window.type,
      from: text(window.from),
      researchUntil: text(window.researchUntil),
      until: text(window.until),
    },
    running: running.map(({ name }) => name),
    blocked: blocked.map(({ name, reason }) => ({ task: name, reason })),
    plan: plan.map(({ name, start, end }) => ({ task: name, start: text(start), end: text(end) })),
  };
}

function rounded(budget: Budget): Budget {
  const hours = (value: number): number => Math.round(value * 100) / 100;
  return {
    ...budget,
    totalHours: hours(budget.totalHours),
    researchHours: hours(budget.researchHours),
    usedHours: hours(budget.usedHours),
  };
}

function text(at: EpochMs): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(Math.round(at)).toZonedDateTimeISO('America/New_York');
  return zoned.toString({ timeZoneName: 'never', smallestUnit: 'second' });
}
