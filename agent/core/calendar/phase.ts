import { newYorkDay, newYorkTime, weekday } from './new-york.ts';
import { nextSession, type Session, sessionOnDay } from './sessions.ts';
import { type EpochDay, type EpochMs, isoDate, MINUTE_MS } from './time.ts';

/** What part of the exchange's day an instant lies in. On a half day the post-market begins at the actual close. */
export type Phase = 'pre-market' | 'open' | 'post-market' | 'evening' | 'overnight' | 'weekend' | 'holiday';

/** What the appliance is for at an instant. */
export type Mode = 'trading' | 'research' | 'prep';

export interface ModeChange {
  readonly at: EpochMs;
  readonly mode: Mode;
}

const PREPARATION_MINUTE = 8 * 60;
const PREPARATION_MS = 90 * MINUTE_MS;
const POST_MARKET_END_MINUTE = 17 * 60;
const EVENING_END_MINUTE = 21 * 60 + 30;

/**
 * The phase of an instant. Saturdays and Sundays are weekend and closed weekdays holiday from midnight to midnight in New York;
 * a trading day is overnight before 8:00 and from 21:30. Throws a RangeError outside the calendar's years.
 */
export function phaseAt(at: EpochMs): Phase {
  const day = newYorkDay(at);
  const session = sessionOnDay(day);
  if (session === null) return weekday(day) > 5 ? 'weekend' : 'holiday';
  if (at >= session.open && at < session.close) return 'open';
  const minute = newYorkTime(at);
  if (minute < PREPARATION_MINUTE || minute >= EVENING_END_MINUTE) return 'overnight';
  if (at < session.open) return 'pre-market';
  return minute < POST_MARKET_END_MINUTE ? 'post-market' : 'evening';
}

/**
 * The mode of an instant: trading while open; prep from 8:00 on a trading day, and in the last `reserveMs` before it (but not
 * before the session ahead of it has closed), until the open; research otherwise. A window's reserve belongs to that window,
 * so the caller passes the one that holds at `at`.
 */
export function modeAt(at: EpochMs, reserveMs = 0): Mode {
  const day = newYorkDay(at);
  const today = sessionOnDay(day);
  if (today !== null && at >= today.open && at < today.close) return 'trading';
  if (today !== null && at >= preparationBefore(today) && at < today.open) return 'prep';
  if (reserveMs <= 0) return 'research';
  return at >= preparationBefore(upcoming(at, day, today)) - reserveMs ? 'prep' : 'research';
}

/** The next instant at which `modeAt`, asked with the same reserve, gives another answer, and that answer. */
export function nextModeChange(at: EpochMs, reserveMs = 0): ModeChange {
  const mode = modeAt(at, reserveMs);
  const day = newYorkDay(at);
  const today = sessionOnDay(day);
  if (mode === 'trading' && today !== null) return { at: today.close, mode: modeAt(today.close, reserveMs) };
  const next = upcoming(at, day, today);
  if (mode === 'prep') return { at: next.open, mode: 'trading' };
  return { at: preparationBefore(next) - Math.max(0, reserveMs), mode: 'prep' };
}

/** The session that opens next after an instant. */
function upcoming(at: EpochMs, day: EpochDay, today: Session | null): Session {
  return today !== null && at < today.open ? today : nextSession(isoDate(day));
}

/** 8:00 on the session's day: no clock change falls between it and the open. */
function preparationBefore(session: Session): EpochMs {
  return session.open - PREPARATION_MS;
}
