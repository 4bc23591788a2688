import { MISSING } from '../../../core/market/chain.ts';

export const CENT = 100;

/** What is taken off a column's values before they are written. */
export interface Expected {
  /** The column as it was before, of equal length; `null` = nothing is expected. */
  readonly base: Int32Array | null;
  /** A row's difference is expected to be that of the row two above: the same right of the strike before. */
  readonly smooth: boolean;
  /** Divides every value, of the base too, that is not `MISSING`. */
  readonly step: 1 | typeof CENT;
  /** The first two rows of a smooth column, as `startOf` gives them; 0 when nothing is known of them. */
  readonly start: readonly [number, number];
}

const HIGHEST = 2_147_483_647;
/** Used again for each column: new memory for each costs more than filling it. */
let scratch = new Int32Array(0);

/**
 * The bytes of a column: differences from what was expected as unsigned numbers (zigzag), all lowest bytes first, then all
 * second bytes and so on; high bytes that are zero in every row are left out. Returns how many bytes a row takes.
 */
export function writeColumn(column: Int32Array, expected: Expected, out: Uint8Array): number {
  const rows = column.length;
  if (scratch.length < rows) scratch = new Int32Array(rows);
  const codes = scratch;
  const { base, smooth, step, start } = expected;
  const used = base === null && smooth && step === 1 ? packSmooth(column, start, codes) : pack(column, expected);
  const planes = used === 0 ? 0 : 4 - (Math.clz32(used) >>> 3);
  if (planes > 0) spread(codes, rows, planes, out);
  return planes;
}

/** Shifts that are written out are four times as fast. */
function spread(codes: Int32Array, rows: number, planes: number, out: Uint8Array): void {
  if (planes === 1) {
    for (let row = 0; row < rows; row += 1) out[row] = codes[row] as number;
    return;
  }
  for (let row = 0; row < rows; row += 1) {
    const code = codes[row] as number;
    out[row] = code;
    out[rows + row] = code >> 8;
  }
  if (planes > 2) for (let row = 0; row < rows; row += 1) out[2 * rows + row] = (codes[row] as number) >> 16;
  if (planes > 3) for (let row = 0; row < rows; row += 1) out[3 * rows + row] = (codes[row] as number) >> 24;
}

/** The most of all columns of a key frame, in one loop: the bits that any code has. */
function packSmooth(column: Int32Array, start: Expected['start'], codes: Int32Array): number {
  const rows = column.length;
  let used = 0;
  let [above, before] = start;
  for (let row = 0; row < rows; row += 1) {
    const value = column[row] as number;
    // `folded` with step 1: one more, unless it is below zero.
    const difference = value === MISSING ? 0 : (value + 1 + (value >> 31)) | 0;
    const surprise = (difference - above) | 0;
    above = before;
    before = difference;
    const code = (surprise << 1) ^ (surprise >> 31);
    codes[row] = code;
    used |= code;
  }
  return used;
}

/** The same for every column, into `scratch`. */
function pack(column: Int32Array, { base, smooth, step, start }: Expected): number {
  const codes = scratch;
  fold(column, step, codes);
  if (base !== null) takeOff(base, step, codes);
  return smooth ? zigzagSmooth(codes, column.length, start) : zigzag(codes, column.length);
}

/** Loops of their own where nothing is divided: the most of all columns. */
function fold(column: Int32Array, step: Expected['step'], out: Int32Array): void {
  const rows = column.length;
  if (step !== 1) {
    for (let row = 0; row < rows; row += 1) out[row] = folded(column[row] as number, step);
    return;
  }
  for (let row = 0; row < rows; row += 1) {
    const value = column[row] as number;
    out[row] = value >= 0 ? value + 1 : value === MISSING ? 0 : value;
  }
}

function takeOff(base: Int32Array, step: Expected['step'], codes: Int32Array): void {
  const rows = base.length;
  for (let row = 0; row < rows; row += 1) {
    codes[row] = (codes[row] as number) - folded(base[row] as number, step);
  }
}

/** Makes numbers of either sign unsigned in place, and returns the bits that any of them has. */
function zigzag(codes: Int32Array, rows: number): number {
  let used = 0;
  for (let row = 0; row < rows; row += 1) {
    const value = codes[row] as number;
    const code = (value << 1) ^ (value >> 31);
    codes[row] = code;
    used |= code;
  }
  return used;
}

/** As `zigzag`, of the differences to the rows two above. */
function zigzagSmooth(codes: Int32Array, rows: number, start: Expected['start']): number {
  let used = 0;
  let [above, before] = start;
  for (let row = 0; row < rows; row += 1) {
    const value = codes[row] as number;
    const surprise = (value - above) | 0;
    above = before;
    before = value;
    const code = (surprise << 1) ^ (surprise >> 31);
    codes[row] = code;
    used |= code;
  }
  return used;
}

/** What is expected of rows 0 and 1 of a smooth column that has no base. */
export function startOf(column: Int32Array, step: Expected['step']): [number, number] {
  const [first = 0, second = 0] = column;
  return [folded(first, step), folded(second, step)];
}

/** Adds the bytes of a plane, 0 the lowest, to the codes of all rows. */
export function addPlane(bytes: Uint8Array, start: number, plane: number, out: Int32Array): void {
  const rows = out.length;
  const shift = plane * 8;
  for (let row = 0; row < rows; row += 1) {
    out[row] = (out[row] as number) | ((bytes[start + row] as number) << shift);
  }
}

/** The column again, in place of its codes. */
export function resolveColumn({ base, smooth, step, start }: Expected, out: Int32Array): void {
  const rows = out.length;
  let [above, before] = start;
  for (let row = 0; row < rows; row += 1) {
    const code = out[row] as number;
    let difference = (code >>> 1) ^ -(code & 1);
    if (smooth) {
      difference = (difference + above) | 0;
      above = before;
      before = difference;
    }
    const reference = base === null ? 0 : folded(base[row] as number, step);
    out[row] = unfolded((difference + reference) | 0, step);
  }
}

/** Moves `MISSING` from the far end of the numbers to 0, where a difference to it is small. One to one. */
function folded(value: number, step: Expected['step']): number {
  if (value === MISSING) return 0;
  // Dividing by a constant is many times as fast as by a variable.
  const steps = step === CENT ? (value / CENT) | 0 : value;
  return value >= 0 ? (steps + 1) | 0 : steps;
}

function unfolded(value: number, step: Expected['step']): number {
  if (value === 0) return MISSING;
  if (value === MISSING) return HIGHEST;
  return value > 0 ? (value - 1) * step : value * step;
}
