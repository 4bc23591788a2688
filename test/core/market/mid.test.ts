import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MISSING } from '../../../agent/core/market/chain.ts';
import { mid, quoteFault } from '../../../agent/core/market/mid.ts';
import { money } from '../../../agent/core/market/money.ts';

test('mid is half way, rounded up to 1/10,000 dollar', () => {
  assert.equal(mid(money(9.36), money(9.4)), money(9.38));
  assert.equal(mid(money(0.0001), money(0.0002)), money(0.0002));
  assert.equal(mid(money(1), money(1)), money(1));
});

for (const [bid, ask] of [
  [null, 1],
  [1, null],
  [MISSING, 10_000],
  [10_000, MISSING],
  [0, 10_000],
  [-1, 10_000],
  [10_001, 10_000],
  [Number.NaN, 10_000],
  [10_000, Number.NaN],
] as const) {
  test(`bid ${bid} and ask ${ask} have no mid`, () => assert.equal(mid(bid, ask), null));
}

test('a locked market can be used, and a quote as old as allowed too', () => {
  assert.equal(quoteFault({ bid: money(1), ask: money(1), quotedAt: 0 }, 900_000, 900_000), null);
  assert.equal(quoteFault({ bid: money(1), ask: money(1), quotedAt: 0 }, 900_001, 900_000), 'stale');
});
