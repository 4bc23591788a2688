import assert from 'node:assert/strict';
import { test } from 'node:test';
import { epochDay } from '../../../agent/core/calendar/time.ts';
import { type Chain, MISSING } from '../../../agent/core/market/chain.ts';
import { yearsToExpiration } from '../../../agent/core/market/chain-slices.ts';
import {
  chainGreeks,
  DERIVED_DELTA,
  DERIVED_GREEKS,
  DERIVED_VOLATILITY,
} from '../../../agent/core/pricing/chain-greeks.ts';
import { priceEuropean } from '../../../agent/core/pricing/european.ts';
import { NOW, sampleChain } from '../market/sample-chain.ts';

const RATE = 0.04;
const YIELD = 0.015;
const EXPIRATION = '2026-05-15';
const YEARS = yearsToExpiration(epochDay(EXPIRATION), NOW);
const ALL = DERIVED_VOLATILITY | DERIVED_DELTA | DERIVED_GREEKS;

function model(right: 'C' | 'P', strike: number) {
  return priceEuropean({
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

test('from quotes alone come the volatilities and greeks that made them, in the money from the twin of the strike', () => {
  const { chain, derived } = chainGreeks(quotesOnly(), { now: NOW, rate: RATE });
  for (let row = 0; row < chain.size; row += 1) {
    const strike = (chain.strike[row] as number) / 10_000;
    const expected = model(row % 2 === 0 ? 'C' : 'P', strike);
    assert.equal(derived[row], ALL);
    assert.ok(Math.abs((chain.impliedVolatility[row] as number) - smile(strike)) < 2e-4, `strike ${strike}`);
    assert.ok(Math.abs((chain.delta[row] as number) - (expected?.delta ?? 9)) < 1e-3);
    assert.ok(Math.abs((chain.gamma[row] as number) / (expected?.gamma ?? 9) - 1) < 0.01);
    assert.ok(Math.abs((chain.vega[row] as number) - (expected?.vega ?? 9)) < 2e-3);
    assert.ok(Math.abs((chain.theta[row] as number) - (expected?.theta ?? 9)) < 1e-3);
  }
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
  const { chain, derived } = chainGreeks(told, { now: NOW, rate: RATE });
  assert.deepEqual({ ...chain }, told);
  assert.ok(derived.every((bits) => bits === 0));
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
