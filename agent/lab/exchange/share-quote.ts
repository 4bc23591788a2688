import type { EpochMs } from '../../core/calendar/time.ts';
import { MONEY_PER_DOLLAR, type Money } from '../../core/market/money.ts';
import { activityUntil, type DayPath } from './day-path.ts';
import type { Listing, MarketQuote } from './market.ts';
import { uniform } from './random.ts';
import { nearestTick, tickAbove, tickBelow } from './ticks.ts';

/** Prices of a stock or future over one session, in dollars; `factor` turns the underlying's path into them. */
export interface ShareDay {
  readonly path: DayPath;
  readonly factor: number;
  readonly previousClose: number;
  readonly previousCloseAt: EpochMs;
  readonly dailyVolume: number;
  readonly seed: number;
}

export function shareQuote(day: ShareDay, listing: Listing, now: { step: number; at: EpochMs }): MarketQuote {
  const { path, factor, seed } = day;
  const { step } = now;
  const tick = (dollars: number): Money => nearestTick(listing.ticks, dollars * factor * MONEY_PER_DOLLAR);
  const middle = (path.spot[step] as number) * factor * MONEY_PER_DOLLAR;
  const wide = 40 + 60 * uniform(seed, listing.conId, step, 1);
  const bid = tickBelow(listing.ticks, middle - wide);
  const size = (salt: number): number => 100 * Math.ceil(1 + 12 * uniform(seed, listing.conId, step, salt));
  return {
    bid,
    ask: tickAbove(listing.ticks, Math.max(middle + wide, bid + 1)),
    last: tick(path.spot[step] as number),
    close: tick(day.previousClose),
    bidSize: size(2),
    askSize: size(3),
    volume: Math.floor(day.dailyVolume * activityUntil(step / path.steps)),
    quotedAt: now.at,
    data: step >= path.steps ? 'frozen' : 'live',
    open: tick(path.spot[0] as number),
    high: tick(path.high[step] as number),
    low: tick(path.low[step] as number),
    openInterest: null,
    model: null,
  };
}

/** Before the open: yesterday's close, nobody quotes. */
export function shareBeforeOpen(day: ShareDay, listing: Listing): MarketQuote {
  const close = nearestTick(listing.ticks, day.previousClose * day.factor * MONEY_PER_DOLLAR);
  return {
    bid: null,
    ask: null,
    last: close,
    close,
    bidSize: null,
    askSize: null,
    volume: null,
    quotedAt: day.previousCloseAt,
    data: 'frozen',
    open: null,
    high: null,
    low: null,
    openInterest: null,
    model: null,
  };
}
