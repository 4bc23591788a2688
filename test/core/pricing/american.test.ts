import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exactAmericanPrices, priceAmericanExact } from '../../../agent/core/pricing/american-exact.ts';
import { priceAmericanQuick, quickAmericanPrices } from '../../../agent/core/pricing/american-quick.ts';
import { priceEuropean } from '../../../agent/core/pricing/european.ts';
import { type OptionTerms, optionColumns, setOption } from '../../../agent/core/pricing/option-columns.ts';
import { anyTerms, percentile95, plainTerms, scale, spoiledTerms, withTerms } from './domain.ts';

const ENGINES = [
  ['quick', priceAmericanQuick, 2e-4],
  ['exact', priceAmericanExact, 2e-6],
] as const;

type Engine = (typeof ENGINES)[number][1];

function price(engine: Engine, terms: OptionTerms): number {
  const value = engine(terms);
  assert.ok(value, JSON.stringify(terms));
  return value.price;
}

function exercise({ right, spot, strike }: OptionTerms): number {
  return Math.max(0, right === 'C' ? spot - strike : strike - spot);
}

for (const [name, engine, tolerance] of ENGINES) {
  const runs = { numRuns: 1500, endOnFailure: true };

  test(`${name}: an American option is worth at least the European one and at least its exercise`, () => {
    fc.assert(
      fc.property(anyTerms, (terms) => {
        const found = price(engine, terms);
        const european = priceEuropean(terms)?.price ?? Number.NaN;
        assert.ok(found >= european - 1e-14 * scale(terms), `${found} ${european}`);
        // Rates below 1e-12 a year count as none.
        assert.ok(found >= exercise(terms) - 1e-11 * scale(terms));
        // A strike below a negative rate's discount is worth more than itself.
        const most = terms.right === 'C' ? terms.spot : terms.strike * Math.exp(Math.max(0, -terms.rate) * terms.years);
        assert.ok(found <= most * (1 + 1e-12));
      }),
      runs,
    );
  });

  test(`${name}: early exercise is worth nothing for a call without yield and a put without interest`, () => {
    fc.assert(
      fc.property(anyTerms, (some) => {
        const positive = withTerms(some, { rate: Math.abs(some.rate) });
        for (const terms of [
          withTerms(positive, { right: 'C', dividendYield: 0 }),
          withTerms(some, { right: 'P', rate: -Math.abs(some.rate) }),
        ]) {
          const european = priceEuropean(terms)?.price ?? Number.NaN;
          assert.ok(Math.abs(price(engine, terms) - european) <= 1e-14 * scale(terms));
        }
      }),
      runs,
    );
  });

  test(`${name}: a price scales with spot and strike, and a call is a put with their roles exchanged`, () => {
    fc.assert(
      fc.property(anyTerms, fc.double({ min: 0.01, max: 100, noNaN: true }), (terms, factor) => {
        const { right, spot, strike, rate, dividendYield } = terms;
        const found = price(engine, terms);
        const scaled = price(engine, withTerms(terms, { spot: spot * factor, strike: strike * factor }));
        assert.ok(Math.abs(scaled - factor * found) <= 1e-11 * factor * scale(terms), `${scaled / factor} ${found}`);
        const mirrored = withTerms(terms, {
          right: right === 'C' ? 'P' : 'C',
          spot: strike,
          strike: spot,
          rate: dividendYield,
          dividendYield: rate,
        });
        assert.ok(Math.abs(price(engine, mirrored) - found) <= 1e-12 * scale(terms));
      }),
      runs,
    );
  });

  test(`${name}: a price rises with time and volatility, and with the spot for a call`, () => {
    fc.assert(
      fc.property(anyTerms, fc.double({ min: 1.01, max: 1.5, noNaN: true }), (some, factor) => {
        const terms = withTerms(some, { rate: Math.abs(some.rate) });
        const slack = tolerance * scale(terms);
        const before = price(engine, terms);
        assert.ok(price(engine, withTerms(terms, { years: terms.years * factor })) >= before - slack);
        assert.ok(price(engine, withTerms(terms, { volatility: terms.volatility * factor })) >= before - slack);
        const moved = price(engine, withTerms(terms, { spot: terms.spot * factor }));
        assert.ok(terms.right === 'C' ? moved >= before - slack * factor : moved <= before + slack * factor);
      }),
      { numRuns: 600, endOnFailure: true },
    );
  });

  test(`${name}: terms outside the domain have no price`, () => {
    for (const spoiled of spoiledTerms) assert.equal(engine({ ...plainTerms, ...spoiled }), null);
    // Two exercise boundaries: the yield below a negative rate.
    assert.equal(engine(withTerms(plainTerms, { rate: -0.01, dividendYield: -0.02 })), null);
  });

  test(`${name}: at expiration an option is worth its exercise value`, () => {
    assert.equal(engine(withTerms(plainTerms, { years: 0 }))?.price, 5);
    assert.equal(engine(withTerms(plainTerms, { years: 0, right: 'C' }))?.price, 0);
  });

  test(`${name}: greeks agree with differences of prices`, () => {
    const terms = withTerms(plainTerms, { strike: 102 });
    const { delta, gamma, theta, vega, rho } = engine(terms) ?? assert.fail();
    const slope = (field: 'spot' | 'volatility' | 'rate' | 'years', by: number): number =>
      (price(engine, withTerms(terms, { [field]: terms[field] + by })) -
        price(engine, withTerms(terms, { [field]: terms[field] - by }))) /
      (2 * by);
    assert.ok(Math.abs(delta - slope('spot', 0.1)) < 2e-4);
    assert.ok(Math.abs(vega - slope('volatility', 1e-3) / 100) < 1e-3);
    assert.ok(Math.abs(rho - slope('rate', 1e-3) / 100) < 1e-3);
    assert.ok(Math.abs(theta + slope('years', 1e-3) / 365) < 1e-3);
    const bend = price(engine, withTerms(terms, { spot: 101 })) + price(engine, withTerms(terms, { spot: 99 }));
    assert.ok(Math.abs(gamma - (bend - 2 * price(engine, terms))) < 2e-4);
  });

  test(`${name}: where exercise is due, the price is the exercise value and time has no price`, () => {
    const { engine: answered, ...value } = engine(withTerms(plainTerms, { spot: 40, rate: 0.1 })) ?? assert.fail();
    assert.equal(answered, `american-${name}`);
    assert.deepEqual(value, { price: 65, delta: -1, gamma: 0, theta: 0, vega: 0, rho: 0 });
  });
}

