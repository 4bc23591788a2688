import { addDays, instantInNewYork, newYorkDate } from '../../core/calendar/new-york.ts';
import { sessionOn } from '../../core/calendar/sessions.ts';
import { type EpochMs, type IsoDate, MINUTE_MS } from '../../core/calendar/time.ts';
import type { Timetable } from './task.ts';

/** Longest run of days without a session is four; a week is enough for any timetable. */
const MOST_DAYS = 8;

/** The instants of one New York date at which a task is due, oldest first. */
export function dueTimes(timetable: Timetable, date: IsoDate): readonly EpochMs[] {
  switch (timetable.kind) {
    case 'tradingDays':
      return sessionOn(date) === null ? [] : timetable.times.map((time) => instantInNewYork(date, time)).sort();
    case 'whileOpen': {
      const session = sessionOn(date);
      return session === null ? [] : every(timetable.everyMinutes, session.open, session.close);
    }
    case 'always':
      return every(
        timetable.everyMinutes,
        instantInNewYork(date, '00:00'),
        instantInNewYork(addDays(date, 1), '00:00') - 1,
      );
  }
}

/** The first due time after `after`, or `null` when there is none within a week. */
export function nextDue(timetable: Timetable, after: EpochMs): EpochMs | null {
  let date = newYorkDate(after);
  for (let i = 0; i < MOST_DAYS; i++) {
    for (const due of dueTimes(timetable, date)) if (due > after) return due;
    date = addDays(date, 1);
  }
  return null;
}

/** Due times in (after, until], oldest first. */
export function dueBetween(timetable: Timetable, after: EpochMs, until: EpochMs): readonly EpochMs[] {
  const found: EpochMs[] = [];
  for (let date = newYorkDate(after); date <= newYorkDate(until); date = addDays(date, 1)) {
    for (const due of dueTimes(timetable, date)) if (due > after && due <= until) found.push(due);
  }
  return found;
}

function every(minutes: number, from: EpochMs, until: EpochMs): EpochMs[] {
  const times: EpochMs[] = [];
  for (let at = from; at <= until; at += minutes * MINUTE_MS) times.push(at);
  return times;
}
