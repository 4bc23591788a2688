import assert from 'node:assert/strict';
import { test } from 'node:test';
import { epochDay } from '../../agent/core/calendar/time.ts';
import { MISSING, PUT } from '../../agent/core/market/chain.ts';
import { money } from '../../agent/core/market/money.ts';
import type { Answer } from '../../agent/edges/broker/answer.ts';
import { granted, type NewTrader, of, SELECTION, STEP_MS, SYMBOL, stage, T0 } from './broker-stage.ts';

/** Link, listings, quotes, chains and history. */
export function marketDataFacts(name: string, newTrader: NewTrader): void {
  linkFacts(name, newTrader);
  listingFacts(name, newTrader);
  quoteFacts(name, newTrader);
  chainFacts(name, newTrader);
}

function linkFacts(name: string, newTrader: NewTrader): void {
  test(`${name}: before start and after stop every call is answered offline at once`, async (t) => {
    const at = await stage(t, newTrader);
    await at.broker.stop();
    assert.equal(at.broker.link.state, 'down');
    assert.equal(of(at.events, 'link').at(-1)?.link.state, 'down');
    const { broker } = at;
    const listed = { instrument: { kind: 'stock', symbol: SYMBOL }, conId: 1, minTick: money(0.01) } as const;
    const calls: Promise<Answer<unknown>>[] = [
      broker.cancel(1),
      broker.cancelAll(),
      broker.openOrders(),
      broker.completedOrders(),
      broker.executions(),
      broker.positions(),
      broker.account(),
      broker.time(),
      broker.quote(listed),
      broker.chain(SELECTION, T0),
      broker.history({ instrument: listed.instrument, days: 5, what: 'trades' }),
    ];
    for (const answer of await Promise.all(calls)) assert.equal(answer.ok ? 'answered' : answer.failure, 'offline');
  });

  test(`${name}: a ready link names the accounts, an order id and the time of the broker`, async (t) => {
    const { broker, events } = await stage(t, newTrader);
    assert.deepEqual(broker.link.accounts, ['DU100']);
    assert.ok((broker.nextOrderId ?? 0) > 0);
    assert.equal(of(events, 'link').at(-1)?.link.state, 'ready');
    assert.equal(Math.floor(granted(await broker.time()) / 1000), Math.floor(T0 / 1000));
  });
}

function listingFacts(name: string, newTrader: NewTrader): void {
  test(`${name}: a stock is listed with id and tick, and what does not exist is refused`, async (t) => {
    const { broker } = await stage(t, newTrader);
    const listed = granted(await broker.list({ kind: 'stock', symbol: SYMBOL }));
    assert.deepEqual(listed.instrument, { kind: 'stock', symbol: SYMBOL });
    assert.ok(listed.conId > 0);
    assert.equal(listed.minTick, money(0.01));
    const none = await broker.list({ kind: 'stock', symbol: 'NOSUCH' });
    assert.equal(none.ok ? 'listed' : none.failure, 'refused');
  });

  test(`${name}: expirations and strikes of the options are told, sorted`, async (t) => {
    const { broker } = await stage(t, newTrader);
    const options = granted(await broker.options(SYMBOL));
    assert.equal(options.symbol, SYMBOL);
    assert.equal(options.multiplier, 100);
    assert.ok(options.expirations.length > 3 && options.strikes.length > 10);
    assert.deepEqual(options.expirations, options.expirations.toSorted());
    assert.deepEqual(
      options.strikes,
      options.strikes.toSorted((a, b) => a - b),
    );
    assert.equal(options.underlyingConId, granted(await broker.list({ kind: 'stock', symbol: SYMBOL })).conId);
  });
}

