import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { dollars } from '../../../agent/core/market/money.ts';
import type { Listing, MarketQuote } from '../../../agent/lab/exchange/market.ts';
import { SyntheticMarket } from '../../../agent/lab/exchange/synthetic-market.ts';
import { isOnTick } from '../../../agent/lab/exchange/ticks.ts';

const DATE = '2026-11-20';

function marketAt(time: string, date = DATE, seed = 1): SyntheticMarket {
  const market = new SyntheticMarket({ seed });
  market.advance(instantInNewYork(date, time));
  return market;
}

function optionsOf(market: SyntheticMarket, symbol: string): Listing[] {
  return market.listings(symbol).filter((listing) => listing.instrument.kind === 'option');
}

function lastOf(market: SyntheticMarket, symbol: string): number {
  return market.quote(market.listings(symbol)[0]?.conId ?? 0)?.last ?? 0;
}

function quotes(market: SyntheticMarket, symbol: string): (MarketQuote | null)[] {
  return market.listings(symbol).map((listing) => market.quote(listing.conId));
}

test('a market started at 10:42 quotes what one quotes that ran since 8:00', () => {
  const late = marketAt('10:42');
  const early = marketAt('08:00');
  const end = instantInNewYork(DATE, '10:42');
  const watched = early.listings('TSLA').slice(0, 200);
  for (let at: number | null = instantInNewYork(DATE, '08:00'); at !== null && at <= end; at = early.nextChange(at)) {
    early.advance(at);
    for (const { conId } of watched.slice(0, 5)) early.quote(conId);
  }
  assert.equal(early.sequence, late.sequence);
  assert.deepEqual(quotes(early, 'TSLA'), quotes(late, 'TSLA'));
  assert.deepEqual(quotes(early, 'ES'), quotes(late, 'ES'));
});

test('another seed is another market', () => {
  assert.notDeepEqual(quotes(marketAt('11:00'), 'KO'), quotes(marketAt('11:00', DATE, 2), 'KO'));
});

test('today opens where history ends, and tomorrow history holds what happened today', () => {
  const today = marketAt('16:00');
  const [stock] = today.listings('SPY');
  assert.ok(stock !== undefined);
  const closing = today.quote(stock.conId);
  const opening = marketAt('09:30').quote(stock.conId);
  const before = marketAt('12:00').history(stock.conId, 300, 'trades') ?? [];
  const after = marketAt('08:00', '2026-11-23').history(stock.conId, 2, 'trades') ?? [];
  assert.equal(before.length, 300);
  assert.equal(before.at(-1)?.date, '2026-11-19');
  assert.equal(before.at(-1)?.close, opening?.close);
  assert.deepEqual(after[0], before.at(-1));
  const bar = after[1];
  assert.deepEqual(
    [bar?.date, bar?.open, bar?.high, bar?.low, bar?.close],
    [DATE, opening?.open, closing?.high, closing?.low, closing?.last],
  );
  assert.ok(Math.abs((opening?.open ?? 0) / (opening?.close ?? 1) - 1) < 0.05);
  const volatility = today.history(stock.conId, 300, 'impliedVolatility') ?? [];
  assert.equal(volatility.length, 300);
  for (const { low, high } of volatility) assert.ok(dollars(low) > 0.05 && low <= high && dollars(high) < 0.8);
});

test('futures follow their index', () => {
  const market = marketAt('13:00');
  assert.ok(Math.abs(lastOf(market, 'ES') / (10.03 * lastOf(market, 'SPY')) - 1) < 0.01);
  assert.ok(market.listings('NQ')[0]?.localSymbol.startsWith('NQZ6'));
});

test('every quote is on its tick, two-sided ones are not crossed, and values move the right way with the strike', () => {
  const market = marketAt('11:00');
  for (const symbol of ['SPY', 'TSLA', 'KO']) {
    for (const { conId, ticks } of market.listings(symbol)) {
      const quote = market.quote(conId);
      for (const price of [quote?.bid, quote?.ask, quote?.last]) {
        if (price !== null && price !== undefined) assert.ok(price > 0 && isOnTick(ticks, price), `${price}`);
      }
      assert.ok(quote?.bid == null || quote.ask === null || quote.bid < quote.ask);
    }
    const puts = optionsOf(market, symbol).filter(
      ({ instrument }) =>
        instrument.kind === 'option' && instrument.right === 'P' && instrument.expiration === '2026-12-18',
    );
    const asks = puts.map(({ conId }) => market.quote(conId)?.ask ?? 0);
    const widest = Math.max(...asks) * 0.02;
    for (let i = 1; i < asks.length; i += 1) assert.ok((asks[i] as number) > (asks[i - 1] as number) - widest);
    const deltas = puts.map(({ conId }) => market.quote(conId)?.model?.delta ?? Number.NaN);
    assert.ok(deltas.every((delta) => delta <= 0 && delta >= -1));
    assert.ok(
      deltas.some((delta) => delta < -0.15 && delta > -0.35),
      `${symbol} has puts to sell`,
    );
  }
});

