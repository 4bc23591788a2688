import { nthWeekday } from './holidays.ts';
import { FIRST_SESSION_YEAR, LAST_SESSION_YEAR, sessionOnDay } from './sessions.ts';
import { type EpochDay, epochDay, type IsoDate, yearOf } from './time.ts';

/*
 * Expirations are read from the chain. These rules only judge what was read: they never say which expirations exist.
 * Dates are last trading days; the formal Saturday dates in use before February 2015 are not plausible here.
 */

/** Whether a date is its month's standard expiration: the third Friday, or the Thursday before it when that is a holiday. */
export function isStandardMonthly(date: IsoDate): boolean {
  const day = dayInRange(date);
  if (day === null) return false;
  const thirdFriday = nthWeekday({ year: yearOf(day), month: Number(date.slice(5, 7)), weekday: 5, n: 3 });
  return day === (sessionOnDay(thirdFriday) === null ? thirdFriday - 1 : thirdFriday);
}

/** Whether an option can have its last trading day on a date: it is a session of the calendar. Never throws. */
export function isPlausibleExpiration(date: IsoDate): boolean {
  const day = dayInRange(date);
  return day !== null && sessionOnDay(day) !== null;
}

function dayInRange(date: IsoDate): EpochDay | null {
  try {
    const day = epochDay(date);
    const year = yearOf(day);
    return year >= FIRST_SESSION_YEAR && year <= LAST_SESSION_YEAR ? day : null;
  } catch {
    return null;
  }
}
