import { closuresOf, earlyClosesOf } from './holidays.ts';
import { instantOnDay, weekday } from './new-york.ts';
import {
  DAY_MS,
  dayNumber,
  type EpochDay,
  type EpochMs,
  epochDay,
  HOUR_MS,
  type IsoDate,
  isoDate,
  MINUTE_MS,
  yearOf,
} from './time.ts';

/** One day's regular trading in New York. Equity options are taken to end with it, also those that may trade until 16:15. */
export interface Session {
  readonly date: IsoDate;
  readonly open: EpochMs;
  readonly close: EpochMs;
  readonly earlyClose: boolean;
}

export const FIRST_SESSION_YEAR = 1990;
export const LAST_SESSION_YEAR = 2035;

const FIRST_DAY = dayNumber(FIRST_SESSION_YEAR, 1, 1);
const DAYS = dayNumber(LAST_SESSION_YEAR + 1, 1, 1) - FIRST_DAY;
const OPEN_MS = 9 * HOUR_MS + 30 * MINUTE_MS;
const CLOSE_MS = 16 * HOUR_MS;
const STANDARD_MS = 5 * HOUR_MS;

interface Year {
  readonly sessions: readonly Session[];
  readonly byDay: ReadonlyMap<EpochDay, Session>;
  readonly closures: ReadonlyMap<EpochDay, string>;
}

const years: (Year | undefined)[] = [];

/** Opening and closing instants by day, filled year by year; 0 = not computed yet, Infinity = closed all day. */
const opens = new Float64Array(DAYS);
const closes = new Float64Array(DAYS);

/** The session of a New York date, or null when the exchange is closed. Throws a RangeError outside 1990 to 2035. */
export function sessionOn(date: IsoDate): Session | null {
  return sessionOnDay(epochDay(date));
}

/** As `sessionOn`, from a day number. */
export function sessionOnDay(day: EpochDay): Session | null {
  return yearWith(day).byDay.get(day) ?? null;
}

/** Why there is no session on a date: a holiday's or special closure's name, or `weekend`; null on a trading day. */
export function closureOn(date: IsoDate): string | null {
  const day = epochDay(date);
  const closures = yearWith(day).closures;
  return weekday(day) > 5 ? 'weekend' : (closures.get(day) ?? null);
}

/** All sessions from one date to another, both included; empty when `from` is after `to`. */
export function sessions(from: IsoDate, to: IsoDate): Session[] {
  const first = epochDay(from);
  const last = epochDay(to);
  yearWith(first);
  yearWith(last);
  const found: Session[] = [];
  for (let year = yearOf(first); year <= yearOf(last); year += 1) {
    for (const session of yearWith(dayNumber(year, 1, 1)).sessions) {
      if (session.date >= from && session.date <= to) found.push(session);
    }
  }
  return found;
}

/** The first session on a later date than the given one. */
export function nextSession(afterDate: IsoDate): Session {
  return nearest(epochDay(afterDate), 1);
}

/** The last session on an earlier date than the given one. */
export function previousSession(beforeDate: IsoDate): Session {
  return nearest(epochDay(beforeDate), -1);
}

/** Whether regular trading is open: from the opening instant up to, not including, the closing one. */
export function isOpenAt(at: EpochMs): boolean {
  // Counting days in standard time is off by one only from 00:00 to 01:00 in summer, when nothing trades.
  const index = Math.floor((at - STANDARD_MS) / DAY_MS) - FIRST_DAY;
  if (!(index >= 0 && index < DAYS) || opens[index] === 0) yearWith(index + FIRST_DAY);
  return at >= (opens[index] as number) && at < (closes[index] as number);
}

function nearest(from: EpochDay, step: 1 | -1): Session {
  for (let day = from + step; ; day += step) {
    const session = sessionOnDay(day);
    if (session !== null) return session;
  }
}

function yearWith(day: EpochDay): Year {
  const year = yearOf(day);
  const known = years[year - FIRST_SESSION_YEAR];
  if (known !== undefined) return known;
  if (!(year >= FIRST_SESSION_YEAR && year <= LAST_SESSION_YEAR)) {
    const known = `${FIRST_SESSION_YEAR} to ${LAST_SESSION_YEAR}`;
    throw new RangeError(`the exchange calendar covers ${known}; the year asked for is ${year}`);
  }
  const built = buildYear(year);
  years[year - FIRST_SESSION_YEAR] = built;
  return built;
}

function buildYear(year: number): Year {
  const closures = closuresOf(year);
  const early = earlyClosesOf(year, closures);
  const byDay = new Map<EpochDay, Session>();
  for (let day = dayNumber(year, 1, 1); day < dayNumber(year + 1, 1, 1); day += 1) {
    const index = day - FIRST_DAY;
    const trades = weekday(day) <= 5 && !closures.has(day);
    const open = trades ? instantOnDay(day, OPEN_MS) : Number.POSITIVE_INFINITY;
    const close = trades ? instantOnDay(day, early.get(day) ?? CLOSE_MS) : Number.POSITIVE_INFINITY;
    opens[index] = open;
    closes[index] = close;
    if (trades) byDay.set(day, Object.freeze({ date: isoDate(day), open, close, earlyClose: early.has(day) }));
  }
  return { sessions: [...byDay.values()], byDay, closures };
}
