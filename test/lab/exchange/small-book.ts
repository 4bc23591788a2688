import assert from 'node:assert/strict';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import type { EpochMs } from '../../../agent/core/calendar/time.ts';
import { type Money, money } from '../../../agent/core/market/money.ts';
import type { BookEvent, BookOrder, OrderRequest } from '../../../agent/lab/exchange/book.ts';
import type { Market } from '../../../agent/lab/exchange/market.ts';
import { RecordedMarket } from '../../../agent/lab/exchange/recorded-market.ts';
import type { RecordedRow } from '../../../agent/lab/exchange/recording-row.ts';
import { SimulatedBook } from '../../../agent/lab/exchange/simulated-book.ts';

export const DATE = '2026-03-20';
const EXPIRATION = '2026-04-24';
export const ACCOUNT = 'DU100';

/** Bid and ask of puts by strike; `null` = nobody quotes. */
export type Prices = Readonly<Record<number, readonly [number | null, number | null]>>;

export function at(time: string, date = DATE): EpochMs {
  return instantInNewYork(date, time);
}

/** Puts on KO at 70.00 whose quotes are those written down, one snapshot a line. */
export function marketOf(snapshots: Readonly<Record<string, Prices>>, expiration = EXPIRATION): RecordedMarket {
  const recorded = Object.entries(snapshots).map(([time, prices]) => ({
    at: at(time),
    rows: rowsOf(prices, expiration),
  }));
  const problems = { file: 'written here', broken: 0, first: [] };
  return new RecordedMarket({ date: DATE, symbols: [{ symbol: 'KO', snapshots: recorded, problems }] });
}

function rowsOf(prices: Prices, expiration: string): RecordedRow[] {
  return Object.entries(prices).map(([strike, [bid, ask]]) => ({
    expiration,
    strike: money(Number(strike)),
    right: 'P',
    bid: bid === null ? null : money(bid),
    ask: ask === null ? null : money(ask),
    last: null,
    volume: null,
    openInterest: null,
    impliedVolatility: 0.2,
    spot: money(70),
  }));
}

export function putAt(market: Market, strike: number): number {
  const found = market.listings('KO').find(({ instrument }) => {
    return instrument.kind === 'option' && instrument.strike === money(strike) && instrument.right === 'P';
  });
  return found?.conId ?? assert.fail(`no put at ${strike}`);
}

export function request(changes: Partial<OrderRequest>): OrderRequest {
  return {
    clientId: 1,
    orderId: 1,
    orderRef: 'test',
    conId: 0,
    legs: [],
    symbol: 'KO',
    side: 'sell',
    quantity: 1,
    type: 'LMT',
    limit: null,
    timeInForce: 'DAY',
    account: '',
    transmit: true,
    whatIf: false,
    outsideRth: false,
    ...changes,
  };
}

export class Table {
  readonly market: Market;
  readonly book: SimulatedBook;
  readonly events: BookEvent[] = [];

  constructor(market: Market, cash: Money = money(100_000)) {
    this.market = market;
    this.book = new SimulatedBook({ market, accounts: [{ account: ACCOUNT, cash }] });
    this.book.onEvent((event) => this.events.push(event));
  }

  step(time: string): void {
    this.market.advance(at(time));
    this.book.match(at(time));
  }

  order(orderId: number, clientId = 1): BookOrder {
    const all = [...this.book.openOrders(), ...this.book.completedOrders()];
    const found = all.find((order) => order.request.orderId === orderId && order.request.clientId === clientId);
    return found ?? assert.fail(`no order ${orderId}`);
  }

  refusals(): number[] {
    return this.events.flatMap((event) => (event.kind === 'refused' ? [event.refusal.code] : []));
  }

  statuses(): string[] {
    return this.events.flatMap((event) => (event.kind === 'order' ? [event.order.status] : []));
  }
}
