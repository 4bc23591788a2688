/** Fewer days than this say nothing about where volatility stands. */
const LEAST_DAYS = 60;
const WINDOW_DAYS = 252;

/**
 * Where today's implied volatility stands in its range of the last 252 trading days, 0–100:
 * (today − lowest) ÷ (highest − lowest). `null` = unknown: fewer than 60 days of history, no value for today, or a range
 * of zero. Today itself belongs to the range, so the rank cannot leave it.
 * @param history daily implied volatility as annual fractions, oldest first, without today
 */
export function ivRank(history: readonly number[], today: number | null): number | null {
  if (today === null || !(today > 0)) return null;
  const window = rankedWindow(history);
  if (window === null) return null;
  const lowest = Math.min(today, ...window);
  const highest = Math.max(today, ...window);
  return highest > lowest ? 100 * ((today - lowest) / (highest - lowest)) : null;
}

/** The days of the window that have a value; `null` when they are too few. */
export function rankedWindow(history: readonly number[]): readonly number[] | null {
  const window = history.slice(-WINDOW_DAYS).filter((value) => Number.isFinite(value) && value > 0);
  return window.length < LEAST_DAYS ? null : window;
}
