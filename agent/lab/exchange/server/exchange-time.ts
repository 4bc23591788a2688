import { instantInNewYork, newYorkText, newYorkTime } from '../../../core/calendar/new-york.ts';
import { DAY_MS, type EpochMs, type IsoDate, MINUTE_MS } from '../../../core/calendar/time.ts';

export const TIME_ZONE = 'US/Eastern';

const ZONES = new Set(['US/Eastern', 'America/New_York', 'EST', 'EDT', 'ET']);
const SUMMER_MINUTES = 240;
const DAY_MINUTES = 1440;
const WRITTEN = /^(\d{4})(\d{2})(\d{2})[ -]{1,2}(\d{2}:\d{2}(?::\d{2})?)( .+)?$/;

/** `2026-12-18` → `20261218`. */
export function compactDate(date: IsoDate): string {
  return date.replaceAll('-', '');
}

/** `20261120 10:00:05`, New York. */
function timeText(at: EpochMs): string {
  return compactDate(newYorkText(at).slice(0, 19));
}

/** `20261120 10:00:05 US/Eastern`. */
export function zonedTimeText(at: EpochMs): string {
  return `${timeText(at)} ${TIME_ZONE}`;
}

/** `20261120 07:15:00 EST`: what the greeting tells. */
export function connectionTime(at: EpochMs): string {
  const utcMinutes = Math.floor((((at % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS);
  const behind = (utcMinutes - newYorkTime(at) + DAY_MINUTES) % DAY_MINUTES;
  return `${timeText(at)} ${behind === SUMMER_MINUTES ? 'EDT' : 'EST'}`;
}

/** `10:00`. */
export function clockText(at: EpochMs): string {
  return newYorkText(at).slice(11, 16);
}

/**
 * The instant of `20261120-15:00:05` (UTC) or `20261120 10:00:05 US/Eastern` (New York, also when the zone is left out);
 * null when it is neither.
 */
export function parseTime(text: string): EpochMs | null {
  const [, year, month, day, time, zone] = WRITTEN.exec(text) ?? [];
  if (time === undefined) return null;
  const utc = text[8] === '-' || zone === ' UTC' || zone === ' GMT';
  const newYork = zone === undefined || ZONES.has(zone.trim());
  if (!utc && !newYork) return null;
  try {
    const date = `${year}-${month}-${day}`;
    if (!utc) return instantInNewYork(date, time);
    const clock = time.length === 5 ? `${time}:00` : time;
    return Temporal.Instant.from(`${date}T${clock}Z`).epochMilliseconds;
  } catch {
    return null;
  }
}
