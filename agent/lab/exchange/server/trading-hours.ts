import { addDays, newYorkDate, newYorkText } from '../../../core/calendar/new-york.ts';
import { sessionOn } from '../../../core/calendar/sessions.ts';
import type { EpochMs } from '../../../core/calendar/time.ts';
import { compactDate } from './exchange-time.ts';

const DAYS = 6;

/** `20261120:0930-20261120:1600;20261121:CLOSED`, from today on. */
export function tradingHours(now: EpochMs): string {
  const today = newYorkDate(now);
  return Array.from({ length: DAYS }, (_, i) => hoursOn(addDays(today, i))).join(';');
}

function hoursOn(date: string): string {
  const session = sessionOn(date);
  if (session === null) return `${compactDate(date)}:CLOSED`;
  return `${compactDate(date)}:${hourMinute(session.open)}-${compactDate(date)}:${hourMinute(session.close)}`;
}

function hourMinute(at: EpochMs): string {
  return newYorkText(at).slice(11, 16).replace(':', '');
}
