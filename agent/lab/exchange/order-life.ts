import { newYorkDate } from '../../core/calendar/new-york.ts';
import { isOpenAt, nextSession, sessionOn } from '../../core/calendar/sessions.ts';
import type { EpochMs } from '../../core/calendar/time.ts';
import { ZERO } from '../../core/market/money.ts';
import type { BookOrder, BookStatus, OrderRequest } from './book.ts';
import type { Market } from './market.ts';
import { legsOf } from './order-check.ts';

export function newOrder(
  request: OrderRequest,
  accepted: { readonly at: EpochMs; readonly on: number; readonly permId: number },
): BookOrder {
  return {
    request,
    permId: accepted.permId,
    status: 'PreSubmitted',
    filled: 0,
    averagePrice: ZERO,
    lastPrice: ZERO,
    acceptedAt: accepted.at,
    acceptedOn: accepted.on,
    endedAt: null,
    reason: '',
  };
}

/** An order that comes while the exchange is closed waits for the open. */
export function statusAt(at: EpochMs): BookStatus {
  return isOpenAt(at) ? 'Submitted' : 'PreSubmitted';
}

/** A DAY order ends with the session it was accepted in or for; any order ends with the last session of its contracts. */
export function expiresAt(market: Market, order: BookOrder): EpochMs {
  const ends = legsOf(order.request).flatMap(({ conId }) => {
    const instrument = market.listing(conId)?.instrument;
    const close = instrument?.kind === 'option' ? sessionOn(instrument.expiration)?.close : undefined;
    return close === undefined ? [] : [close];
  });
  const date = newYorkDate(order.acceptedAt);
  const today = sessionOn(date);
  const session = today !== null && order.acceptedAt < today.close ? today : nextSession(date);
  return Math.min(...ends, order.request.timeInForce === 'GTC' ? Number.POSITIVE_INFINITY : session.close);
}