function quoteFacts(name: string, newTrader: NewTrader): void {
  test(`${name}: a quote is the market's own, with the time it was made`, async (t) => {
    const { broker, exchange } = await stage(t, newTrader);
    const listed = granted(await broker.list({ kind: 'stock', symbol: SYMBOL }));
    const quote = granted(await broker.quote(listed));
    const market = exchange.market.quote(listed.conId);
    assert.deepEqual([quote.bid, quote.ask, quote.last], [market?.bid, market?.ask, market?.last]);
    assert.ok(Math.abs(quote.quotedAt - (market?.quotedAt ?? 0)) < 1_000, `quoted at ${quote.quotedAt}`);
    assert.equal(quote.data, 'live');
  });

  test(`${name}: a quote asked for later is the later one`, async (t) => {
    const at = await stage(t, newTrader);
    const listed = granted(await at.broker.list({ kind: 'stock', symbol: SYMBOL }));
    await at.broker.quote(listed);
    for (let i = 0; i < 3; i += 1) await at.step();
    const quote = granted(await at.broker.quote(listed));
    const market = at.exchange.market.quote(listed.conId);
    assert.deepEqual([quote.bid, quote.ask], [market?.bid, market?.ask]);
    assert.ok(at.clock.now() - quote.quotedAt < 2 * STEP_MS);
  });
}

function chainFacts(name: string, newTrader: NewTrader): void {
  test(`${name}: a chain holds the selected rows, sorted, with prices, greeks, interest and time`, async (t) => {
    const { broker, exchange, clock } = await stage(t, newTrader);
    const chain = granted(await broker.chain(SELECTION, clock.now()));
    assert.equal(chain.symbol, SYMBOL);
    assert.equal(chain.complete, true);
    assert.ok(chain.size > 5 && chain.size <= SELECTION.most, `${chain.size} rows`);
    const spot = chain.spot ?? assert.fail('no spot');
    const today = epochDay('2026-03-20');
    for (let row = 0; row < chain.size; row += 1) {
      const days = (chain.expiration[row] as number) - today;
      const moneyness = (chain.strike[row] as number) / spot;
      assert.ok(days >= SELECTION.minDays && days <= SELECTION.maxDays);
      assert.ok(moneyness >= SELECTION.minMoneyness && moneyness <= SELECTION.maxMoneyness);
      assert.equal(chain.right[row], PUT);
      const market = exchange.market.quote(chain.conId[row] as number);
      assert.ok(market !== null);
      assert.deepEqual(
        [chain.bid[row], chain.ask[row], chain.last[row], chain.volume[row], chain.openInterest[row]],
        [market.bid, market.ask, market.last, market.volume, market.openInterest].map((value) => value ?? MISSING),
      );
      assert.ok(Math.abs((chain.delta[row] as number) - (market.model?.delta ?? Number.NaN)) < 1e-6);
      assert.ok(Math.abs((chain.quotedAt[row] as number) - market.quotedAt) < 1_000, 'the age of a row');
    }
    const order = [...chain.expiration].map((day, row) => day * 1e9 + (chain.strike[row] as number));
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
  });

  test(`${name}: a chain asked for again is the market as it stands then`, async (t) => {
    const at = await stage(t, newTrader);
    const first = granted(await at.broker.chain(SELECTION, at.clock.now()));
    const kept = Int32Array.from(first.bid);
    for (let i = 0; i < 5; i += 1) await at.step();
    const second = granted(await at.broker.chain(SELECTION, at.clock.now()));
    assert.deepEqual(first.bid, kept, 'a chain that was handed out does not change');
    for (let row = 0; row < second.size; row += 1) {
      const market = at.exchange.market.quote(second.conId[row] as number);
      assert.equal(second.bid[row], market?.bid ?? MISSING);
      assert.equal(second.ask[row], market?.ask ?? MISSING);
    }
    assert.ok(second.takenAt > first.takenAt);
  });

  test(`${name}: history is daily bars of completed sessions, oldest first`, async (t) => {
    const { broker } = await stage(t, newTrader);
    const instrument = { kind: 'stock', symbol: SYMBOL } as const;
    for (const what of ['trades', 'impliedVolatility'] as const) {
      const bars = granted(await broker.history({ instrument, days: 30, what }));
      assert.equal(bars.length, 30);
      assert.equal(bars.at(-1)?.date, '2026-03-19');
      const dates = bars.map((bar) => bar.date);
      assert.deepEqual(dates, dates.toSorted());
      for (const bar of bars) assert.ok(bar.low > 0 && bar.low <= bar.close && bar.close <= bar.high);
    }
  });
}
