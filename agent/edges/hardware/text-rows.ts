import { newYorkTime } from '../../core/calendar/new-york.ts';
import type { EpochMs } from '../../core/calendar/time.ts';
import type { ShownMoney } from '../status/snapshot.ts';

/** Of the text display. Each row is exactly so many characters, and each of them one that such a display has: ASCII. */
export const COLUMNS = 20;
export const ROWS = 4;

/** Words at the left, figures at the right: where both do not fit, the words give way. */
export function row(left: string, right = ''): string {
  const end = clip(right, COLUMNS);
  const room = end === '' ? COLUMNS : Math.max(0, COLUMNS - end.length - 1);
  return `${clip(left, room).padEnd(COLUMNS - end.length)}${end}`;
}

/** As much of it as fits. What holds a digit is shown whole or not at all: 1,23 is not a part of 1,234. */
export function clip(text: string, width: number): string {
  const clean = plain(text);
  if (clean.length <= width) return clean;
  if (clean[width] === ' ') return clean.slice(0, width).trimEnd();
  const begin = clean.lastIndexOf(' ', width) + 1;
  const end = clean.indexOf(' ', begin);
  const cut = clean.slice(begin, end < 0 ? undefined : end);
  if (!/\d/.test(cut)) return clean.slice(0, width).trimEnd();
  return begin === 0 ? '#'.repeat(width) : clean.slice(0, begin).trimEnd();
}

/** Over several rows, broken between words; what does not fit ends in two dots. */
export function wrap(text: string, rows: number): string[] {
  const words = plain(text)
    .split(' ')
    .flatMap((word) => word.match(/.{1,20}/g) ?? []);
  const lines: string[] = [''];
  for (const word of words) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= COLUMNS) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  const kept = lines.slice(0, rows);
  if (lines.length > rows) kept[rows - 1] = `${clip(kept[rows - 1] ?? '', COLUMNS - 2)}..`;
  return Array.from({ length: rows }, (_, index) => row(kept[index] ?? ''));
}

/** Dollars in at most 9 characters; with cents, where they are wanted, below a thousand. */
export function dollars(value: ShownMoney, sign: 'signed' | 'plain' = 'plain', decimals: 0 | 2 = 2): string {
  if (value === null || !Number.isFinite(value)) return '--';
  const size = Math.abs(value);
  const text = sizeText(size, decimals);
  if (/^[0.]*$/.test(text)) return text;
  return value < 0 ? `-${text}` : `${sign === 'signed' ? '+' : ''}${text}`;
}

function sizeText(size: number, decimals: 0 | 2): string {
  if (size >= 999_995_000) return '>999M';
  if (size >= 999_999.5) return `${(size / 1_000_000).toFixed(2)}M`;
  if (size < 999.995) return size.toFixed(decimals);
  return String(Math.round(size)).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** A number that is not one is never shown. */
export function count(value: number): string {
  return Number.isFinite(value) ? String(value) : '--';
}

/** `12:04` in New York. */
export function clockText(at: EpochMs): string {
  if (!(at >= FIRST && at < END)) return '--:--';
  const minutes = newYorkTime(at);
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** How long ago, in at most 4 characters. */
export function ageText(at: EpochMs | null, now: EpochMs): string {
  if (at === null || !Number.isFinite(now - at)) return '--';
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return '<1m';
  if (minutes < 100) return `${minutes}m`;
  return minutes < 6_000 ? `${Math.floor(minutes / 60)}h` : '>99h';
}

/** The years of the calendar. */
const FIRST: EpochMs = 536_475_600_000;
const END: EpochMs = 4_102_444_800_000;

const SPELT: Readonly<Record<string, string>> = {
  ß: 'ss',
  '–': '-',
  '—': '-',
  '−': '-',
  '…': '..',
  '’': "'",
  '·': '-',
};

/** What a display has no sign for is spelt or a question mark. A backslash would be a yen sign, a tilde an arrow. */
function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^ -[\]-}]/gu, (sign) => SPELT[sign] ?? (/\s/.test(sign) ? ' ' : '?'))
    .replace(/ {2,}/g, ' ')
    .trim();
}
