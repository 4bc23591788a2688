import { addDays } from '../../core/calendar/new-york.ts';
import { FIRST_SESSION_YEAR, sessions } from '../../core/calendar/sessions.ts';
import { type EpochMs, epochDay, type IsoDate } from '../../core/calendar/time.ts';
import { adjustedBars, adjustedChain, type View } from '../../core/market/adjustment.ts';
import { type DailyBars, emptyBars } from '../../core/market/bars.ts';
import type { Chain } from '../../core/market/chain.ts';
import type { CorporateAction } from '../../core/market/corporate-action.ts';
import { daysOf, type Store } from './store.ts';

type Listing = Pick<Store, 'list'>;

const FIRST_DATE = `${FIRST_SESSION_YEAR}-01-01`;
const RANKED_DAYS = 252;
/** Holds that many sessions in any year. */
const CALENDAR_DAYS = 380;

/** Daily bars as they were traded. */
export async function storedBars(store: Listing, symbol: string, from?: IsoDate, before?: IsoDate): Promise<DailyBars> {
  const records = await store.list('bars', daysOf(symbol, from, before));
  const bars = emptyBars(symbol, records.length);
  for (const [row, [key, bar]] of records.entries()) {
    bars.day[row] = epochDay(key.slice(-'YYYY-MM-DD'.length));
    bars.open[row] = bar.open ?? Number.NaN;
    bars.high[row] = bar.high ?? Number.NaN;
    bars.low[row] = bar.low ?? Number.NaN;
    bars.close[row] = bar.close;
    bars.volume[row] = bar.volume ?? Number.NaN;
  }
  return bars;
}

/** Splits, dividends and listings, oldest first. */
export async function storedActions(store: Listing, symbol: string): Promise<CorporateAction[]> {
  return (await store.list('actions', daysOf(symbol))).map(([, action]) => action);
}

/**
 * Daily implied volatility of the 252 trading days before a date, oldest first, without the days that have none: what IV rank
 * and percentile are asked with. Older days say nothing of today's range, even when they are the only ones.
 */
export async function storedVolatility(store: Listing, symbol: string, before: IsoDate): Promise<number[]> {
  const from = addDays(before, -CALENDAR_DAYS);
  const days = sessions(from < FIRST_DATE ? FIRST_DATE : from, addDays(before, -1));
  const records = await store.list('volatility', daysOf(symbol, days.at(-RANKED_DAYS)?.date, before));
  return records.map(([, { impliedVolatility }]) => impliedVolatility);
}

/** The rate that held on a date, and since when; `null` = none is known. */
export async function storedRate(
  store: Listing,
  date: IsoDate,
): Promise<{ readonly rate: number; readonly since: IsoDate } | null> {
  const [newest] = await store.list('rates', { before: `${date}~`, newestFirst: true, most: 1 });
  return newest === undefined ? null : { rate: newest[1].rate, since: newest[0] };
}

/** Daily bars adjusted on reading; see adjustment.ts. */
export async function viewBars(store: Listing, symbol: string, view: View): Promise<DailyBars> {
  return adjustedBars(await storedBars(store, symbol), await storedActions(store, symbol), view);
}

/** The newest chain at or before an instant, in the shares of `view.asOf`; `null` = none that could be seen on that day. */
export async function viewChainAt(
  store: Pick<Store, 'list' | 'chainAt'>,
  symbol: string,
  { at, view }: { readonly at: EpochMs; readonly view: View },
): Promise<Chain | null> {
  const chain = await store.chainAt(symbol, at);
  return chain === null ? null : adjustedChain(chain, await storedActions(store, symbol), view);
}
