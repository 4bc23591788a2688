import type { EpochDay } from '../../../core/calendar/time.ts';
import { type DailyBars, emptyBars } from '../../../core/market/bars.ts';
import { sessionOf } from './moments.ts';
import type { Tally } from './tally.ts';

/** Open, high, low, close in 1/10,000 dollars and shares; `NaN` = unknown. */
export interface Bar {
  readonly day: EpochDay;
  readonly line: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Bars of one symbol as columns, oldest first; a day that is no session, repeated or without a close is rejected. */
export function barColumns(symbol: string, bars: readonly Bar[], tally: Tally): DailyBars {
  const good: Bar[] = [];
  for (const bar of [...bars].sort((a, b) => a.day - b.day)) {
    if (Number.isNaN(bar.close)) tally.reject('close', bar.line);
    else if (!(bar.close > 0) || bar.open <= 0 || bar.high <= 0 || bar.low <= 0) tally.reject('broken', bar.line);
    else if (sessionOf(bar.day) === null) tally.reject('holiday', bar.line);
    else if (good.at(-1)?.day === bar.day) tally.reject('repeated', bar.line);
    else {
      if (outsideRange(bar)) tally.flag('range', bar.line);
      good.push(bar);
    }
  }
  const columns = emptyBars(symbol, good.length);
  for (const [row, { day, open, high, low, close, volume }] of good.entries()) {
    columns.day[row] = day;
    columns.open[row] = open;
    columns.high[row] = high;
    columns.low[row] = low;
    columns.close[row] = close;
    columns.volume[row] = volume;
  }
  return columns;
}

function outsideRange({ open, high, low, close }: Bar): boolean {
  return open > high || open < low || close > high || close < low;
}
