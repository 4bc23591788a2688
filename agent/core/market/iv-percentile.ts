import { rankedWindow } from './iv-rank.ts';

/**
 * Share of the last 252 trading days, 0-100, on which implied volatility was below today's. `null` = unknown: fewer than 60
 * days of history or no value for today.
 * @param history daily implied volatility as annual fractions, oldest first, without today
 */
export function ivPercentile(history: readonly number[], today: number | null): number | null {
  const window = rankedWindow(history);
  if (today === null || !(today > 0) || window === null) return null;
  return (100 * window.filter((value) => value < today).length) / window.length;
}
