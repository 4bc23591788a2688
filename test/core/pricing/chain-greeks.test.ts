import assert from 'node:assert/strict';
import { test } from 'node:test';
import { epochDay, isoDate } from '../../../agent/core/calendar/time.ts';
import { type Chain, MISSING } from '../../../agent/core/market/chain.ts';
import { yearsToExpiration } from '../../../agent/core/market/chain-slices.ts';
import { priceAmericanExact } from '../../../agent/core/pricing/american-exact.ts';
import {
  CHAIN_ENGINES,
  chainGreeks,
  DERIVED_DELTA,
  DERIVED_GREEKS,
  DERIVED_VOLATILITY,
} from '../../../agent/core/pricing/chain-greeks.ts';
import { NOW, sampleChain } from '../market/sample-chain.ts';

const RATE = 0.04;
const YIELD = 0.015;
const EXPIRATION = '2026-05-15';
const YEARS = yearsToExpiration(epochDay(EXPIRATION), NOW);
const ALL = DERIVED_VOLATILITY | DERIVED_DELTA | DERIVED_GREEKS;

function model(right: 'C' | 'P', strike: number) {
  return priceAmericanExact({
    right,
    spot: 650,
    strike,
    years: YEARS,
    rate: RATE,
    dividendYield: YIELD,
    volatility: smile(strike),
  });
}

function smile(strike: number): number {
  return 0.22 - (strike - 650) * 0.0003;
}

/** Quotes a cent around the model's price, with nothing else told. */
function quotesOnly(): Chain {
  const rows = Array.from({ length: 41 }, (_, n) => 550 + n * 5).flatMap((strike) =>
    (['C', 'P'] as const).map((right) => {
      const price = model(right, strike)?.price ?? 0;
      return {
        expiration: EXPIRATION,
        strike,
        right,
        bid: price - 0.01,
        ask: price + 0.01,
        iv: Number.NaN,
        delta: Number.NaN,
      };
    }),
  );
  return sampleChain(rows);
}

test('from American quotes alone come the volatilities and greeks that made them, in the money from the twin of the strike', () => {
  const { chain, derived } = chainGreeks(quotesOnly(), { now: NOW, rate: RATE });
  for (let row = 0; row < chain.size; row += 1) {
    const strike = (chain.strike[row] as number) / 10_000;
    const expected = model(row % 2 === 0 ? 'C' : 'P', strike);
    assert.equal(derived[row], ALL);
    assert.ok(Math.abs((chain.impliedVolatility[row] as number) - smile(strike)) < 4e-4, `strike ${strike}`);
    assert.ok(Math.abs((chain.delta[row] as number) - (expected?.delta ?? 9)) < 1e-3);
    // From the strike on where exercise is due, the other greeks are none at once.
    if (Math.abs(expected?.delta ?? 9) > 0.98) continue;
    assert.ok(Math.abs((chain.gamma[row] as number) - (expected?.gamma ?? 9)) < 2e-4, `gamma ${strike}`);
    assert.ok(Math.abs((chain.vega[row] as number) - (expected?.vega ?? 9)) < 5e-3, `vega ${strike}`);
    assert.ok(Math.abs((chain.theta[row] as number) - (expected?.theta ?? 9)) < 3e-3, `theta ${strike}`);
  }
});

const SEEN: readonly { readonly rate: number; readonly dividendYield: number; readonly days: number }[] = [
  { rate: 0.04, dividendYield: 0.012, days: 28 },
  { rate: 0.05, dividendYield: 0, days: 182 },
  { rate: 0.04, dividendYield: 0.06, days: 182 },
  { rate: 0.04, dividendYield: 0.012, days: 700 },
  { rate: 0, dividendYield: 0, days: 90 },
];

for (const { rate, dividendYield, days } of SEEN) {
  test(`forward, rate and deltas of American options of ${days} days at ${rate} and ${dividendYield} are found`, () => {
    const expiration = epochDay('2026-03-20') + days;
    const years = yearsToExpiration(expiration, NOW);
    const terms = { spot: 650, years, rate, dividendYield };
    const rows = Array.from({ length: 61 }, (_, n) => 450 + n * 7).flatMap((strike) =>
      (['C', 'P'] as const).map((right) => ({ strike, right, volatility: 0.18 + 0.3 * Math.abs(strike / 650 - 1) })),
    );
    const values = rows.map((row) => priceAmericanExact({ ...terms, ...row }));
    const quotes = rows.map(({ strike, right }, i) => {
      const price = values[i]?.price ?? 0;
      const sides = { bid: price - 0.005, ask: price + 0.005, iv: Number.NaN, delta: Number.NaN };
      return { expiration: isoDate(expiration), strike, right, ...sides };
    });
    const { chain, engine, forwards } = chainGreeks(sampleChain(quotes), { now: NOW, rate });
    const forward = 650 * Math.exp((rate - dividendYield) * years);
    assert.ok(Math.abs((forwards[0]?.forward ?? 0) / 10_000 - forward) < 1e-4 * 650);
    assert.ok(Math.abs((forwards[0]?.rate ?? 9) - rate) < 2e-3);
    for (const [row, value] of values.entries()) {
      const delta = value?.delta ?? 9;
      if (Math.abs(delta) < 0.02 || Math.abs(delta) > 0.995) continue;
      assert.ok(Math.abs((chain.delta[row] as number) - delta) < 3e-3, `${rows[row]?.strike} ${rows[row]?.right}`);
    }
    const engines = new Set(Array.from(engine, (index) => CHAIN_ENGINES[index]).filter((name) => name !== null));
    assert.deepEqual(engines, new Set(rate === 0 ? ['european'] : ['european', 'american-quick']));
  });
}

