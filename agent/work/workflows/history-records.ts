import { isoDate } from '../../core/calendar/time.ts';
import type { DailyBars } from '../../core/market/bars.ts';
import type { CorporateAction } from '../../core/market/corporate-action.ts';
import type { Money } from '../../core/market/money.ts';
import type { HistoryPart } from '../../edges/history/history.ts';
import type { DayBar } from '../../edges/store/records.ts';
import { dayKey, daysOf, type Store, type Write } from '../../edges/store/store.ts';

type Records = Exclude<HistoryPart, { kind: 'chain' }>;
type Reading = Pick<Store, 'get' | 'list'>;

/** What has to be written so that the store knows what a part of history says; nothing when it does already. */
export async function recordWrites(store: Reading, part: Records): Promise<Write[]> {
  switch (part.kind) {
    case 'bars':
      return barWrites(store, part.bars);
    case 'actions':
      return actionWrites(store, part.symbol, part.actions);
    case 'earnings': {
      const known = (await store.get('earnings', part.symbol))?.dates ?? [];
      const dates = [...new Set([...known, ...part.dates])].sort();
      return dates.length === known.length ? [] : [{ table: 'earnings', key: part.symbol, put: { dates } }];
    }
    case 'rates': {
      const known = new Map(await store.list('rates'));
      const news = part.rates.filter(({ date, rate }) => known.get(date)?.rate !== rate);
      return news.map(({ date, rate }) => ({ table: 'rates', key: date, put: { rate } }));
    }
  }
}

/** A day that another file has told more of is left as it is. */
async function barWrites(store: Reading, bars: DailyBars): Promise<Write[]> {
  const { symbol, size } = bars;
  if (size === 0) return [];
  const first = isoDate(bars.day[0] as number);
  const known = new Map(await store.list('bars', daysOf(symbol, first)));
  const writes: Write[] = [];
  for (let row = 0; row < size; row += 1) {
    const key = dayKey(symbol, isoDate(bars.day[row] as number));
    const put = barAt(bars, row);
    const old = known.get(key);
    if (old !== undefined && (told(old) > told(put) || sameBar(old, put))) continue;
    writes.push({ table: 'bars', key, put });
  }
  return writes;
}

function barAt(bars: DailyBars, row: number): DayBar {
  const value = (column: Float64Array): number | null =>
    Number.isFinite(column[row]) ? (column[row] as number) : null;
  return {
    open: value(bars.open) as Money | null,
    high: value(bars.high) as Money | null,
    low: value(bars.low) as Money | null,
    close: bars.close[row] as Money,
    volume: value(bars.volume),
  };
}

function told(bar: DayBar): number {
  return Object.values(bar).filter((value) => value !== null).length;
}

function sameBar(a: DayBar, b: DayBar): boolean {
  return a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume;
}

/** A split that was only read off the strikes does not overrule one that was told of. */
async function actionWrites(store: Reading, symbol: string, actions: readonly CorporateAction[]): Promise<Write[]> {
  const known = new Map(await store.list('actions', daysOf(symbol)));
  return actions.flatMap((action): Write[] => {
    const key = `${dayKey(symbol, action.date)}/${action.kind}`;
    const old = known.get(key);
    const detected = action.kind === 'split' && action.detected === true;
    if (old !== undefined && (detected || JSON.stringify(old) === JSON.stringify(action))) return [];
    return [{ table: 'actions', key, put: action }];
  });
}
