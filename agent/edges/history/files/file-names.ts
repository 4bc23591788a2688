import { basename, dirname } from 'node:path';
import { type EpochDay, epochDay } from '../../../core/calendar/time.ts';

const WORDS = new Set(['eod', 'daily', 'chain', 'chains', 'option', 'quotes', 'index', 'market', 'data', 'full']);

/** The ticker in a file's name, `SPY` of `2026-08-12_SPY.csv.gz`; the folder's name when the file's is a date. */
export function symbolIn(path: string): string {
  const stem = basename(path).replace(/\.(csv|zip)(\.gz)?$/i, '');
  const found = stem
    .split(/[_\-\s]+/)
    .find((word) => /^[A-Za-z][A-Za-z.]{0,5}$/.test(word) && !WORDS.has(word.toLowerCase()));
  return (found ?? (/^\d{8}$/.test(stem) ? basename(dirname(path)) : stem)).toUpperCase();
}

/** The day that a file is named after, as in `20140609.csv.gz`; `null` when it is no date. */
export function dayIn(path: string): EpochDay | null {
  const match = /^(\d{4})(\d{2})(\d{2})\./.exec(basename(path));
  if (match === null) return null;
  try {
    return epochDay(`${match[1]}-${match[2]}-${match[3]}`);
  } catch {
    return null;
  }
}
