import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Side } from '../../../agent/core/market/contract.ts';
import { type Money, money } from '../../../agent/core/market/money.ts';
import { isOnTick, NICKEL_DIME, PENNY_ALL, PENNY_PROGRAM } from '../../../agent/core/market/ticks.ts';
import { concedes, type PricingPlan, stepPrice, stepsDue, worstPrice } from '../../../agent/core/orders/pricing.ts';
import { AT } from './sample-orders.ts';

const STEPS = { steps: 4, stepMs: 180_000, concession: 0.5 };
const MARKET = { bid: money(8), ask: money(8.4) };

function plan(changes: Partial<PricingPlan> = {}): PricingPlan {
  return { ...STEPS, key: 'SPY.put', attempt: 1, wanted: 2, startedAt: AT, worst: money(8.1), ...changes };
}

function prices(side: Side, worst: Money, market = MARKET): number[] {
  return [0, 1, 2, 3, 4, 9].map(
    (step) => stepPrice(plan({ worst }), { market, side, step, ticks: PENNY_ALL }) / 10_000,
  );
}

test('a sale goes down from mid in equal steps to its stated limit, and a purchase up', () => {
  assert.equal(worstPrice(MARKET, 'sell', STEPS, PENNY_ALL), money(8.1));
  assert.deepEqual(prices('sell', money(8.1)), [8.2, 8.18, 8.15, 8.13, 8.1, 8.1]);
  assert.equal(worstPrice(MARKET, 'buy', STEPS, PENNY_ALL), money(8.3));
  assert.deepEqual(prices('buy', money(8.3)), [8.2, 8.22, 8.25, 8.27, 8.3, 8.3]);
});

test('a market that has run away is not followed beyond the limit that was stated at the start', () => {
  const gone = { bid: money(7), ask: money(7.4) };
  assert.deepEqual(prices('sell', money(8.1), gone), [8.1, 8.1, 8.1, 8.1, 8.1, 8.1]);
  const up = { bid: money(9), ask: money(9.4) };
  assert.deepEqual(prices('buy', money(8.3), up), [8.3, 8.3, 8.3, 8.3, 8.3, 8.3]);
});

test('the net price of a combination bought for a credit steps toward a smaller credit', () => {
  const market = { bid: money(-1.4), ask: money(-1) };
  assert.equal(worstPrice(market, 'buy', STEPS, PENNY_ALL), money(-1.1));
  assert.deepEqual(prices('buy', money(-1.1), market), [-1.2, -1.18, -1.15, -1.13, -1.1, -1.1]);
});

test('steps are counted by the clock from the first price, and a clock that was set back counts none', () => {
  assert.deepEqual(
    [-1, 0, 179_999, 180_000, 719_999, 720_000, 900_000].map((ms) => stepsDue(plan(), AT + ms)),
    [0, 0, 0, 1, 3, 4, 5],
  );
});

test('no step is worse than the limit, off the tick, or better than the one before it', () => {
  const market = fc
    .tuple(fc.integer({ min: 1, max: 50_000 }), fc.integer({ min: 0, max: 5_000 }))
    .map(([cents, width]) => ({ bid: (cents * 100) as Money, ask: ((cents + width) * 100) as Money }));
  const given = fc.record({
    first: market,
    later: market,
    side: fc.constantFrom<Side>('sell', 'buy'),
    ticks: fc.constantFrom(PENNY_ALL, PENNY_PROGRAM, NICKEL_DIME),
    steps: fc.integer({ min: 1, max: 20 }),
    concession: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(given, ({ first, later, side, ticks, steps, concession }) => {
      const repricing = { steps, stepMs: 1000, concession };
      const worst = worstPrice(first, side, repricing, ticks);
      let before: Money | null = null;
      for (let step = 0; step <= steps + 1; step += 1) {
        const price = stepPrice(plan({ ...repricing, worst }), { market: later, side, step, ticks });
        assert.ok(isOnTick(price, ticks));
        assert.equal(concedes(price, worst, side), false);
        if (before !== null) assert.equal(concedes(before, price, side), false);
        before = price;
      }
    }),
    { numRuns: 2000 },
  );
});
