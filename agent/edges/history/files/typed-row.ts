import { CALL, MISSING, PUT } from '../../../core/market/chain.ts';
import { BROKEN, day, real, whole } from './fields.ts';
import type { RowScanner } from './row-scanner.ts';

/** How the fields of a column are read: money and counts as whole numbers, dates as day numbers. */
export type Kind = 'skipped' | 'date' | 'count' | 'money' | 'real' | 'right' | 'text';

const SKIPPED = 0;
const DATE = 1;
const COUNT = 2;
const MONEY = 3;
const REAL = 4;
const RIGHT = 5;
const TEXT = 6;
const CODES: Readonly<Record<Kind, number>> = {
  skipped: SKIPPED,
  date: DATE,
  count: COUNT,
  money: MONEY,
  real: REAL,
  right: RIGHT,
  text: TEXT,
};

const COMMA = 44;
const NEW_LINE = 10;
const RETURN = 13;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 9;
const CALL_LETTER = 'c'.charCodeAt(0);
const PUT_LETTER = 'p'.charCodeAt(0);
const LOWER_CASE = 32;
const DATE_BYTES = 10;
/** No two bytes are this number. */
const NO_DATE = 65_536;
/** So many digits fit into a whole number. */
const FEW_DIGITS = 9;
/** Decimals that money and counts have. */
const PLACES = { money: 4, count: 0 } as const;
const POWERS = Float64Array.from({ length: FEW_DIGITS + 1 }, (_, n) => 10 ** n);
const WHOLE_POWERS = Int32Array.from(POWERS);

/**
 * The values of a row by column. Nearly all rows are read in one pass over their bytes; a row with anything unusual in its
 * build is taken apart by the scanner first. Both ways yield the same values, those that fields.ts gives.
 */
export class TypedRow {
  /** One more than there are columns: the last is that of a column that is not there. */
  readonly whole: Int32Array;
  readonly real: Float64Array;
  /** The row has as many fields as there are columns; else its values are those of a row before. */
  fits = false;
  /** The scanner knows where every field of the row stands, else only those of columns that are text. */
  apart = false;
  readonly #kinds: Uint8Array;
  /** Per column the date that was read last: its first ten bytes as three numbers. */
  readonly #dates: Int32Array;
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(kinds: readonly Kind[]) {
    this.#kinds = Uint8Array.from(kinds, (kind) => CODES[kind]);
    this.whole = new Int32Array(kinds.length + 1).fill(MISSING);
    this.real = new Float64Array(kinds.length + 1).fill(Number.NaN);
    this.#dates = new Int32Array(kinds.length * 3).fill(NO_DATE);
  }

  /** Moves the scanner to the next row that is not empty; false when there is none whole in what was pushed. */
  next(scan: RowScanner): boolean {
    const after = scan.quoted || scan.at === scan.end ? -1 : this.#run(scan);
    if (after > 0) {
      scan.at = after;
      scan.line += 1;
      this.fits = true;
      this.apart = false;
      return true;
    }
    if (!scan.next()) return false;
    this.apart = true;
    this.fits = scan.count === this.#kinds.length;
    if (this.fits) this.#takeApart(scan);
    return true;
  }

  /** Reads the row as it goes. Where the next one begins, or -1 when this one is not whole or not built as expected. */
  #run(scan: RowScanner): number {
    const { bytes } = scan;
    const kinds = this.#kinds;
    if (this.#view.buffer !== bytes.buffer) this.#view = new DataView(bytes.buffer);
    let i = scan.at;
    for (let column = 0; column < kinds.length; column += 1) {
      if (column > 0) {
        if (bytes[i] !== COMMA) return -1;
        i += 1;
      }
      const start = i;
      const kind = kinds[column] as number;
      if (kind === SKIPPED) {
        i = fieldEnd(bytes, i);
      } else if (kind === DATE) {
        i = this.#date(bytes, i, column);
        if (i === start) return -1;
      } else if (kind === RIGHT) {
        i = fieldEnd(bytes, i);
        this.whole[column] = rightOf(bytes, start, i);
      } else if (kind === TEXT) {
        i = fieldEnd(bytes, i);
        scan.starts[column] = start;
        scan.ends[column] = i;
      } else {
        i = this.#number(bytes, i, column);
      }
    }
    if (bytes[i] === RETURN) i += 1;
    return bytes[i] === NEW_LINE && i < scan.end ? i + 1 : -1;
  }

