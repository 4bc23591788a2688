import { instantInNewYork } from '../core/calendar/new-york.ts';
import { sessionOn } from '../core/calendar/sessions.ts';
import type { EpochMs } from '../core/calendar/time.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const LOCAL = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)$/;

/**
 * An instant as a person writes it: with an offset or Z as it says, without one by New York's clocks; a mere date is its close,
 * or its last second there when the exchange is closed. Throws a RangeError on anything else.
 */
export function instantOf(text: string): EpochMs {
  if (DATE.test(text)) return sessionOn(text)?.close ?? instantInNewYork(text, '23:59:59');
  const local = LOCAL.exec(text);
  if (local !== null) return instantInNewYork(local[1] as string, local[2] as string);
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    throw new RangeError(`not an instant: "${text}" (expected 2026-03-20T10:00, in New York, or with an offset)`);
  }
}
