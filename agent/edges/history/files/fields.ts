import { dayNumber, type EpochDay } from '../../../core/calendar/time.ts';
import { MISSING } from '../../../core/market/chain.ts';

/** The field holds something that is no number, date or right. */
export const BROKEN = -2_147_483_647;

const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
const DASH = 45;
const DATE_DIGITS = 8;
const YEAR_DIGITS = 4;
const LARGEST = 2_147_483_646;
const MOST_DIGITS = 15;
/** A file repeats its dates from row to row. */
const SLOTS = 256;
const seenKeys = new Int32Array(SLOTS).fill(-1);
const seenDays = new Int32Array(SLOTS);
const POWERS = Float64Array.from({ length: 23 }, (_, n) => 10 ** n);

/**
 * A number as it is written. Empty, `nan` and the like are NaN; what is none is Infinity. Up to 15 digits are read exactly as
 * the language reads them, since both the digits and the power of ten are exact and divided once; others it reads itself.
 */
export function real(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  const negative = bytes[i] === MINUS;
  if (negative) i += 1;
  let digits = 0;
  let value = 0;
  let point = -1;
  for (; i < end; i += 1) {
    const byte = bytes[i] as number;
    if (byte >= ZERO && byte <= NINE) {
      value = value * 10 + (byte - ZERO);
      digits += 1;
    } else if (byte === POINT && point < 0) {
      point = i;
    } else {
      return spelled(bytes, start, end);
    }
  }
  if (digits === 0 || digits > MOST_DIGITS) return spelled(bytes, start, end);
  if (point >= 0) value /= POWERS[end - point - 1] as number;
  return negative ? -value : value;
}

function spelled(bytes: Uint8Array, start: number, end: number): number {
  const text = String.fromCharCode(...bytes.subarray(start, end)).trim();
  if (text === '' || /^(nan|null|none|na|n\/a)$/i.test(text)) return Number.NaN;
  const value = Number(text);
  return Number.isFinite(value) && /^[-+.\d]/.test(text) && !/[xob]/i.test(text) ? value : Number.POSITIVE_INFINITY;
}

/** A number times `scale`, to the nearest whole one: dollars with scale 10,000. `MISSING` where empty, else `BROKEN`. */
export function whole(bytes: Uint8Array, start: number, end: number, scale: number): number {
  const value = real(bytes, start, end);
  if (Number.isNaN(value)) return MISSING;
  // Adding 0 turns -0 into 0.
  const rounded = Math.round(value * scale) + 0;
  return rounded >= -LARGEST && rounded <= LARGEST ? rounded : BROKEN;
}

/** `2026-03-16`, `20260316` or either with a time behind it; `BROKEN` when it is no date. */
export function day(bytes: Uint8Array, start: number, end: number): EpochDay {
  const dashed = end - start >= 10 && bytes[start + 4] === DASH && bytes[start + 7] === DASH;
  if (!dashed && end - start < 8) return BROKEN;
  const step = dashed ? 1 : 0;
  let key = 0;
  // Below zero as soon as one of the eight is no digit.
  let sign = 0;
  for (let i = 0; i < DATE_DIGITS; i += 1) {
    const at = i < YEAR_DIGITS ? i : i < YEAR_DIGITS + 2 ? i + step : i + 2 * step;
    const digit = (bytes[start + at] as number) - ZERO;
    sign |= digit | (9 - digit);
    key = key * 10 + digit;
  }
  if (sign < 0) return BROKEN;
  const next = bytes[start + 8 + 2 * step] as number;
  if (start + 8 + 2 * step < end && next >= ZERO && next <= NINE) return BROKEN;
  const slot = key & (SLOTS - 1);
  if (seenKeys[slot] === key) return seenDays[slot] as number;
  const year = Math.trunc(key / 10_000);
  const month = Math.trunc(key / 100) % 100;
  const date = key % 100;
  if (!(year >= 1900 && month >= 1 && month <= 12 && date >= 1 && date <= lastOf(year, month))) return BROKEN;
  seenKeys[slot] = key;
  seenDays[slot] = dayNumber(year, month, date);
  return seenDays[slot] as number;
}

function lastOf(year: number, month: number): number {
  return dayNumber(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1) - dayNumber(year, month, 1);
}
