import type { Side } from '../../../core/market/contract.ts';
import type { Money } from '../../../core/market/money.ts';
import type { Market, MarketQuote } from '../market.ts';

interface QuotedLeg {
  readonly conId: number;
  readonly side: Side;
  readonly ratio: number;
}

/** What a combination costs leg by leg: its bid is what selling all of it brings. `null` = a leg is not listed. */
export function comboQuote(market: Market, legs: readonly QuotedLeg[]): MarketQuote | null {
  let quotedAt = 0;
  let data: MarketQuote['data'] = 'live';
  const [bids, asks, closes]: (Money | null)[][] = [[], [], []];
  for (const { conId, side, ratio } of legs) {
    const quote = market.quote(conId);
    if (quote === null) return null;
    quotedAt = Math.max(quotedAt, quote.quotedAt);
    if (quote.data !== 'live') data = quote.data;
    const sign = side === 'buy' ? ratio : -ratio;
    bids?.push(scaled(side === 'buy' ? quote.bid : quote.ask, sign));
    asks?.push(scaled(side === 'buy' ? quote.ask : quote.bid, sign));
    closes?.push(scaled(quote.close, sign));
  }
  const nothing = { last: null, open: null, high: null, low: null, volume: null, openInterest: null, model: null };
  const bid = sum(bids);
  const ask = sum(asks);
  const sizes = { bidSize: bid === null ? null : 1, askSize: ask === null ? null : 1 };
  return { ...nothing, bid, ask, close: sum(closes), ...sizes, quotedAt, data };
}

function scaled(price: Money | null, factor: number): Money | null {
  return price === null ? null : ((price * factor) as Money);
}

function sum(amounts: readonly (Money | null)[] | undefined): Money | null {
  let total = 0;
  for (const amount of amounts ?? []) {
    if (amount === null) return null;
    total += amount;
  }
  return total as Money;
}
