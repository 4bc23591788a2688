import { MISSING } from '../../../core/market/chain.ts';

/**
 * What a row is compared with: nothing; the row two above, which is the same right of the strike before; or the same row of
 * a column of equal length.
 */
export type Against = 'nothing' | 'rows' | Int32Array;

const HIGHEST = 2_147_483_647;

/**
 * The bytes of a column: differences as unsigned numbers (zigzag), all lowest bytes first, then all second bytes and so on;
 * high bytes that are zero in every row are left out. `step` divides every value but `MISSING`. Returns how many bytes a row takes.
 */
export function writeColumn(column: Int32Array, against: Against, step: number, out: Uint8Array): number {
  const rows = column.length;
  const differences = new Int32Array(rows);
  let used = 0;
  for (let row = 0; row < rows; row += 1) {
    const difference = (folded(column[row] as number, step) - reference(column, against, step, row)) | 0;
    const unsigned = (difference << 1) ^ (difference >> 31);
    differences[row] = unsigned;
    used |= unsigned;
  }
  const planes = used === 0 ? 0 : 4 - (Math.clz32(used) >>> 3);
  for (let plane = 0; plane < planes; plane += 1) {
    const start = plane * rows;
    for (let row = 0; row < rows; row += 1) out[start + row] = (differences[row] as number) >>> (8 * plane);
  }
  return planes;
}

/** The column again, `rows` long. It is `against` itself when nothing differs from it. */
export function readColumn(bytes: Uint8Array, against: Against, step: number, rows: number): Int32Array {
  const planes = bytes.length / rows;
  if (bytes.length === 0 && typeof against !== 'string') return against;
  const out = new Int32Array(rows);
  for (let plane = 0; plane < planes; plane += 1) {
    const start = plane * rows;
    const shift = 8 * plane;
    for (let row = 0; row < rows; row += 1) {
      out[row] = (out[row] as number) | ((bytes[start + row] as number) << shift);
    }
  }
  restore(out, against, step);
  return out;
}

/** From unsigned differences to values, in place. */
function restore(out: Int32Array, against: Against, step: number): void {
  let before = 0;
  let above = 0;
  for (let row = 0; row < out.length; row += 1) {
    const unsigned = out[row] as number;
    let value = (unsigned >>> 1) ^ -(unsigned & 1);
    if (against === 'rows') {
      value = (value + above) | 0;
      above = before;
      before = value;
    } else if (against !== 'nothing') {
      value = (value + folded(against[row] as number, step)) | 0;
    }
    out[row] = unfolded(value, step);
  }
}

function reference(column: Int32Array, against: Against, step: number, row: number): number {
  if (against === 'nothing') return 0;
  if (against === 'rows') return row < 2 ? 0 : folded(column[row - 2] as number, step);
  return folded(against[row] as number, step);
}

/** Moves `MISSING` from the far end of the numbers to 0, where a difference to it is small. One to one. */
function folded(value: number, step: number): number {
  if (value === MISSING) return 0;
  return (value >= 0 ? value / step + 1 : value / step) | 0;
}

function unfolded(value: number, step: number): number {
  if (value === 0) return MISSING;
  if (value === MISSING) return HIGHEST;
  return value > 0 ? (value - 1) * step : value * step;
}
