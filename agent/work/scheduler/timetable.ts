import { addDays, instantInNewYork, newYorkDate } from '../../core/calendar/new-york.ts';
import { phaseAt } from '../../core/calendar/phase.ts';
import { isOpenAt, sessionOn } from '../../core/calendar/sessions.ts';
import { type EpochMs, type IsoDate, MINUTE_MS } from '../../core/calendar/time.ts';
import type { Plan, Recurrence } from './task.ts';

/** Longest run of days without a session is four; a week is enough for any timetable. */
const MOST_DAYS = 8;

type Timed = Pick<Plan, 'recurrence' | 'phases' | 'market'>;

interface Grid {
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly stepMs: number;
}

/** The instants of one New York date at which a recurrence is due, oldest first; none for what has no times. */
export function dueTimes(recurrence: Recurrence, date: IsoDate): readonly EpochMs[] {
  if (recurrence.kind === 'at') {
    return sessionOn(date) === null ? [] : recurrence.times.map((time) => instantInNewYork(date, time)).sort();
  }
  const grid = gridOf(recurrence, date);
  const times: EpochMs[] = [];
  if (grid === null) return times;
  for (let at = grid.from; at <= grid.until; at += grid.stepMs) times.push(at);
  return times;
}

/** The first due time after `after` that lies in the task's phases, or `null` when there is none within a week. */
export function nextDue(task: Timed, after: EpochMs): EpochMs | null {
  let date = newYorkDate(after);
  for (let i = 0; i < MOST_DAYS; i++) {
    const found = nextOn(task, date, after);
    if (found !== null) return found;
    date = addDays(date, 1);
  }
  return null;
}

/** Due times in (after, until], oldest first, that lie in the task's phases. */
export function dueBetween(task: Timed, after: EpochMs, until: EpochMs): readonly EpochMs[] {
  const found: EpochMs[] = [];
  for (let at = nextDue(task, after); at !== null && at <= until; at = nextDue(task, at)) found.push(at);
  return found;
}

/** Whether a task may run at an instant as far as the calendar goes. */
export function inItsPhases({ phases, market }: Pick<Plan, 'phases' | 'market'>, at: EpochMs): boolean {
  if (market !== 'any' && isOpenAt(at) !== (market === 'open')) return false;
  return phases === 'always' || phases.includes(phaseAt(at));
}

function nextOn(task: Timed, date: IsoDate, after: EpochMs): EpochMs | null {
  const { recurrence } = task;
  if (recurrence.kind === 'at') {
    return dueTimes(recurrence, date).find((at) => at > after && inItsPhases(task, at)) ?? null;
  }
  const grid = gridOf(recurrence, date);
  if (grid === null) return null;
  const passed = Math.max(0, Math.floor((after - grid.from) / grid.stepMs) + 1);
  for (let at = grid.from + passed * grid.stepMs; at <= grid.until; at += grid.stepMs) {
    if (inItsPhases(task, at)) return at;
  }
  return null;
}

/** Steps count real time: a day with a change of clocks has 23 or 25 hours of them. */
function gridOf(recurrence: Recurrence, date: IsoDate): Grid | null {
  if (recurrence.kind !== 'every') return null;
  const stepMs = recurrence.minutes * MINUTE_MS;
  if (recurrence.from === 'open') {
    const session = sessionOn(date);
    return session === null ? null : { from: session.open, until: session.close, stepMs };
  }
  const until = instantInNewYork(addDays(date, 1), '00:00') - 1;
  return { from: instantInNewYork(date, '00:00'), until, stepMs };
}