test('a put far below which exercise is due moves with the stock and loses nothing in a day', () => {
  const strike = 900;
  const rows = [{ expiration: EXPIRATION, strike, right: 'P' as const, iv: 0.2, delta: Number.NaN }];
  const { chain, engine } = chainGreeks(sampleChain(rows), { now: NOW, rate: RATE });
  assert.equal(CHAIN_ENGINES[engine[0] as number], 'american-quick');
  assert.deepEqual([chain.delta[0], chain.gamma[0], chain.theta[0], chain.vega[0]], [-1, 0, 0, 0]);
});

test('what the vendor tells stays as it is', () => {
  const quotes = quotesOnly();
  const column = (value: number): Float64Array => new Float64Array(quotes.size).fill(value);
  const delta =
    quotes.right.length === 0 ? column(0) : Float64Array.from(quotes.right, (right) => (right === 1 ? -0.4 : 0.6));
  const told = {
    ...quotes,
    impliedVolatility: column(0.5),
    delta,
    gamma: column(0.01),
    theta: column(-0.2),
    vega: column(1),
  };
  const { chain, derived, engine } = chainGreeks(told, { now: NOW, rate: RATE });
  assert.deepEqual({ ...chain }, told);
  assert.ok(derived.every((bits) => bits === 0));
  assert.ok(engine.every((index) => CHAIN_ENGINES[index] === null));
});

for (const absent of [-1, 0, 0.00001, Number.NaN]) {
  test(`a volatility told as ${absent} is derived`, () => {
    const quotes = quotesOnly();
    const { chain } = chainGreeks(
      { ...quotes, impliedVolatility: new Float64Array(quotes.size).fill(absent) },
      { now: NOW, rate: RATE },
    );
    assert.deepEqual(chain.impliedVolatility, chainGreeks(quotes, { now: NOW, rate: RATE }).chain.impliedVolatility);
  });
}

test('a delta of -1 for a call, of the wrong sign or not a number is derived, one that can be stays', () => {
  const quotes = quotesOnly();
  const right = chainGreeks(quotes, { now: NOW, rate: RATE }).chain.delta;
  for (const absent of [-1, Number.NaN, 1.5, -1.5]) {
    const { chain } = chainGreeks(
      { ...quotes, delta: new Float64Array(quotes.size).fill(absent) },
      { now: NOW, rate: RATE },
    );
    assert.deepEqual(chain.delta, right);
  }
  const signed = Float64Array.from(quotes.right, (side) => (side === 1 ? 0.5 : -0.5));
  assert.deepEqual(chainGreeks({ ...quotes, delta: signed }, { now: NOW, rate: RATE }).chain.delta, right);
});

test('greeks told as -1 are derived together', () => {
  const quotes = quotesOnly();
  const all = new Float64Array(quotes.size).fill(-1);
  const { chain } = chainGreeks({ ...quotes, gamma: all, theta: all, vega: all }, { now: NOW, rate: RATE });
  const expected = chainGreeks(quotes, { now: NOW, rate: RATE }).chain;
  assert.deepEqual([chain.gamma, chain.theta, chain.vega], [expected.gamma, expected.theta, expected.vega]);
});

test('the chain that was given is not changed', () => {
  const quotes = quotesOnly();
  const copy = structuredClone(quotes);
  chainGreeks(quotes, { now: NOW, rate: RATE });
  assert.deepEqual(quotes, copy);
});

test('without a spot nothing is derived', () => {
  const { chain, derived } = chainGreeks({ ...quotesOnly(), spot: null }, { now: NOW, rate: RATE });
  assert.ok(chain.impliedVolatility.every(Number.isNaN));
  assert.ok(chain.delta.every(Number.isNaN));
  assert.ok(derived.every((bits) => bits === 0));
});

test('a row without a quote has no volatility of its own; crossed, one-sided and impossible quotes give none', () => {
  const quotes = quotesOnly();
  for (const change of [
    { bid: new Int32Array(quotes.size).fill(MISSING) },
    { bid: new Int32Array(quotes.size) },
    { bid: quotes.ask, ask: quotes.bid },
    { bid: new Int32Array(quotes.size).fill(70_000_000), ask: new Int32Array(quotes.size).fill(80_000_000) },
  ]) {
    const { chain } = chainGreeks({ ...quotes, ...change }, { now: NOW, rate: RATE });
    assert.ok(chain.impliedVolatility.every(Number.isNaN));
  }
});

test('chains of any size follow each other: a smaller one after a larger is not touched by it', () => {
  const large = quotesOnly();
  const small = sampleChain([{ expiration: EXPIRATION, strike: 600, right: 'P', bid: 5, ask: 5.1, iv: Number.NaN }]);
  const alone = chainGreeks(small, { now: NOW, rate: RATE });
  chainGreeks(large, { now: NOW, rate: RATE });
  assert.deepEqual(chainGreeks(small, { now: NOW, rate: RATE }), alone);
  assert.equal(chainGreeks(sampleChain([]), { now: NOW, rate: RATE }).chain.size, 0);
});

test('an option on its last instant has the delta of its exercise', () => {
  const chain = sampleChain([
    { expiration: '2026-03-20', strike: 600, right: 'C', iv: 0.2, delta: Number.NaN },
    { expiration: '2026-03-20', strike: 700, right: 'C', iv: 0.2, delta: Number.NaN },
  ]);
  const now = NOW + 5 * 3_600_000;
  assert.deepEqual([...chainGreeks(chain, { now, rate: RATE }).chain.delta], [1, 0]);
});
