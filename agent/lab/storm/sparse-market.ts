import { newYorkDate } from '../../core/calendar/new-york.ts';
import { isOpenAt, sessionOn } from '../../core/calendar/sessions.ts';
import { type EpochMs, MINUTE_MS } from '../../core/calendar/time.ts';
import type { Market } from '../exchange/market.ts';

/** Making the bars of a year costs more than the rest of a day. */
const MOST_BARS = 5;

/** A market that is looked at only so often while it is open: prices are the same, there are fewer of them. */
export function sparseMarket(market: Market, everyMs = 5 * MINUTE_MS): Market {
  return {
    advance: (at) => market.advance(at),
    nextChange: (after) => nextLook(market, after, everyMs),
    get sequence() {
      return market.sequence;
    },
    sequenceOf: (conId) => market.sequenceOf(conId),
    quote: (conId) => market.quote(conId),
    listing: (conId) => market.listing(conId),
    symbols: () => market.symbols(),
    listings: (symbol) => market.listings(symbol),
    history: (conId, days, what) => market.history(conId, Math.min(days, MOST_BARS), what),
  };
}

function nextLook(market: Market, after: EpochMs, everyMs: number): EpochMs | null {
  const open = sessionOn(newYorkDate(after))?.open;
  if (open === undefined || !isOpenAt(after)) return market.nextChange(after);
  const due = open + (Math.floor((after - open) / everyMs) + 1) * everyMs;
  return isOpenAt(due) ? due : (sessionOn(newYorkDate(after))?.close ?? null);
}
