import { newYorkDay } from '../../../core/calendar/new-york.ts';
import {
  FIRST_SESSION_YEAR,
  LAST_SESSION_YEAR,
  nextSession,
  previousSession,
  type Session,
  sessionOnDay,
} from '../../../core/calendar/sessions.ts';
import { DAY_MS, type EpochDay, type EpochMs, epochDay, isoDate, yearOf } from '../../../core/calendar/time.ts';
import type { ChainLayout } from './chain-layouts.ts';
import { BROKEN } from './fields.ts';

/** When a snapshot was taken, and how old that makes its quotes. */
export interface Moment {
  readonly takenAt: EpochMs;
  /** The close before it when it was taken outside a session: nothing has been quoted since. */
  readonly quotedAt: EpochMs;
  readonly day: EpochDay;
  readonly outside: boolean;
  /** There was no session that day: the file repeats another one's. */
  readonly closed: boolean;
}

const SECOND_MS = 1000;
/** The exchange was never closed for longer. */
const FEW_DAYS = 10;

/** What a file's own word for the time means; `null` = nothing. */
export function momentOf(kind: ChainLayout['time'], time: number): Moment | null {
  if (kind === 'seconds') {
    const takenAt = time * SECOND_MS;
    if (!isKnown(Math.floor(takenAt / DAY_MS) - FEW_DAYS)) return null;
    const { close } = sessionBy(takenAt);
    const quotedAt = Math.min(takenAt, close);
    return { takenAt, quotedAt, day: newYorkDay(takenAt), outside: takenAt >= close, closed: false };
  }
  if (!isKnown(time)) return null;
  const session = sessionOnDay(time);
  const takenAt = session?.close ?? 0;
  return { takenAt, quotedAt: takenAt, day: time, outside: false, closed: session === null };
}

/** The session of a day; `null` = none, or outside the calendar. */
export function sessionOf(day: EpochDay): Session | null {
  return isKnown(day) ? sessionOnDay(day) : null;
}

/** The day of the session before a day; `BROKEN` = outside the calendar. */
export function sessionDayBefore(day: EpochDay): EpochDay {
  return isKnown(day) && isKnown(day - FEW_DAYS) ? epochDay(previousSession(isoDate(day)).date) : BROKEN;
}

/** The day of the session after a day; `BROKEN` = outside the calendar. */
export function sessionDayAfter(day: EpochDay): EpochDay {
  return isKnown(day) && isKnown(day + FEW_DAYS) ? epochDay(nextSession(isoDate(day)).date) : BROKEN;
}

/** Last trading day of an expiration: a formal Saturday or a holiday stands for the session before it. `BROKEN` = no date. */
export function lastTradingDay(expiration: EpochDay): EpochDay {
  if (!isKnown(expiration)) return BROKEN;
  return sessionOnDay(expiration) !== null ? expiration : sessionDayBefore(expiration);
}

/** The last session that had opened by then. */
function sessionBy(at: EpochMs): Session {
  const today = sessionOnDay(newYorkDay(at));
  return today !== null && today.open <= at ? today : previousSession(isoDate(newYorkDay(at)));
}

function isKnown(day: EpochDay): boolean {
  const year = yearOf(day);
  return year >= FIRST_SESSION_YEAR && year <= LAST_SESSION_YEAR;
}
