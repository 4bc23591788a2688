import type { DailyBars } from './bars.ts';

/** Trading days of a year, by which daily variance is annualised. */
const DAYS = 252;

/**
 * Realised volatility as an annual fraction over the rows [from, to) of bars, which must be adjusted for splits and
 * dividends. `null` = fewer than two returns there, or a price that is unknown or not positive. An overnight move needs the row before, so the first
 * return is that of row `from + 1`.
 */
export type RealisedVolatility = (bars: DailyBars, from?: number, to?: number) => number | null;

/** Standard deviation of the log returns from close to close, with n - 1. */
export const closeToClose: RealisedVolatility = (bars, from = 0, to = bars.size) => {
  const moves = moments(from + 1, to, (row) => log(bars.close, row, bars.close, row - 1));
  return annual(moves.variance);
};

/** From the range of each day: mean of ln(high / low)^2 / (4 ln 2). Source: Parkinson 1980. Blind to what happens overnight. */
export const parkinson: RealisedVolatility = (bars, from = 0, to = bars.size) => {
  const range = moments(from, to, (row) => log(bars.high, row, bars.low, row) ** 2);
  return annual(range.count < 2 ? Number.NaN : range.mean / (4 * Math.LN2));
};

/**
 * Overnight variance + k x open-to-close variance + (1 - k) x Rogers-Satchell variance, k = 0.34 / (1.34 + (n + 1) / (n - 1)).
 * Independent of drift and of opening jumps. Source: Yang and Zhang 2000, "Drift-independent volatility estimation".
 */
export const yangZhang: RealisedVolatility = (bars, from = 0, to = bars.size) => {
  const { open, high, low, close } = bars;
  const overnight = moments(from + 1, to, (row) => log(open, row, close, row - 1));
  const session = moments(from + 1, to, (row) => log(close, row, open, row));
  const inside = moments(
    from + 1,
    to,
    (row) =>
      log(high, row, close, row) * log(high, row, open, row) + log(low, row, close, row) * log(low, row, open, row),
  );
  const n = overnight.count;
  const k = 0.34 / (1.34 + (n + 1) / (n - 1));
  return annual(overnight.variance + k * session.variance + (1 - k) * inside.mean);
};

interface Moments {
  readonly count: number;
  readonly mean: number;
  /** With n - 1; `NaN` below two values. */
  readonly variance: number;
}

function moments(from: number, to: number, move: (row: number) => number): Moments {
  const count = Math.max(0, to - from);
  let sum = 0;
  for (let row = from; row < to; row += 1) sum += move(row);
  const mean = sum / count;
  let squares = 0;
  for (let row = from; row < to; row += 1) squares += (move(row) - mean) ** 2;
  return { count, mean, variance: count < 2 ? Number.NaN : squares / (count - 1) };
}

function log(above: Float64Array, row: number, below: Float64Array, other: number): number {
  const a = above[row] ?? Number.NaN;
  const b = below[other] ?? Number.NaN;
  return a > 0 && b > 0 ? Math.log(a / b) : Number.NaN;
}

function annual(dailyVariance: number): number | null {
  return dailyVariance >= 0 && Number.isFinite(dailyVariance) ? Math.sqrt(dailyVariance * DAYS) : null;
}
