import { weekday } from './new-york.ts';
import { dayNumber, type EpochDay, epochDay, HOUR_MS, type IsoDate } from './time.ts';

/**
 * Rules of the New York Stock Exchange since 1990, checked against its published tables and Lean's market-hours file.
 * They say on which days it trades and until when by plan; halts and late openings within a day are not in them.
 */
const SPECIAL_CLOSURES: Readonly<Record<IsoDate, string>> = {
  '1994-04-27': 'Day of mourning for Richard Nixon',
  '2001-09-11': 'Attacks of 11 September',
  '2001-09-12': 'Attacks of 11 September',
  '2001-09-13': 'Attacks of 11 September',
  '2001-09-14': 'Attacks of 11 September',
  '2004-06-11': 'Day of mourning for Ronald Reagan',
  '2007-01-02': 'Day of mourning for Gerald Ford',
  '2012-10-29': 'Hurricane Sandy',
  '2012-10-30': 'Hurricane Sandy',
  '2018-12-05': 'Day of mourning for George H. W. Bush',
  '2025-01-09': 'Day of mourning for Jimmy Carter',
};

const SPECIAL_EARLY_CLOSES: readonly IsoDate[] = ['1997-12-26', '1999-12-31', '2003-12-26'];

const MONDAY = 1;
const WEDNESDAY = 3;
const THURSDAY = 4;
const SATURDAY = 6;
const SUNDAY = 7;

/** The year's full closures on weekdays, by day number, with the name of each. */
export function closuresOf(year: number): ReadonlyMap<EpochDay, string> {
  const closed = new Map<EpochDay, string>();
  const newYear = dayNumber(year, 1, 1);
  // On a Saturday New Year is not moved: 31 December ends the books of the year.
  if (weekday(newYear) !== SATURDAY) closed.set(observed(newYear), "New Year's Day");
  if (year >= 1998) closed.set(nthWeekday({ year, month: 1, weekday: MONDAY, n: 3 }), 'Martin Luther King Jr. Day');
  closed.set(nthWeekday({ year, month: 2, weekday: MONDAY, n: 3 }), "Presidents' Day");
  closed.set(easterSunday(year) - 2, 'Good Friday');
  closed.set(lastMondayOfMay(year), 'Memorial Day');
  if (year >= 2022) closed.set(observed(dayNumber(year, 6, 19)), 'Juneteenth');
  closed.set(observed(dayNumber(year, 7, 4)), 'Independence Day');
  closed.set(nthWeekday({ year, month: 9, weekday: MONDAY, n: 1 }), 'Labor Day');
  closed.set(thanksgiving(year), 'Thanksgiving Day');
  closed.set(observed(dayNumber(year, 12, 25)), 'Christmas Day');
  for (const [date, name] of Object.entries(SPECIAL_CLOSURES)) {
    if (date.startsWith(`${year}-`)) closed.set(epochDay(date), name);
  }
  return closed;
}

/** The year's early closes by day number, as milliseconds since midnight; a day that is closed altogether is not among them. */
export function earlyClosesOf(year: number, closed: ReadonlyMap<EpochDay, string>): ReadonlyMap<EpochDay, number> {
  const days = new Set<EpochDay>();
  if (year >= 1992) days.add(thanksgiving(year) + 1);
  if (weekday(dayNumber(year, 12, 24)) <= THURSDAY) days.add(dayNumber(year, 12, 24));
  if (year >= 1995) days.add(besideIndependenceDay(year));
  for (const date of SPECIAL_EARLY_CLOSES) {
    if (date.startsWith(`${year}-`)) days.add(epochDay(date));
  }
  const closeMs = (year < 1993 ? 14 : 13) * HOUR_MS;
  const early = new Map<EpochDay, number>();
  for (const day of days) {
    if (!closed.has(day) && weekday(day) < SATURDAY) early.set(day, closeMs);
  }
  return early;
}

/** Gregorian Easter Sunday. Source: J.-M. Oudin (1940), as printed in the Explanatory Supplement to the Astronomical Almanac. */
export function easterSunday(year: number): EpochDay {
  const century = Math.floor(year / 100);
  const golden = year % 19;
  const k = Math.floor((century - 17) / 25);
  let i = (century - Math.floor(century / 4) - Math.floor((century - k) / 3) + 19 * golden + 15) % 30;
  i -= Math.floor(i / 28) * (1 - Math.floor(i / 28) * Math.floor(29 / (i + 1)) * Math.floor((21 - golden) / 11));
  const j = (year + Math.floor(year / 4) + i + 2 - century + Math.floor(century / 4)) % 7;
  const l = i - j;
  const month = 3 + Math.floor((l + 40) / 44);
  return dayNumber(year, month, l + 28 - 31 * Math.floor(month / 4));
}

/** The n-th given weekday (1 = Monday) of a month. */
export function nthWeekday(which: { year: number; month: number; weekday: number; n: number }): EpochDay {
  const first = dayNumber(which.year, which.month, 1);
  return first + ((which.weekday - weekday(first) + 7) % 7) + 7 * (which.n - 1);
}

function observed(day: EpochDay): EpochDay {
  const on = weekday(day);
  return on === SATURDAY ? day - 1 : on === SUNDAY ? day + 1 : day;
}

function thanksgiving(year: number): EpochDay {
  return nthWeekday({ year, month: 11, weekday: THURSDAY, n: 4 });
}

function lastMondayOfMay(year: number): EpochDay {
  return nthWeekday({ year, month: 6, weekday: MONDAY, n: 1 }) - 7;
}

/** 3 July; when that is a Wednesday, until 2012 the Friday after the holiday instead. Closed days are dropped by the caller. */
function besideIndependenceDay(year: number): EpochDay {
  const third = dayNumber(year, 7, 3);
  return weekday(third) === WEDNESDAY && year < 2013 ? third + 2 : third;
}
