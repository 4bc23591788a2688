import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Money, money } from '../../../agent/core/market/money.ts';
import {
  isOnTick,
  NICKEL_DIME,
  optionTicks,
  PENNY_ALL,
  PENNY_PROGRAM,
  roundToTick,
  type Ticks,
  tickAt,
} from '../../../agent/core/market/ticks.ts';

test('SPY, QQQ and IWM trade in pennies throughout, other classes by their program', () => {
  for (const symbol of ['SPY', 'QQQ', 'IWM']) assert.equal(optionTicks(symbol, false), PENNY_ALL);
  assert.equal(optionTicks('TSLA', true), PENNY_PROGRAM);
  assert.equal(optionTicks('ABC', false), NICKEL_DIME);
});

const CASES: readonly [string, Ticks, number, number, number][] = [
  ['penny', PENNY_ALL, 9.385, 9.39, 9.38],
  ['penny program below 3', PENNY_PROGRAM, 2.991, 3, 2.99],
  ['penny program at 3', PENNY_PROGRAM, 3, 3, 3],
  ['penny program from 3', PENNY_PROGRAM, 3.01, 3.05, 3],
  ['nickels', NICKEL_DIME, 1.01, 1.05, 1],
  ['nickels up to 3', NICKEL_DIME, 2.96, 3, 2.95],
  ['dimes', NICKEL_DIME, 3.05, 3.1, 3],
  ['a credit of 1.234 for a combination', PENNY_ALL, -1.234, -1.23, -1.24],
  ['a credit of 3.01 for a combination', PENNY_PROGRAM, -3.01, -3, -3.05],
  ['on the grid', PENNY_ALL, 0.07, 0.07, 0.07],
  ['nothing', PENNY_ALL, 0.001, 0.01, 0],
];

for (const [title, ticks, price, sold, bought] of CASES) {
  test(`${title}: ${price} is sold at ${sold} and bought at ${bought}`, () => {
    assert.equal(roundToTick(money(price), ticks, 'sell'), money(sold));
    assert.equal(roundToTick(money(price), ticks, 'buy'), money(bought));
  });
}

test('exactly 3.00 takes the upper tick', () => {
  assert.equal(tickAt(money(3), PENNY_PROGRAM), money(0.05));
  assert.equal(tickAt(money(2.9999), PENNY_PROGRAM), money(0.01));
  assert.equal(tickAt(money(-3), NICKEL_DIME), money(0.1));
});

test('rounding is on the grid, never worse for us, less than a tick away, and stays when done twice', () => {
  const prices = fc.integer({ min: -200_000, max: 200_000 });
  fc.assert(
    fc.property(prices, fc.constantFrom(PENNY_ALL, PENNY_PROGRAM, NICKEL_DIME), (units, ticks) => {
      const price = units as Money;
      const sold = roundToTick(price, ticks, 'sell');
      const bought = roundToTick(price, ticks, 'buy');
      assert.ok(isOnTick(sold, ticks) && isOnTick(bought, ticks));
      assert.ok(sold >= price && bought <= price);
      assert.ok(sold - price < tickAt(price, ticks) && price - bought < tickAt(price, ticks));
      assert.equal(roundToTick(sold, ticks, 'sell'), sold);
      assert.equal(roundToTick(bought, ticks, 'buy'), bought);
    }),
    { numRuns: 3000 },
  );
});

test('a price without a tick is refused', () => {
  assert.throws(() => tickAt(money(1), []), RangeError);
  assert.throws(() => tickAt(Number.NaN as Money, PENNY_ALL), RangeError);
});
