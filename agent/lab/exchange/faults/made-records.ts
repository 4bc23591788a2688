import type { EpochMs } from '../../../core/calendar/time.ts';
import { type Money, money, ZERO } from '../../../core/market/money.ts';
import type { BookExecution, BookOrder, OrderRequest } from '../book.ts';
import type { BookRecord } from '../book-record.ts';
import { fillRecord, legMarkets } from '../fill.ts';
import { fillAsPlanned, type MatchFill } from '../matching.ts';
import { newOrder } from '../order-life.ts';
import type { BookHand } from './book-seam.ts';
import type { FaultSettings } from './fault.ts';

type Settlement = Extract<BookRecord, { kind: 'settled' }>;

const REVISION = /\.(\d+)$/;

/** A fill that the market did not make; `price` `null` = the limit, or what the market asks. `null` when it cannot be. */
export function madeFill(
  { state, market }: BookHand,
  order: BookOrder,
  wanted: { readonly quantity: number; readonly price: Money | null; readonly at: EpochMs },
): BookRecord | null {
  const quantity = Math.min(wanted.quantity, order.request.quantity - order.filled);
  const price = wanted.price ?? order.request.limit ?? touchOf(order, market);
  if (quantity <= 0 || price === null) return null;
  const legs = legMarkets(state, market, order.request);
  const single: MatchFill = { quantity, price, legPrices: [price] };
  const split = legs === null ? null : fillAsPlanned(order, legs, { price, quantity });
  const fill = order.request.conId === 0 ? split : single;
  return fill === null ? null : fillRecord(state, market, { order, fill, at: wanted.at, on: market.sequence });
}

/** An order that is dead as soon as it is known. */
export function stillborn(
  { state, market }: BookHand,
  request: OrderRequest,
  given: { readonly at: EpochMs; readonly reason: string },
): BookRecord {
  const { at, reason } = given;
  const order = newOrder(request, { at, on: market.sequence, permId: state.nextPermId });
  return { kind: 'accepted', order: { ...order, status: 'Inactive', endedAt: at, reason }, resting: false };
}

/** The next revision of an execution, at another price. */
export function corrected(execution: BookExecution, by: number): BookRecord {
  const { execId, price, quantity, cumulative, averagePrice } = execution;
  const moved = Math.max(1, price + money(by)) as Money;
  const revision = String(Number(REVISION.exec(execId)?.[1] ?? 1) + 1).padStart(2, '0');
  const average = Math.round((averagePrice * cumulative + (moved - price) * quantity) / cumulative) as Money;
  return {
    kind: 'corrected',
    execId,
    execution: { ...execution, execId: execId.replace(REVISION, `.${revision}`), price: moved, averagePrice: average },
  };
}

/** A short option that is assigned before its time: the option goes, the shares come. `null` = there is none. */
export function assignment(
  { state, market }: BookHand,
  { conId, quantity }: FaultSettings['assignment'],
  at: EpochMs,
): Settlement | null {
  for (const held of state.positions.values()) {
    const listing = market.listing(held.conId);
    const option = listing?.instrument;
    if (held.quantity >= 0 || listing === null || option?.kind !== 'option' || ![0, held.conId].includes(conId))
      continue;
    const assigned = quantity === 0 ? -held.quantity : Math.min(quantity, -held.quantity);
    return {
      kind: 'settled',
      account: held.account,
      conId: held.conId,
      outcome: 'assigned',
      quantity: -assigned,
      multiplier: held.multiplier,
      sharesConId: listing.underlyingConId,
      shares: (option.right === 'P' ? assigned : -assigned) * held.multiplier,
      strike: option.strike,
      at,
    };
  }
  return null;
}

/** An order of somebody at the gateway itself. */
export function manualRequest(
  { book, market }: BookHand,
  { conId, side, quantity, limit }: FaultSettings['manualOrder'],
): OrderRequest {
  return {
    clientId: 0,
    orderId: book.nextOrderId(0),
    orderRef: '',
    conId,
    legs: [],
    symbol: market.listing(conId)?.instrument.symbol ?? '',
    side,
    quantity,
    type: 'LMT',
    limit: money(limit),
    timeInForce: 'DAY',
    account: '',
    transmit: true,
    whatIf: false,
    outsideRth: false,
  };
}

function touchOf({ request }: BookOrder, market: BookHand['market']): Money | null {
  const quote = request.conId === 0 ? null : market.quote(request.conId);
  if (quote === null) return null;
  const touch = request.side === 'buy' ? quote.ask : quote.bid;
  return touch ?? quote.last ?? (quote.close === ZERO ? null : quote.close);
}
