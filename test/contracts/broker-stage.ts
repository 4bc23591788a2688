import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type EpochMs, isoDate } from '../../agent/core/calendar/time.ts';
import { PUT } from '../../agent/core/market/chain.ts';
import type { ListedInstrument, OptionContract } from '../../agent/core/market/contract.ts';
import { type Money, money } from '../../agent/core/market/money.ts';
import type { Quote } from '../../agent/core/market/quote.ts';
import type { Answer } from '../../agent/edges/broker/answer.ts';
import type { Broker, BrokerEvent, OrderTicket } from '../../agent/edges/broker/broker.ts';
import type { ChainSelection, MarketData } from '../../agent/edges/broker/market-data.ts';
import { ManualClock } from '../../agent/edges/system/manual/clock.ts';
import { SimulatedBook } from '../../agent/lab/exchange/simulated-book.ts';
import { SimulatedExchange } from '../../agent/lab/exchange/simulated-exchange.ts';
import { SyntheticMarket } from '../../agent/lab/exchange/synthetic-market.ts';

export interface Trader {
  readonly broker: Broker & MarketData;
  /** Resolves when both sides have handled all that the other has sent. */
  readonly settled: () => Promise<void>;
}

/** A broker on the given exchange, not started; what it needs is cleared away after the test. */
export type NewTrader = (t: TestContext, exchange: SimulatedExchange, clock: ManualClock) => Promise<Trader>;

/** A Friday in March, eleven o'clock in New York. */
export const T0: EpochMs = Temporal.Instant.from('2026-03-20T15:00:00Z').epochMilliseconds;
export const STEP_MS = 60_000;
export const SYMBOL = 'SPY';

export const SELECTION: ChainSelection = {
  symbol: SYMBOL,
  rights: ['P'],
  minDays: 20,
  maxDays: 40,
  minMoneyness: 0.9,
  maxMoneyness: 1.02,
  most: 24,
};

export interface Stage extends Trader {
  readonly events: BrokerEvent[];
  readonly clock: ManualClock;
  readonly exchange: SimulatedExchange;
  /** Lets the market move once. */
  readonly step: () => Promise<void>;
}

/** A started broker with its link ready. */
export async function stage(t: TestContext, newTrader: NewTrader): Promise<Stage> {
  const clock = new ManualClock(T0);
  const market = new SyntheticMarket({ seed: 1 });
  market.advance(T0);
  const book = new SimulatedBook({ market, accounts: [{ account: 'DU100', cash: money(1_000_000) }] });
  const exchange = new SimulatedExchange({ market, book, clock });
  exchange.step(T0);
  const trader = await newTrader(t, exchange, clock);
  const { broker, settled } = trader;
  const events: BrokerEvent[] = [];
  const ready = new Promise<void>((resolve) => {
    broker.onEvent((event) => {
      events.push(event);
      if (event.kind === 'link' && event.link.state === 'ready') resolve();
    });
  });
  t.after(() => broker.stop());
  await broker.start();
  await ready;
  const step = async (): Promise<void> => {
    await clock.advanceTo(clock.now() + STEP_MS);
    exchange.step(clock.now());
    await settled();
  };
  return { broker, settled, events, clock, exchange, step };
}

export function granted<T>(answer: Answer<T>): T {
  if (!answer.ok) assert.fail(`${answer.failure} ${answer.code}: ${answer.reason}`);
  return answer.value;
}

export function of<K extends BrokerEvent['kind']>(events: readonly BrokerEvent[], kind: K) {
  return events.filter((event): event is Extract<BrokerEvent, { kind: K }> => event.kind === kind);
}

export interface QuotedOption {
  readonly listed: ListedInstrument;
  readonly option: OptionContract;
  readonly quote: Quote & { readonly bid: Money; readonly ask: Money };
}

/** The first put of the selection with a real market. */
export async function quotedPut({ broker, clock }: Stage): Promise<QuotedOption> {
  const chain = granted(await broker.chain(SELECTION, clock.now()));
  for (let row = chain.size - 1; row >= 0; row -= 1) {
    if (!((chain.bid[row] as number) > 0 && (chain.ask[row] as number) > (chain.bid[row] as number))) continue;
    const option: OptionContract = {
      kind: 'option',
      symbol: SYMBOL,
      tradingClass: SYMBOL,
      expiration: isoDate(chain.expiration[row] as number),
      strike: chain.strike[row] as Money,
      right: chain.right[row] === PUT ? 'P' : 'C',
      multiplier: chain.multiplier,
    };
    const listed = granted(await broker.list(option));
    const quote = granted(await broker.quote(listed));
    assert.ok(quote.bid !== null && quote.ask !== null);
    return { listed, option, quote: { ...quote, bid: quote.bid, ask: quote.ask } };
  }
  return assert.fail('no put is quoted');
}

export function ticketFor(put: QuotedOption, changes: Partial<OrderTicket> = {}): OrderTicket {
  return {
    orderRef: 'day/enter/put-write/1',
    instrument: put.option,
    conId: put.listed.conId,
    side: 'buy',
    quantity: 1,
    type: 'limit',
    limit: put.quote.ask,
    timeInForce: 'DAY',
    ...changes,
  };
}

export function nextId({ broker }: Stage): number {
  const id = broker.nextOrderId;
  assert.ok(id !== null && id > 0);
  return id;
}
