import { addDays, instantInNewYork } from '../../core/calendar/new-york.ts';
import type { EpochMs, IsoDate } from '../../core/calendar/time.ts';
import { timeKey } from '../../edges/store/store.ts';

export interface DayRange {
  readonly start: EpochMs;
  /** Not included. */
  readonly end: EpochMs;
  /** The same two as keys of a table that sorts by time. */
  readonly from: string;
  readonly before: string;
}

/** One date in New York, from midnight to midnight. */
export function dayRange(date: IsoDate): DayRange {
  const start = instantInNewYork(date, '00:00');
  const end = instantInNewYork(addDays(date, 1), '00:00');
  return { start, end, from: timeKey(start), before: timeKey(end) };
}
