import {
  DAY_MS,
  dayNumber,
  digits,
  type EpochDay,
  type EpochMs,
  epochDay,
  HOUR_MS,
  type IsoDate,
  isoDate,
  MINUTE_MS,
  twoDigits,
  yearOf,
} from './time.ts';

/** The rules below hold from here on; an earlier instant is refused, never answered wrongly. */
const FIRST_YEAR = 1987;
const YEARS = 113;
const STANDARD_MS = 5 * HOUR_MS;
const SUMMER_MS = 4 * HOUR_MS;

/** Per year since 1987: the instants at which summer time begins and ends; 0 = not computed yet. */
const summerStart = new Float64Array(YEARS);
const summerEnd = new Float64Array(YEARS);

/** The New York date of an instant. */
export function newYorkDate(at: EpochMs): IsoDate {
  return isoDate(newYorkDay(at));
}

/** The New York date of an instant as a day number: what hot loops compare. */
export function newYorkDay(at: EpochMs): EpochDay {
  return Math.floor((at - behindUtcMs(at)) / DAY_MS);
}

/** Whole minutes since midnight on the New York clock, 0..1439. */
export function newYorkTime(at: EpochMs): number {
  const wall = at - behindUtcMs(at);
  return Math.floor((wall - Math.floor(wall / DAY_MS) * DAY_MS) / MINUTE_MS);
}

/** `2026-03-20 10:00:05 ET`, for people. */
export function newYorkText(at: EpochMs): string {
  const wall = at - behindUtcMs(at);
  const day = Math.floor(wall / DAY_MS);
  const seconds = Math.floor((wall - day * DAY_MS) / 1000);
  const minutes = Math.floor(seconds / 60);
  const time = [Math.floor(minutes / 60), minutes % 60, seconds % 60].map(twoDigits).join(':');
  return `${isoDate(day)} ${time} ET`;
}

/**
 * The instant at which New York's clocks show this date and time (`HH:MM` or `HH:MM:SS`, 00:00 to 23:59:59).
 * In the hour that spring skips, the time counts on from before the change (02:30 is 03:30 summer time); in the hour that
 * autumn repeats, the first pass is meant. Throws a RangeError on a date or time that is not one.
 */
export function instantInNewYork(date: IsoDate, time: string): EpochMs {
  return instantOnDay(epochDay(date), timeOfDayMs(time));
}

/** As `instantInNewYork`, from a day number and the milliseconds its clock has counted since midnight. */
export function instantOnDay(day: EpochDay, sinceMidnightMs: number): EpochMs {
  const wall = day * DAY_MS + sinceMidnightMs;
  const index = yearIndex(yearOf(day));
  const firstSummerWall = (summerStart[index] as number) - SUMMER_MS;
  const firstRepeatedEnd = (summerEnd[index] as number) - SUMMER_MS;
  return wall + (wall >= firstSummerWall && wall < firstRepeatedEnd ? SUMMER_MS : STANDARD_MS);
}

/** 1 = Monday … 7 = Sunday. */
export function dayOfWeek(date: IsoDate): number {
  return weekday(epochDay(date));
}

/** 1 = Monday … 7 = Sunday, of a day number. */
export function weekday(day: EpochDay): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** The date n calendar days later (earlier when negative). */
export function addDays(date: IsoDate, n: number): IsoDate {
  return isoDate(epochDay(date) + n);
}

function behindUtcMs(at: EpochMs): number {
  const index = yearIndex(yearOf(Math.floor((at - STANDARD_MS) / DAY_MS)));
  return at >= (summerStart[index] as number) && at < (summerEnd[index] as number) ? SUMMER_MS : STANDARD_MS;
}

function yearIndex(year: number): number {
  const index = year - FIRST_YEAR;
  if (!(index >= 0 && index < YEARS)) {
    throw new RangeError(`New York time is known from ${FIRST_YEAR} to ${FIRST_YEAR + YEARS - 1}, not in ${year}`);
  }
  if (summerStart[index] === 0) fillYear(index, year);
  return index;
}

/** US law: first Sunday of April to last of October until 2006, second of March to first of November since; at 02:00. */
function fillYear(index: number, year: number): void {
  const startDay = year < 2007 ? sundayFrom(dayNumber(year, 4, 1)) : sundayFrom(dayNumber(year, 3, 8));
  const endDay = year < 2007 ? sundayFrom(dayNumber(year, 10, 25)) : sundayFrom(dayNumber(year, 11, 1));
  summerStart[index] = startDay * DAY_MS + 2 * HOUR_MS + STANDARD_MS;
  summerEnd[index] = endDay * DAY_MS + 2 * HOUR_MS + SUMMER_MS;
}

function sundayFrom(day: EpochDay): EpochDay {
  return day + 7 - weekday(day);
}

function timeOfDayMs(time: string): number {
  const seconds = time.length === 8 && time[5] === ':' ? digits(time, 6, 8) : time.length === 5 ? 0 : Number.NaN;
  const hours = digits(time, 0, 2);
  const minutes = digits(time, 3, 5);
  if (!(time[2] === ':' && hours < 24 && minutes < 60 && seconds < 60)) {
    throw new RangeError(`not a time of day: "${time}" (expected HH:MM or HH:MM:SS)`);
  }
  return hours * HOUR_MS + minutes * MINUTE_MS + seconds * 1000;
}
