import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { priceEuropean, priceEuropeanColumns } from '../../../agent/core/pricing/european.ts';
import {
  invalidTerms,
  type OptionTerms,
  type OptionValue,
  optionColumns,
  setOption,
  valueAt,
  valueColumns,
} from '../../../agent/core/pricing/option-columns.ts';
import { anyTerms, plainTerms, scale, spoiledTerms, withTerms } from './domain.ts';

const RUNS = { numRuns: 3000, endOnFailure: true };

function value(terms: OptionTerms): OptionValue {
  const found = priceEuropean(terms);
  assert.ok(found);
  return found;
}

function discounted({ spot, strike, years, rate, dividendYield }: OptionTerms): { shares: number; cash: number } {
  return { shares: spot * Math.exp(-dividendYield * years), cash: strike * Math.exp(-rate * years) };
}

test('call minus put is the discounted forward minus the discounted strike', () => {
  fc.assert(
    fc.property(anyTerms, (terms) => {
      const { shares, cash } = discounted(terms);
      const call = value(withTerms(terms, { right: 'C' }));
      const put = value(withTerms(terms, { right: 'P' }));
      assert.ok(Math.abs(call.price - put.price - (shares - cash)) <= 2e-15 * scale(terms));
      assert.ok(Math.abs(call.delta - put.delta - shares / terms.spot) <= 1e-14);
      assert.equal(call.gamma, put.gamma);
      assert.equal(call.vega, put.vega);
    }),
    RUNS,
  );
});

test('a price lies between its discounted exercise value and its discounted bound', () => {
  fc.assert(
    fc.property(anyTerms, (terms) => {
      const { shares, cash } = discounted(terms);
      const { price, delta, gamma, vega } = value(terms);
      const slack = 1e-15 * scale(terms);
      const call = terms.right === 'C';
      assert.ok(price >= Math.max(0, call ? shares - cash : cash - shares) - slack);
      assert.ok(price <= (call ? shares : cash) + slack);
      assert.ok(call ? delta >= 0 && delta <= 1 : delta <= 0 && delta >= -1);
      assert.ok(gamma >= 0 && vega >= 0);
    }),
    RUNS,
  );
});

test('a price scales with spot and strike', () => {
  fc.assert(
    fc.property(anyTerms, fc.double({ min: 0.01, max: 100, noNaN: true }), (terms, factor) => {
      const larger = value(withTerms(terms, { spot: terms.spot * factor, strike: terms.strike * factor }));
      assert.ok(Math.abs(larger.price - factor * value(terms).price) <= 4e-14 * factor * scale(terms));
    }),
    RUNS,
  );
});

test('a price rises with volatility, and with the spot for a call', () => {
  fc.assert(
    fc.property(anyTerms, fc.double({ min: 1.0001, max: 1.5, noNaN: true }), (terms, factor) => {
      const slack = 2e-15 * scale(terms);
      const before = value(terms).price;
      assert.ok(value(withTerms(terms, { volatility: terms.volatility * factor })).price >= before - slack);
      const moved = value(withTerms(terms, { spot: terms.spot * factor })).price;
      assert.ok(terms.right === 'C' ? moved >= before - slack * factor : moved <= before + slack * factor);
    }),
    RUNS,
  );
});

test('the greeks are the derivatives of the price', () => {
  const slope = (terms: OptionTerms, field: 'spot' | 'volatility' | 'rate' | 'years', by: number): number => {
    const up = value(withTerms(terms, { [field]: terms[field] + by })).price;
    const down = value(withTerms(terms, { [field]: terms[field] - by })).price;
    return (up - down) / (2 * by);
  };
  const near = fc.record({
    right: fc.constantFrom('C' as const, 'P' as const),
    strike: fc.double({ min: 60, max: 160, noNaN: true }),
    years: fc.double({ min: 0.05, max: 3, noNaN: true }),
    rate: fc.double({ min: -0.01, max: 0.1, noNaN: true }),
    dividendYield: fc.double({ min: 0, max: 0.15, noNaN: true }),
    volatility: fc.double({ min: 0.1, max: 3, noNaN: true }),
  });
  fc.assert(
    fc.property(near, (some) => {
      const terms = { ...some, spot: 100 };
      const { delta, gamma, theta, vega, rho } = value(terms);
      const gammaBump = 0.01;
      const bend =
        (value(withTerms(terms, { spot: 100 + gammaBump })).delta -
          value(withTerms(terms, { spot: 100 - gammaBump })).delta) /
        (2 * gammaBump);
      assert.ok(Math.abs(delta - slope(terms, 'spot', 0.01)) < 1e-5);
      assert.ok(Math.abs(gamma - bend) < 1e-5);
      assert.ok(Math.abs(vega - slope(terms, 'volatility', 1e-4) * 0.01) < 1e-5);
      assert.ok(Math.abs(rho - slope(terms, 'rate', 1e-4) * 0.01) < 1e-5);
      assert.ok(Math.abs(theta + slope(terms, 'years', 1e-4) / 365) < 1e-4);
    }),
    { numRuns: 500, endOnFailure: true },
  );
});

test('at expiration an option is worth its exercise value', () => {
  const put = value(withTerms(plainTerms, { years: 0 }));
  assert.deepEqual(put, { engine: 'european', price: 5, delta: -1, gamma: 0, theta: 0, vega: 0, rho: 0 });
  const call = value(withTerms(plainTerms, { years: 0, right: 'C' }));
  assert.deepEqual([call.price, call.delta], [0, 0]);
});

test('terms outside the domain have no price, and the reason is named', () => {
  for (const spoiled of spoiledTerms) {
    const terms = { ...plainTerms, ...spoiled };
    const field = JSON.stringify(Object.keys(spoiled));
    assert.equal(priceEuropean(terms), null, field);
    assert.match(invalidTerms(terms) ?? '', /must/, field);
  }
  assert.equal(invalidTerms(plainTerms), null);
});

test('in columns a row outside the domain is NaN throughout and leaves its neighbours alone', () => {
  const size = 1200;
  const options = optionColumns(size);
  const values = valueColumns(size);
  for (let row = 0; row < size; row++) {
    const spoiled = row % 3 === 1 ? spoiledTerms[row % spoiledTerms.length] : {};
    setOption(options, row, { ...plainTerms, ...spoiled });
  }
  priceEuropeanColumns(options, values);
  const alone = priceEuropean(plainTerms);
  for (let row = 0; row < size; row++) {
    if (row % 3 !== 1) assert.deepEqual(valueAt(values, row, 'european'), alone);
    else for (const column of Object.values(values)) assert.ok(Number.isNaN(column[row]));
  }
});
