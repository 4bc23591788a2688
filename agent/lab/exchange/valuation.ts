import { type Money, ZERO } from '../../core/market/money.ts';
import type { AccountFigures } from './book.ts';
import type { BookState, HeldPosition } from './ledger.ts';
import { type Holding, requirementOf } from './margin.ts';
import type { Market } from './market.ts';

/** What buying power is per dollar of available funds, at Regulation T's half for stock. */
const LEVERAGE = 2;

/** A price to value a position at: the middle, else the last trade, else the close; `null` when nobody ever said. */
export function markOf(market: Market, conId: number): Money | null {
  const quote = market.quote(conId);
  if (quote === null) return null;
  const { bid, ask } = quote;
  if (bid !== null && ask !== null && bid <= ask) return Math.round((bid + ask) / 2) as Money;
  return quote.last ?? quote.close;
}

/** A change that has not happened: what an order would do. */
export interface Hypothesis {
  readonly cash: number;
  readonly legs: readonly { readonly conId: number; readonly quantity: number; readonly price: number }[];
}

export interface Standing {
  readonly equityWithLoan: number;
  readonly initial: number;
  readonly maintenance: number;
}

/** Equity and requirements of an account, with some orders taken as done. Equity with loan leaves the value of options out. */
export function standingOf(
  state: BookState,
  market: Market,
  of: { readonly account: string; readonly done: readonly Hypothesis[] },
): Standing {
  const quantities = new Map<number, number>();
  const fallback = new Map<number, number>();
  let cash: number = state.cash.get(of.account) ?? ZERO;
  for (const position of heldBy(state, of.account)) {
    quantities.set(position.conId, position.quantity);
    fallback.set(position.conId, position.averagePrice);
  }
  for (const hypothesis of of.done) {
    cash += hypothesis.cash;
    for (const { conId, quantity, price } of hypothesis.legs) {
      quantities.set(conId, (quantities.get(conId) ?? 0) + quantity);
      fallback.set(conId, fallback.get(conId) ?? price);
    }
  }
  const holdings: Holding[] = [];
  let stock = 0;
  for (const [conId, quantity] of quantities) {
    const listing = market.listing(conId);
    if (listing === null || quantity === 0) continue;
    const price = markOf(market, conId) ?? fallback.get(conId) ?? 0;
    if (listing.instrument.kind === 'stock') stock += quantity * price;
    holdings.push({
      instrument: listing.instrument,
      quantity,
      price,
      underlying: markOf(market, listing.underlyingConId),
    });
  }
  return { equityWithLoan: cash + stock, ...requirementOf(holdings) };
}

export function figuresOf(state: BookState, market: Market, account: string): AccountFigures {
  const cash = state.cash.get(account) ?? ZERO;
  let value = 0;
  let gross = 0;
  let unrealized = 0;
  for (const position of heldBy(state, account)) {
    const worth = worthOf(position, market);
    value += worth;
    gross += Math.abs(worth);
    unrealized += worth - position.cost;
  }
  const { equityWithLoan, initial, maintenance } = standingOf(state, market, { account, done: [] });
  const available = equityWithLoan - initial;
  const netLiquidation = (cash + value) as Money;
  return {
    account,
    netLiquidation,
    cash,
    buyingPower: (Math.max(0, available) * LEVERAGE) as Money,
    availableFunds: available as Money,
    excessLiquidity: (equityWithLoan - maintenance) as Money,
    initialMargin: initial as Money,
    maintenanceMargin: maintenance as Money,
    grossPositionValue: gross as Money,
    realizedToday: state.realizedToday.get(account) ?? ZERO,
    unrealized: unrealized as Money,
    daily: (netLiquidation - (state.equityBefore.get(account) ?? netLiquidation)) as Money,
  };
}

/** Cash and the value of all positions, options included. */
export function netLiquidationOf(state: BookState, market: Market, account: string): Money {
  const values = heldBy(state, account).map((position) => worthOf(position, market));
  return ((state.cash.get(account) ?? 0) + values.reduce((sum, one) => sum + one, 0)) as Money;
}

export function heldBy(state: BookState, account: string): HeldPosition[] {
  return [...state.positions.values()].filter((position) => position.account === account && position.quantity !== 0);
}

function worthOf(position: HeldPosition, market: Market): number {
  const mark = markOf(market, position.conId) ?? position.averagePrice;
  return position.quantity * position.multiplier * mark;
}
