import type { IsoDate } from '../../core/calendar/time.ts';
import { dollars, type Money, ZERO } from '../../core/market/money.ts';
import type { BookOrder, Margin, OrderRequest, Refusal } from './book.ts';
import { feesOf, UNCHARGED } from './fees.ts';
import { sideOf } from './fill.ts';
import { type BookState, isWorking } from './ledger.ts';
import type { Market } from './market.ts';
import { legsOf, multiplierOfListing, orderMultiplier, rejected } from './order-check.ts';
import { type Hypothesis, markOf, standingOf } from './valuation.ts';

/** What an order would do to its account, or why nobody can say. */
export function marginOf(state: BookState, market: Market, request: OrderRequest): Margin | Refusal {
  const done = hypothesisOf(market, request, { quantity: request.quantity, date: state.date });
  if (done === null) return rejected('there is no price to compute the margin with');
  const before = standingOf(state, market, { account: request.account, done: [] });
  const after = standingOf(state, market, { account: request.account, done: [done] });
  return {
    initialBefore: before.initial as Money,
    maintenanceBefore: before.maintenance as Money,
    equityBefore: before.equityWithLoan as Money,
    initialAfter: after.initial as Money,
    maintenanceAfter: after.maintenance as Money,
    equityAfter: after.equityWithLoan as Money,
    commission: done.commission,
  };
}

/**
 * Refuses what the account could not carry if it and all other working orders were filled, unless it makes things better.
 * `instead` is the order that this request replaces.
 */
export function checkMargin(
  state: BookState,
  market: Market,
  of: { readonly request: OrderRequest; readonly filled: number; readonly instead: number | null },
): Refusal | null {
  const { account, quantity } = of.request;
  const { date } = state;
  const own = hypothesisOf(market, of.request, { quantity: quantity - of.filled, date });
  if (own === null) return rejected('there is no price to compute the margin with');
  const others = workingBeside(state, account, of.instead).flatMap((order) => {
    const done = hypothesisOf(market, order.request, { quantity: order.request.quantity - order.filled, date });
    return done === null ? [] : [done];
  });
  const before = standingOf(state, market, { account, done: others });
  const after = standingOf(state, market, { account, done: [...others, own] });
  const room = after.equityWithLoan - after.initial;
  if (room >= 0 || room >= before.equityWithLoan - before.initial) return null;
  const [equity, initial] = [after.equityWithLoan, after.initial].map((one) => dollars(one as Money).toFixed(2));
  return rejected(`the equity with loan value [${equity} USD] must exceed the initial margin [${initial} USD]`);
}

function workingBeside(state: BookState, account: string, instead: number | null): BookOrder[] {
  return [...state.orders.values()].filter(
    (order) => isWorking(order) && order.request.account === account && order.permId !== instead,
  );
}

/** An order taken as filled: at its limit, a market order at the touch. */
function hypothesisOf(
  market: Market,
  request: OrderRequest,
  { quantity, date }: { readonly quantity: number; readonly date: IsoDate },
): (Hypothesis & { readonly commission: Money }) | null {
  const legs = legsOf(request).map((leg) => {
    const side = sideOf(request.side, leg.side);
    const quote = market.quote(leg.conId);
    const touch = side === 'buy' ? quote?.ask : quote?.bid;
    const count = leg.ratio * quantity;
    return {
      conId: leg.conId,
      side,
      quantity: count,
      price: touch ?? markOf(market, leg.conId),
      multiplier: multiplierOfListing(market, leg.conId),
      kind: market.listing(leg.conId)?.instrument.kind === 'stock' ? ('stock' as const) : ('option' as const),
    };
  });
  const single = legs.length === 1 && request.limit !== null ? request.limit : null;
  const priced = legs.map((leg) => ({ ...leg, price: single ?? leg.price ?? (request.limit === null ? null : ZERO) }));
  const known = priced.flatMap((leg) => (leg.price === null ? [] : [{ ...leg, price: leg.price }]));
  if (known.length < legs.length) return null;
  const { perLeg } = feesOf(known, UNCHARGED, date);
  const commission = perLeg.reduce((sum, one) => sum + one, 0) as Money;
  const sign = request.side === 'buy' ? -1 : 1;
  const net =
    request.limit === null
      ? known.reduce((sum, leg) => sum - (leg.side === 'buy' ? 1 : -1) * leg.quantity * leg.multiplier * leg.price, 0)
      : sign * request.limit * quantity * orderMultiplier(request, market);
  return {
    cash: net - commission,
    commission,
    legs: known.map(({ conId, side, quantity: count, price }) => ({
      conId,
      quantity: side === 'buy' ? count : -count,
      price,
    })),
  };
}