test('a put of three years with a high rate and little volatility comes close to the perpetual put', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.06, max: 0.1, noNaN: true }),
      fc.double({ min: 0.01, max: 0.03, noNaN: true }),
      fc.double({ min: 1, max: 1.01, noNaN: true }),
      (rate, volatility, ratio) => {
        const power = (2 * rate) / volatility ** 2;
        const boundary = 100 * (power / (power + 1));
        const spot = boundary * ratio;
        const perpetual = (100 - boundary) * (spot / boundary) ** -power;
        const terms = { right: 'P', spot, strike: 100, years: 3, rate, dividendYield: 0, volatility } as const;
        const found = price(priceAmericanExact, terms);
        assert.ok(Math.abs(found - Math.max(perpetual, 100 - spot)) < 1e-5 * spot, `${found} ${perpetual}`);
      },
    ),
    { numRuns: 300, endOnFailure: true },
  );
});

test('where rates are large against volatility, it agrees with finite differences of 4000 by 4000', () => {
  const some = { right: 'P', spot: 100 } as const;
  const first = { strike: 100.4, years: 2.378, rate: 0.05442, dividendYield: 0, volatility: 0.03311 };
  const second = { strike: 100.3, years: 1.751, rate: 0.07434, dividendYield: 0.007245, volatility: 0.02095 };
  assert.ok(Math.abs(price(priceAmericanExact, { ...some, ...first }) - 0.54993) < 5e-5);
  assert.ok(Math.abs(price(priceAmericanExact, { ...some, ...second }) - 0.30107) < 5e-5);
});

test('over the whole domain the engines agree within the screening tolerance at the 95th percentile', () => {
  const sample = fc.sample(anyTerms, { numRuns: 6000, seed: 5 });
  const options = optionColumns(sample.length);
  const quick = new Float64Array(sample.length);
  const exact = new Float64Array(sample.length);
  sample.forEach((terms, row) => {
    setOption(options, row, terms);
  });
  quickAmericanPrices(options, quick);
  exactAmericanPrices(options, exact);
  const apart = sample.map(({ spot }, row) => Math.abs((quick[row] as number) - (exact[row] as number)) / spot);
  assert.ok(percentile95(apart) < 1e-4, `${percentile95(apart)}`);
  const ofScale = sample.map((terms, row) => Math.abs((quick[row] as number) - (exact[row] as number)) / scale(terms));
  assert.ok(Math.max(...ofScale) < 1e-3, `${Math.max(...ofScale)}`);
});
