import { epochDay } from '../../../agent/core/calendar/time.ts';
import { type DailyBars, emptyBars } from '../../../agent/core/market/bars.ts';
import { money } from '../../../agent/core/market/money.ts';

export interface SampleBar {
  readonly date: string;
  readonly close: number;
  readonly open?: number;
  readonly high?: number;
  readonly low?: number;
  readonly volume?: number;
}

/** Bars in dollars; what is left out is unknown. */
export function sampleBars(bars: readonly SampleBar[], symbol = 'AAPL'): DailyBars {
  const columns = emptyBars(symbol, bars.length);
  bars.forEach((bar, row) => {
    columns.day[row] = epochDay(bar.date);
    columns.close[row] = money(bar.close);
    columns.volume[row] = bar.volume ?? Number.NaN;
    for (const name of ['open', 'high', 'low'] as const) {
      const value = bar[name];
      columns[name][row] = value === undefined ? Number.NaN : money(value);
    }
  });
  return columns;
}
