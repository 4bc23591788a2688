import { instantInNewYork } from '../../../core/calendar/new-york.ts';
import type { EpochMs } from '../../../core/calendar/time.ts';
import { type Money, money } from '../../../core/market/money.ts';

/** The library turns most "unset" values into undefined; what is left of them is as large as a double gets. */
const LARGEST_AMOUNT = 1e11;

const NEW_YORK: ReadonlySet<string> = new Set(['', 'US/Eastern', 'America/New_York', 'EST', 'EDT', 'EST5EDT', 'ET']);

/** `null` = the broker has not said. */
export function amount(value: number | undefined): Money | null {
  if (value === undefined || !Number.isFinite(value) || Math.abs(value) > LARGEST_AMOUNT) return null;
  return money(value);
}

/** As `amount`, of a text such as an account value. */
export function amountIn(text: string): Money | null {
  return text.trim() === '' ? null : amount(Number(text));
}

/** `20260417`, also with a time behind it → `2026-04-17`; null when it is not a date. */
export function dateIn(text: string | undefined): string | null {
  const found = /^(\d{4})(\d{2})(\d{2})(?!\d)/.exec(text ?? '');
  return found === null ? null : `${found[1]}-${found[2]}-${found[3]}`;
}

/**
 * `20260320 10:00:05 US/Eastern`, `20260320-14:00:05` (UTC) or without a zone (then the exchange's) → the instant; null
 * when it cannot be read.
 */
export function instantIn(text: string | undefined): EpochMs | null {
  const found = /^(\d{8})( +|-)(\d{2}:\d{2}:\d{2}) ?(\S*)$/.exec((text ?? '').trim());
  const date = dateIn(found?.[1]);
  if (found === null || date === null) return null;
  const time = found[3] as string;
  const zone = found[2] === '-' ? 'UTC' : (found[4] as string);
  try {
    if (NEW_YORK.has(zone)) return instantInNewYork(date, time);
    return Temporal.ZonedDateTime.from(`${date}T${time}[${zone}]`).epochMilliseconds;
  } catch {
    return null;
  }
}
