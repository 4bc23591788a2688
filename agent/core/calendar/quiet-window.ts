import { newYorkTime } from './new-york.ts';
import type { EpochMs } from './time.ts';

/** Around the time at which the broker's gateway restarts itself every day: what is sent then can vanish without a word. */
export interface QuietWindow {
  /** Minutes since midnight on the New York clock, 0..1439; `null` = it does not restart by itself. */
  readonly restartMinute: number | null;
  readonly minutesBefore: number;
  readonly minutesAfter: number;
}

const DAY_MINUTES = 24 * 60;

/** From so many minutes before the restart up to, not including, so many minutes after it; across midnight as well. */
export function inQuietWindow(at: EpochMs, { restartMinute, minutesBefore, minutesAfter }: QuietWindow): boolean {
  if (restartMinute === null) return false;
  const since = (newYorkTime(at) - restartMinute + DAY_MINUTES) % DAY_MINUTES;
  return since < minutesAfter || DAY_MINUTES - since <= minutesBefore;
}
