import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { priceEuropean } from '../../../agent/core/pricing/european.ts';
import { strikeWindow } from '../../../agent/core/strategy/strike-window.ts';

const RANGE = { minDays: 21, maxDays: 45, minDelta: 0.15, maxDelta: 0.3 };

test('the window of a calm index is near the money and that of a wild stock reaches far below', () => {
  const calm = strikeWindow({ ...RANGE, volatility: 0.15 });
  const wild = strikeWindow({ ...RANGE, volatility: 0.6 });
  assert.ok(calm.minMoneyness > 0.9 && calm.maxMoneyness <= 1, JSON.stringify(calm));
  assert.ok(wild.minMoneyness < 0.78 && wild.maxMoneyness < calm.maxMoneyness, JSON.stringify(wild));
});

test('every put whose delta lies in the range lies in the window, also with a skew of 1.3', () => {
  const request = fc.record({
    volatility: fc.double({ min: 0.08, max: 1, noNaN: true }),
    days: fc.integer({ min: 21, max: 45 }),
    moneyness: fc.double({ min: 0.4, max: 1, noNaN: true }),
    skew: fc.double({ min: 0.9, max: 1.3, noNaN: true }),
  });
  fc.assert(
    fc.property(request, ({ volatility, days, moneyness, skew }) => {
      const terms = {
        right: 'P',
        spot: 1,
        strike: moneyness,
        years: days / 365,
        volatility: volatility * skew,
        rate: 0,
      };
      const value = priceEuropean({ ...terms, dividendYield: 0 } as Parameters<typeof priceEuropean>[0]);
      const delta = -(value?.delta ?? 0);
      if (delta < RANGE.minDelta || delta > RANGE.maxDelta) return true;
      const window = strikeWindow({ ...RANGE, volatility });
      return moneyness >= window.minMoneyness && moneyness <= window.maxMoneyness;
    }),
    { numRuns: 2000 },
  );
});