test('puts cost more volatility than calls as far from the money, and the near expiration has other volatility', () => {
  const market = marketAt('11:00');
  const spot = lastOf(market, 'SPY') / 10_000;
  const volatilityAt = (moneyness: number): number => {
    const rows = optionsOf(market, 'SPY').filter(
      ({ instrument }) => instrument.kind === 'option' && instrument.expiration === '2026-12-18',
    );
    const nearest = rows.toSorted((a, b) => gap(a, spot * moneyness) - gap(b, spot * moneyness))[0];
    return market.quote(nearest?.conId ?? 0)?.model?.impliedVolatility ?? 0;
  };
  assert.ok(volatilityAt(0.9) > volatilityAt(1) + 0.02);
  assert.ok(volatilityAt(1) > volatilityAt(1.05));
});

function gap(listing: Listing, price: number): number {
  return listing.instrument.kind === 'option' ? Math.abs(dollars(listing.instrument.strike) - price) : Number.MAX_VALUE;
}

test('expirations are sessions: Fridays for eight weeks, moved before a holiday, and monthlies', () => {
  const dates = (date: string): string[] => {
    const options = optionsOf(marketAt('11:00', date), 'KO');
    return [...new Set(options.map(({ instrument }) => (instrument.kind === 'option' ? instrument.expiration : '')))];
  };
  assert.deepEqual(dates('2026-03-20').slice(0, 4), ['2026-03-20', '2026-03-27', '2026-04-02', '2026-04-10']);
  assert.ok(dates('2026-05-01').includes('2026-06-18'));
  assert.ok(dates('2026-03-20').filter((date) => date <= '2026-05-15').length >= 9);
});

test('before the open there is yesterday and nobody quotes; after the close the last quotes stand', () => {
  const before = marketAt('08:00');
  const [stock, ...rest] = before.listings('SPY');
  const option = rest[400];
  assert.ok(stock !== undefined && option !== undefined);
  const waiting = before.quote(option.conId);
  assert.deepEqual([waiting?.bid, waiting?.ask, waiting?.model], [null, null, null]);
  assert.equal(waiting?.last, waiting?.close);
  assert.equal(waiting?.quotedAt, instantInNewYork('2026-11-19', '16:00'));
  const after = marketAt('16:00');
  const frozen = after.quote(option.conId);
  after.advance(instantInNewYork(DATE, '20:00'));
  assert.deepEqual(after.quote(option.conId), frozen);
  assert.deepEqual([frozen?.data, frozen?.quotedAt], ['frozen', instantInNewYork(DATE, '16:00')]);
  assert.equal(after.nextChange(instantInNewYork(DATE, '16:00')), instantInNewYork('2026-11-23', '00:00'));
});

test('the time of a quote is when it was made, and far contracts are quoted less often', () => {
  const market = marketAt('11:00');
  const ages = new Set<number>();
  const now = instantInNewYork(DATE, '11:00');
  for (const { conId } of optionsOf(market, 'SPY')) {
    const quotedAt = market.quote(conId)?.quotedAt ?? 0;
    ages.add((now - quotedAt) / 1000);
    assert.ok(quotedAt <= now && quotedAt >= now - 60_000);
  }
  assert.ok(ages.has(0) && Math.max(...ages) > 30);
  const before = quotes(market, 'SPY');
  const next = market.nextChange(now) ?? 0;
  const changed = new Set(market.advance(next));
  market.listings('SPY').forEach(({ conId }, i) => {
    const same = market.quote(conId) === before[i];
    assert.equal(same, !changed.has(conId));
    if (!same) assert.equal(market.sequenceOf(conId), market.sequence);
  });
});

test('volume grows over the day and the last price only moves with it', () => {
  const market = marketAt('09:30');
  const { conId } = market.listings('SPY').find((one) => one.localSymbol === 'SPY   261218P00600000') as Listing;
  let before = market.quote(conId);
  for (let minute = 31; minute < 60; minute += 1) {
    market.advance(instantInNewYork(DATE, `09:${minute}`));
    const now = market.quote(conId);
    assert.ok((now?.volume ?? 0) >= (before?.volume ?? 0));
    if (now?.volume === before?.volume) assert.equal(now?.last, before?.last);
    before = now;
  }
  assert.ok((before?.volume ?? 0) > 0);
});

test('a contract that has expired is still known but not quoted, and what never was is not', () => {
  const market = marketAt('11:00');
  const { conId } = optionsOf(market, 'KO')[3] as Listing;
  market.advance(instantInNewYork('2026-11-24', '11:00'));
  assert.equal(
    market.listings('KO').some((listing) => listing.conId === conId),
    false,
  );
  assert.equal(market.listing(conId)?.conId, conId);
  assert.equal(market.quote(conId), null);
  assert.equal(market.listing(12), null);
  assert.throws(() => market.advance(instantInNewYork('2026-11-24', '10:00')), { code: 'MARKET_BACKWARDS' });
});
