import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { addDays, instantInNewYork, newYorkDate } from '../../core/calendar/new-york.ts';
import type { EpochMs, IsoDate } from '../../core/calendar/time.ts';
import { readGzipLines } from './gzip-lines.ts';
import { HEADER, parseRow, type RecordedRow, timeOf } from './recording-row.ts';

export interface RecordedSnapshot {
  readonly at: EpochMs;
  readonly rows: readonly RecordedRow[];
}

/** What was wrong with a file, for people: how many rows were left out, and which the first of them were. */
export interface RecordingProblems {
  readonly file: string;
  readonly broken: number;
  readonly first: readonly { readonly line: number; readonly reason: string }[];
}

export interface RecordedSymbol {
  readonly symbol: string;
  /** The last snapshot before the day, if there is one, then those of the day. */
  readonly snapshots: readonly RecordedSnapshot[];
  readonly problems: RecordingProblems;
}

export interface RecordedDay {
  readonly date: IsoDate;
  readonly symbols: readonly RecordedSymbol[];
}

export type RecordingErrorCode =
  | 'RECORDING_SYMBOL'
  | 'RECORDING_MISSING'
  | 'RECORDING_EMPTY'
  | 'RECORDING_HEADER'
  | 'RECORDING_UNREADABLE'
  | 'RECORDING_NO_DAY';

class RecordingError extends Error {
  readonly code: RecordingErrorCode;

  constructor(code: RecordingErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

const LINES_SHOWN = 20;

/** Reads one day of each symbol from `FOLDER/SYMBOL.csv.gz`. Throws a RecordingError; broken rows are only counted. */
export async function loadRecordedDay(from: {
  readonly folder: string;
  readonly symbols: readonly string[];
  readonly date: IsoDate;
}): Promise<RecordedDay> {
  const symbols: RecordedSymbol[] = [];
  for (const symbol of new Set(from.symbols)) {
    if (!/^[A-Z][A-Z0-9.]{0,9}$/.test(symbol))
      throw new RecordingError('RECORDING_SYMBOL', `not a symbol: "${symbol}"`);
    symbols.push(await loadSymbol(join(from.folder, `${symbol}.csv.gz`), symbol, from.date));
  }
  return { date: from.date, symbols };
}

async function loadSymbol(file: string, symbol: string, date: IsoDate): Promise<RecordedSymbol> {
  const size = await stat(file).then(
    (found) => found.size,
    (cause) => {
      throw new RecordingError('RECORDING_MISSING', `there is no recording ${file}`, cause);
    },
  );
  if (size === 0) throw new RecordingError('RECORDING_EMPTY', `the recording ${file} is empty`);
  const reader = new DayReader(file, date);
  try {
    await readGzipLines(file, (lines) => reader.take(lines));
  } catch (cause) {
    if (cause instanceof RecordingError) throw cause;
    throw unreadable(file, cause, reader.line);
  }
  return { symbol, ...reader.end() };
}

/** Where a file stopped being readable. */
function unreadable(file: string, cause: unknown, line: number): RecordingError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const what =
    code === 'Z_BUF_ERROR'
      ? `breaks off after line ${line}`
      : `cannot be read${line > 0 ? ` after line ${line}` : ''}: ${message}`;
  return new RecordingError('RECORDING_UNREADABLE', `the recording ${file} ${what}`, cause);
}

class DayReader {
  readonly #file: string;
  readonly #date: IsoDate;
  readonly #from: number;
  readonly #to: number;
  readonly #day = new Map<number, RecordedRow[]>();
  readonly #first: { line: number; reason: string }[] = [];
  #broken = 0;
  #line = 0;
  #before: { at: number; lines: { line: number; fields: string[] }[] } = { at: 0, lines: [] };
  #span: [number, number] = [Number.POSITIVE_INFINITY, 0];

  constructor(file: string, date: IsoDate) {
    this.#file = file;
    this.#date = date;
    this.#from = instantInNewYork(date, '00:00') / 1000;
    this.#to = instantInNewYork(addDays(date, 1), '00:00') / 1000;
  }

  /** How many lines have been read. */
  get line(): number {
    return this.#line;
  }

  take(lines: readonly string[]): void {
    for (const line of lines) {
      this.#line += 1;
      const text = line.endsWith('\r') ? line.slice(0, -1) : line;
      if (this.#line === 1) this.#checkHeader(text);
      else if (text !== '') this.#takeRow(text.split(','));
    }
  }

  end(): { snapshots: RecordedSnapshot[]; problems: RecordingProblems } {
    if (this.#span[1] === 0) throw new RecordingError('RECORDING_EMPTY', `the recording ${this.#file} holds no row`);
    const before: RecordedRow[] = [];
    for (const { line, fields } of this.#before.lines) this.#keep(before, fields, line);
    const times = [...this.#day.keys()].sort((a, b) => a - b);
    if (times.length === 0) {
      const [first, last] = this.#span.map((seconds) => newYorkDate(seconds * 1000));
      const message = `the recording ${this.#file} has no snapshot of ${this.#date}: it goes from ${first} to ${last}`;
      throw new RecordingError('RECORDING_NO_DAY', message);
    }
    const snapshots = times.map((at) => ({ at: at * 1000, rows: this.#day.get(at) ?? [] }));
    if (before.length > 0) snapshots.unshift({ at: this.#before.at * 1000, rows: before });
    return { snapshots, problems: { file: this.#file, broken: this.#broken, first: this.#first } };
  }

  #checkHeader(text: string): void {
    if (text === HEADER) return;
    throw new RecordingError('RECORDING_HEADER', `the first line of ${this.#file} is not "${HEADER}"`);
  }

  #takeRow(fields: string[]): void {
    const at = timeOf(fields);
    if (typeof at === 'string') {
      this.#report(this.#line, at);
      return;
    }
    if (at < this.#span[0]) this.#span[0] = at;
    if (at > this.#span[1]) this.#span[1] = at;
    if (at >= this.#to || at < this.#before.at) return;
    if (at >= this.#from) {
      const rows = this.#day.get(at) ?? [];
      this.#day.set(at, rows);
      this.#keep(rows, fields, this.#line);
      return;
    }
    if (at > this.#before.at) this.#before = { at, lines: [] };
    this.#before.lines.push({ line: this.#line, fields });
  }

  #keep(rows: RecordedRow[], fields: readonly string[], line: number): void {
    const row = parseRow(fields);
    if (typeof row === 'string') this.#report(line, row);
    else if (row.expiration >= this.#date) rows.push(row);
  }

  #report(line: number, reason: string): void {
    this.#broken += 1;
    if (this.#first.length < LINES_SHOWN) this.#first.push({ line, reason });
  }
}
