import { isPlausibleExpiration } from '../calendar/expirations.ts';
import { newYorkDay } from '../calendar/new-york.ts';
import { sessionOn } from '../calendar/sessions.ts';
import { type EpochMs, epochDay, type IsoDate } from '../calendar/time.ts';

/**
 * The last instant at which an option can be traded: the close of regular trading on its expiration, 13:00 on half days.
 * `null` when that date is no session that the calendar knows: the contract is then misread or adjusted, and must not be traded. Options of some
 * broad-index funds go on until 16:15 on most days; that quarter of an hour is left alone on purpose. AM-settled index
 * options stop a day before and are not traded here.
 */
export function lastTradeAt(expiration: IsoDate): EpochMs | null {
  return isPlausibleExpiration(expiration) ? (sessionOn(expiration)?.close ?? null) : null;
}

/** DTE: calendar days in New York from today to the expiration; 0 on the day itself, negative afterwards. */
export function daysUntil(expiration: IsoDate, now: EpochMs): number {
  return epochDay(expiration) - newYorkDay(now);
}
