import type { EpochDay } from '../calendar/time.ts';

/**
 * Daily prices of one underlying as columns, oldest first, no day twice. Prices are whole 1/10,000 dollars (`Money`; an index
 * counts its points as dollars), as they were traded on that day: see adjustment.ts for splits and dividends. `NaN` = unknown;
 * the close is always known.
 */
export interface DailyBars {
  readonly symbol: string;
  readonly size: number;
  readonly day: Int32Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

export function emptyBars(symbol: string, size: number): DailyBars {
  const unknown = (): Float64Array => new Float64Array(size).fill(Number.NaN);
  const day = new Int32Array(size);
  return { symbol, size, day, open: unknown(), high: unknown(), low: unknown(), close: unknown(), volume: unknown() };
}

/** The first `size` bars, in columns of their own. */
export function firstBars(bars: DailyBars, size: number): DailyBars {
  const { symbol, day, open, high, low, close, volume } = bars;
  const cut = (column: Float64Array): Float64Array => column.slice(0, size);
  return {
    symbol,
    size: Math.min(size, bars.size),
    day: day.slice(0, size),
    open: cut(open),
    high: cut(high),
    low: cut(low),
    close: cut(close),
    volume: cut(volume),
  };
}

/** The row of the last bar on or before a day, -1 when there is none. */
export function barAtOrBefore(bars: DailyBars, day: EpochDay): number {
  let low = 0;
  let high = bars.size;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bars.day[middle] as number) <= day) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