  /** Reads a number; where its field ends. */
  #number(bytes: Uint8Array, start: number, column: number): number {
    let i = start;
    const negative = bytes[i] === MINUS;
    if (negative) i += 1;
    const first = i;
    let value = 0;
    let places = 0;
    let digit = (bytes[i] as number) - ZERO;
    for (; digit >>> 0 <= NINE; digit = (bytes[i] as number) - ZERO) {
      value = (Math.imul(value, 10) + digit) | 0;
      i += 1;
    }
    let digits = i - first;
    if (digit === POINT - ZERO) {
      i += 1;
      const point = i;
      digit = (bytes[i] as number) - ZERO;
      for (; digit >>> 0 <= NINE; digit = (bytes[i] as number) - ZERO) {
        value = (Math.imul(value, 10) + digit) | 0;
        i += 1;
      }
      places = i - point;
      digits += places;
    }
    if (digits === 0 || digits > FEW_DIGITS || !endsAt(bytes, i)) return this.#spelled(bytes, start, column);
    const kind = this.#kinds[column] as number;
    const most = kind === MONEY ? PLACES.money : PLACES.count;
    if (kind === REAL) this.real[column] = (negative ? -value : value) / (POWERS[places] as number);
    else if (places <= most && digits - places + most <= FEW_DIGITS) {
      const scaled = Math.imul(value, WHOLE_POWERS[most - places] as number);
      this.whole[column] = negative ? -scaled : scaled;
    } else this.#spelled(bytes, start, column);
    return i;
  }

  #spelled(bytes: Uint8Array, start: number, column: number): number {
    const end = fieldEnd(bytes, start);
    this.#readField(bytes, [start, end], column);
    return end;
  }

  /** Reads a date, most often that of the row before; where its field ends. */
  #date(bytes: Uint8Array, start: number, column: number): number {
    const dates = this.#dates;
    const view = this.#view;
    const a = view.getInt32(start);
    const b = view.getInt32(start + 4);
    const c = view.getInt16(start + 8);
    const known = column * 3;
    if (a === dates[known] && b === dates[known + 1] && c === dates[known + 2] && endsAt(bytes, start + DATE_BYTES)) {
      return start + DATE_BYTES;
    }
    const end = fieldEnd(bytes, start);
    this.whole[column] = day(bytes, start, end);
    dates[known] = a;
    dates[known + 1] = b;
    dates[known + 2] = end - start === DATE_BYTES ? c : NO_DATE;
    return end;
  }

  #takeApart({ bytes, starts, ends }: RowScanner): void {
    for (let column = 0; column < this.#kinds.length; column += 1) {
      this.#readField(bytes, [starts[column] as number, ends[column] as number], column);
    }
    // The values of these columns are those of another row now.
    this.#dates.fill(NO_DATE);
  }

  #readField(bytes: Uint8Array, [start, end]: readonly [number, number], column: number): void {
    const kind = this.#kinds[column] as number;
    if (kind === REAL) this.real[column] = real(bytes, start, end);
    else if (kind === MONEY) this.whole[column] = whole(bytes, start, end, POWERS[PLACES.money] as number);
    else if (kind === COUNT) this.whole[column] = whole(bytes, start, end, 1);
    else if (kind === DATE) this.whole[column] = day(bytes, start, end);
    else if (kind === RIGHT) this.whole[column] = rightOf(bytes, start, end);
  }
}

/** Whether a field may end there: before a comma or the end of a line. */
function endsAt(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at];
  return byte === COMMA || byte === NEW_LINE || (byte === RETURN && bytes[at + 1] === NEW_LINE);
}

function fieldEnd(bytes: Uint8Array, start: number): number {
  let i = start;
  for (let byte = bytes[i] as number; byte !== COMMA && byte !== NEW_LINE; byte = bytes[i] as number) i += 1;
  return i > start && bytes[i] === NEW_LINE && bytes[i - 1] === RETURN ? i - 1 : i;
}

function rightOf(bytes: Uint8Array, start: number, end: number): number {
  if (end === start) return BROKEN;
  const letter = (bytes[start] as number) | LOWER_CASE;
  return letter === CALL_LETTER ? CALL : letter === PUT_LETTER ? PUT : BROKEN;
}
