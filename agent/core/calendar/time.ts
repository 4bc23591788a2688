/** Milliseconds since 1970-01-01T00:00Z. The one numeric form of an instant inside the house. */
export type EpochMs = number;

/** A calendar date as `YYYY-MM-DD`; in New York unless said otherwise. */
export type IsoDate = string;

/** Days since 1970-01-01: the form that dates take in columns, where a difference is a number of calendar days. */
export type EpochDay = number;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Days of a 400-year cycle, and from 0000-03-01 to 1970-01-01. */
const ERA_DAYS = 146_097;
const EPOCH_SHIFT = 719_468;

/** `1970-01-02` → 1. Throws a RangeError on anything but a date that exists, written `YYYY-MM-DD`. */
export function epochDay(date: IsoDate): EpochDay {
  const year = digits(date, 0, 4);
  const month = digits(date, 5, 7);
  const day = digits(date, 8, 10);
  const written = date.length === 10 && date[4] === '-' && date[7] === '-' && year + month + day >= 0;
  if (!written || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) {
    throw new RangeError(`not a date: "${date}" (expected YYYY-MM-DD)`);
  }
  return dayNumber(year, month, day);
}

/** Whether a text is a date that exists, written YYYY-MM-DD. */
export function isDate(text: string): boolean {
  try {
    epochDay(text);
    return true;
  } catch {
    return false;
  }
}

/** 1 → `1970-01-02`. Years 0000 to 9999. */
export function isoDate(day: EpochDay): IsoDate {
  const year = yearOf(day);
  let month = 1;
  let left = day - dayNumber(year, 1, 1);
  while (left >= daysIn(year, month)) {
    left -= daysIn(year, month);
    month += 1;
  }
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(left + 1)}`;
}

/**
 * Day number of a date of the proleptic Gregorian calendar; month 1..12, day 1.. (a day past the month's end runs on).
 * Source: Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil.
 */
export function dayNumber(year: number, month: number, day: number): EpochDay {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * ERA_DAYS + dayOfEra - EPOCH_SHIFT;
}

/** The year a day lies in. Source: as `dayNumber`, civil_from_days. */
export function yearOf(day: EpochDay): number {
  const z = day + EPOCH_SHIFT;
  const era = Math.floor(z / ERA_DAYS);
  const doe = z - era * ERA_DAYS;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const dayFromMarch = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  return yoe + era * 400 + (dayFromMarch >= 306 ? 1 : 0);
}

export function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

/** The number written in text[from, to), or NaN when a character there is not a digit. */
export function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
