import type { EpochMs } from '../calendar/time.ts';
import { multiplierOf } from '../market/contract.ts';
import { mid, quoteFault } from '../market/mid.ts';
import type { Money } from '../market/money.ts';
import type { Quote } from '../market/quote.ts';
import type { Position } from './position.ts';

/** What a holding is worth now, per share; `price` is `null` when no quote can be trusted, and `fault` says why. */
export interface Mark {
  readonly price: Money | null;
  readonly at: EpochMs | null;
  readonly fault: string | null;
}

/**
 * Marks at mid, short or long: the ask would punish every short put for the width of its market at the opening. Zero bids
 * are usable here, since a worthless option has none: then half the ask. A quote that is missing, crossed, stale or from the
 * future gives no mark, never an old or a zero one.
 */
export function markOf(quote: Pick<Quote, 'bid' | 'ask' | 'quotedAt'> | null, now: EpochMs, maxAgeMs: number): Mark {
  if (quote === null) return { price: null, at: null, fault: 'no quote' };
  const { bid, ask, quotedAt } = quote;
  const zeroBid = bid === 0 && ask !== null && ask > 0;
  const fault = quoteFault(zeroBid ? { bid: ask, ask, quotedAt } : quote, now, maxAgeMs);
  if (fault !== null) return { price: null, at: quotedAt, fault };
  return { price: zeroBid ? (Math.ceil(ask / 2) as Money) : mid(bid, ask), at: quotedAt, fault: null };
}

/** Profit of what is open, were it closed at this price; commissions left out. */
export function unrealized(position: Position, price: Money): Money {
  const value = position.quantity * multiplierOf(position.instrument) * price;
  return (position.credit + value || 0) as Money;
}
