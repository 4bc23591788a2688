import { newYorkDate } from '../../core/calendar/new-york.ts';
import type { EpochMs } from '../../core/calendar/time.ts';
import type { Side } from '../../core/market/contract.ts';
import type { Money } from '../../core/market/money.ts';
import type { BookExecution, BookOrder, OrderRequest } from './book.ts';
import type { BookRecord, ExecutedLeg } from './book-record.ts';
import { feesOf, UNCHARGED } from './fees.ts';
import { type BookState, positionKey, realizedBy } from './ledger.ts';
import type { Market } from './market.ts';
import type { LegMarket, MatchFill } from './matching.ts';
import { legsOf, multiplierOfListing, orderMultiplier } from './order-check.ts';

/** The quotes of an order's legs, less what earlier fills took from them; `null` when one has none. */
export function legMarkets(state: BookState, market: Market, request: OrderRequest): LegMarket[] | null {
  const legs: LegMarket[] = [];
  const whole = orderMultiplier(request, market);
  for (const leg of legsOf(request)) {
    const quote = market.quote(leg.conId);
    if (quote === null) return null;
    const taken = state.taken.get(leg.conId);
    const fresh = taken?.on === market.sequenceOf(leg.conId) ? taken : { bid: 0, ask: 0 };
    const weight = (leg.ratio * multiplierOfListing(market, leg.conId)) / whole;
    legs.push({ leg, weight, quote, bidTaken: fresh.bid, askTaken: fresh.ask });
  }
  return legs;
}

/** The record of a fill: one line for a single order; for a combo one for the whole and one for each leg. */
export function fillRecord(
  state: BookState,
  market: Market,
  of: { readonly order: BookOrder; readonly fill: MatchFill; readonly at: EpochMs; readonly on: number },
): Extract<BookRecord, { kind: 'filled' }> {
  const { order, fill, at, on } = of;
  const legs = legsOf(order.request).map((leg, i) => ({
    conId: leg.conId,
    side: sideOf(order.request.side, leg.side),
    quantity: leg.ratio * fill.quantity,
    price: fill.legPrices[i] as Money,
    multiplier: multiplierOfListing(market, leg.conId),
    kind: market.listing(leg.conId)?.instrument.kind === 'stock' ? ('stock' as const) : ('option' as const),
  }));
  const { perLeg, charged } = feesOf(legs, state.fees.get(order.permId) ?? UNCHARGED, newYorkDate(at));
  const lines: Line[] = legs.map((leg, i) => ({ ...leg, commission: perLeg[i] as Money }));
  if (order.request.conId === 0) {
    const { side } = order.request;
    lines.unshift({ conId: 0, side, quantity: fill.quantity, price: fill.price, multiplier: 0, commission: null });
  }
  const first = (state.lines.get(order.permId) ?? 0) + 1;
  const executed = lines.map((line, i): ExecutedLeg => {
    const execution = executionOf(state, market, { order, line, at, number: first + i });
    const sequence = line.conId === 0 ? on : market.sequenceOf(line.conId);
    return { execution, multiplier: line.multiplier, on: sequence };
  });
  return {
    kind: 'filled',
    permId: order.permId,
    at,
    on,
    quantity: fill.quantity,
    price: fill.price,
    fees: charged,
    legs: executed,
  };
}

interface Line {
  readonly conId: number;
  readonly side: Side;
  readonly quantity: number;
  readonly price: Money;
  readonly multiplier: number;
  readonly commission: Money | null;
}

function executionOf(
  state: BookState,
  market: Market,
  of: { readonly order: BookOrder; readonly line: Line; readonly at: EpochMs; readonly number: number },
): BookExecution {
  const { order, line, at } = of;
  const { request, permId } = order;
  const earlier = state.executions.filter((one) => one.permId === permId && one.conId === line.conId);
  const before = earlier.reduce((sum, one) => sum + one.quantity, 0);
  const paid = earlier.reduce((sum, one) => sum + one.quantity * one.price, 0);
  const cumulative = before + line.quantity;
  const held = state.positions.get(positionKey(request.account, line.conId));
  const signed = line.side === 'buy' ? line.quantity : -line.quantity;
  const deal = { quantity: signed, price: line.price };
  return {
    execId: execIdOf(permId, of.number),
    permId,
    clientId: request.clientId,
    orderId: request.orderId,
    orderRef: request.orderRef,
    account: request.account,
    conId: line.conId,
    symbol: market.listing(line.conId)?.instrument.symbol ?? request.symbol,
    side: line.side,
    quantity: line.quantity,
    price: line.price,
    at,
    cumulative,
    averagePrice: Math.round((paid + line.quantity * line.price) / cumulative) as Money,
    commission: line.commission,
    realized: line.multiplier === 0 ? null : realizedBy(held, deal, line.multiplier),
  };
}

/** Same order, same fill, same id: the part after the last dot is the revision. */
function execIdOf(permId: number, number: number): string {
  return `0000e0d5.${permId.toString(16).padStart(8, '0')}.${String(number).padStart(2, '0')}.01`;
}

export function sideOf(order: Side, leg: Side): Side {
  return order === leg ? 'buy' : 'sell';
}
