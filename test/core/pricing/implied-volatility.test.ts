import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { priceEuropean } from '../../../agent/core/pricing/european.ts';
import { impliedVolatility, impliedVolatilityColumns } from '../../../agent/core/pricing/implied-volatility.ts';
import { optionColumns, setOption } from '../../../agent/core/pricing/option-columns.ts';
import { anyTerms, plainTerms, scale, spoiledTerms, withTerms } from './domain.ts';

const RUNS = { numRuns: 5000, endOnFailure: true };
const ULP = 2 ** -52;

test('price to volatility and back gives the price', () => {
  let answered = 0;
  fc.assert(
    fc.property(anyTerms, (terms) => {
      const price = priceEuropean(terms)?.price ?? 0;
      const volatility = impliedVolatility(terms, price);
      if (volatility === null) return;
      answered += 1;
      const again = priceEuropean(withTerms(terms, { volatility }))?.price ?? Number.NaN;
      assert.ok(Math.abs(again - price) <= 8 * ULP * scale(terms), `${price} ${again}`);
    }),
    RUNS,
  );
  assert.ok(answered > 0.9 * RUNS.numRuns, `only ${answered} answered`);
});

test('the volatility comes back to the digits that the price holds', () => {
  fc.assert(
    fc.property(anyTerms, (terms) => {
      const value = priceEuropean(terms);
      assert.ok(value);
      const attainable = (ULP * scale(terms)) / (100 * value.vega);
      if (!(attainable < 1e-4 * terms.volatility)) return;
      const found = impliedVolatility(terms, value.price);
      assert.ok(found !== null);
      assert.ok(Math.abs(found - terms.volatility) <= 1e-13 * terms.volatility + 8 * attainable, `${found}`);
    }),
    RUNS,
  );
});

test('a price at or beyond a bound has no volatility', () => {
  fc.assert(
    fc.property(anyTerms, fc.double({ min: 0, max: 10, noNaN: true }), (terms, excess) => {
      const { spot, strike, years, rate, dividendYield, right } = terms;
      const shares = spot * Math.exp(-dividendYield * years);
      const cash = strike * Math.exp(-rate * years);
      const bound = right === 'C' ? shares : cash;
      const least = Math.max(0, right === 'C' ? shares - cash : cash - shares);
      const rounding = 2 * ULP * scale(terms);
      assert.equal(impliedVolatility(terms, bound * (1 + excess) + rounding), null);
      assert.equal(impliedVolatility(terms, least * (1 - excess / 10) - (least > 0 ? rounding : 0)), null);
    }),
    RUNS,
  );
});

test('no number whatever makes it throw, and nonsense has no answer', () => {
  fc.assert(
    fc.property(
      fc.record({
        spot: fc.double(),
        strike: fc.double(),
        years: fc.double(),
        rate: fc.double(),
        dividendYield: fc.double(),
      }),
      fc.double(),
      (terms, price) => {
        const found = impliedVolatility({ ...terms, right: 'C' }, price);
        assert.ok(found === null || (found > 0 && Number.isFinite(found)), `${found}`);
      },
    ),
    RUNS,
  );
  for (const price of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.equal(impliedVolatility(plainTerms, price), null);
  }
  assert.equal(impliedVolatility(withTerms(plainTerms, { years: 0 }), 5), null);
  for (const spoiled of spoiledTerms) {
    if (!('volatility' in spoiled)) assert.equal(impliedVolatility({ ...plainTerms, ...spoiled }, 9), null);
  }
});

test('columns answer as single contracts do, NaN for none', () => {
  const sample = fc.sample(anyTerms, { numRuns: 700, seed: 11 });
  const options = optionColumns(sample.length);
  const prices = new Float64Array(sample.length);
  const answer = new Float64Array(sample.length);
  sample.forEach((terms, row) => {
    setOption(options, row, terms);
    prices[row] = row % 5 === 0 ? -1 : (priceEuropean(terms)?.price ?? 0);
  });
  impliedVolatilityColumns(options, prices, answer);
  const single = sample.map((terms, row) => impliedVolatility(terms, prices[row] as number) ?? Number.NaN);
  assert.deepEqual([...answer], single);
  assert.ok(single.filter(Number.isNaN).length < 200);
});
