import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { priceAmericanDividends } from '../../../agent/core/pricing/american-dividends.ts';
import { priceAmericanExact } from '../../../agent/core/pricing/american-exact.ts';
import { anyTerms, plainTerms, scale, spoiledTerms, withTerms } from './domain.ts';

const NEARLY_NOTHING = 1e-12;

test('with a dividend of nearly nothing it agrees with the boundary method, over the whole domain', () => {
  for (const terms of fc.sample(anyTerms, { numRuns: 120, seed: 3 })) {
    const grid = priceAmericanDividends(terms, [{ years: terms.years / 2, cash: NEARLY_NOTHING * terms.spot }]);
    const exact = priceAmericanExact(terms);
    assert.ok(grid && exact);
    assert.equal(grid.engine, 'american-dividends');
    assert.ok(Math.abs(grid.price - exact.price) < 2e-4 * scale(terms), `${JSON.stringify(terms)} ${grid.price}`);
  }
});

test('greeks agree with those of the boundary method', () => {
  const grid = priceAmericanDividends(plainTerms, [{ years: 0.2, cash: NEARLY_NOTHING }]) ?? assert.fail();
  const exact = priceAmericanExact(plainTerms) ?? assert.fail();
  for (const name of ['delta', 'gamma', 'theta', 'vega', 'rho'] as const) {
    assert.ok(Math.abs(grid[name] - exact[name]) < 3e-4, `${name} ${grid[name]} ${exact[name]}`);
  }
});

test('a dividend lowers a call and raises a put, and neither falls below exercise', () => {
  for (const terms of fc.sample(anyTerms, { numRuns: 40, seed: 8 })) {
    const without = priceAmericanExact(terms)?.price ?? Number.NaN;
    const found = priceAmericanDividends(terms, [{ years: terms.years / 2, cash: 0.02 * terms.spot }])?.price ?? 0;
    const slack = 2e-4 * scale(terms);
    assert.ok(terms.right === 'C' ? found <= without + slack : found >= without - slack, JSON.stringify(terms));
    assert.ok(found >= (terms.right === 'C' ? terms.spot - terms.strike : terms.strike - terms.spot));
  }
});

test('a deep call before a large dividend is worth exercising the day before', () => {
  const terms = withTerms(plainTerms, { right: 'C', strike: 50, volatility: 0.1, dividendYield: 0 });
  const found = priceAmericanDividends(terms, [{ years: 0.25, cash: 5 }])?.price ?? 0;
  // Exercise at the ex-date: spot less the strike discounted to it.
  assert.ok(Math.abs(found - (100 - 50 * Math.exp(-0.04 * 0.25))) < 1e-3, `${found}`);
});

test('dividends that are past or after expiration change nothing, and the exact engine answers', () => {
  const exact = priceAmericanExact(plainTerms);
  for (const dividends of [[], [{ years: -0.1, cash: 3 }], [{ years: 0.51, cash: 3 }], [{ years: 0.2, cash: 0 }]]) {
    assert.deepEqual(priceAmericanDividends(plainTerms, dividends), exact);
  }
});

test('the order in which dividends are given does not matter', () => {
  const dividends = [
    { years: 0.4, cash: 0.6 },
    { years: 0.1, cash: 0.5 },
  ];
  const found = priceAmericanDividends(plainTerms, dividends);
  assert.deepEqual(found, priceAmericanDividends(plainTerms, [...dividends].reverse()));
});

test('a dividend that takes the whole share is survived', () => {
  const put = priceAmericanDividends(plainTerms, [{ years: 0.25, cash: 500 }])?.price ?? 0;
  assert.ok(put > 95 && put <= 105, `${put}`);
});

test('nonsense has no answer', () => {
  const dividends = [{ years: 0.2, cash: 1 }];
  for (const spoiled of spoiledTerms)
    assert.equal(priceAmericanDividends({ ...plainTerms, ...spoiled }, dividends), null);
  for (const bad of [
    { years: 0.2, cash: -1 },
    { years: Number.NaN, cash: 1 },
    { years: 0.2, cash: Number.NaN },
  ]) {
    assert.equal(priceAmericanDividends(plainTerms, [bad]), null);
  }
});
