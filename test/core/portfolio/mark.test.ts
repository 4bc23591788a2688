import assert from 'node:assert/strict';
import { test } from 'node:test';
import { money, ZERO } from '../../../agent/core/market/money.ts';
import { applyFill } from '../../../agent/core/portfolio/ledger.ts';
import { type Mark, markOf, unrealized } from '../../../agent/core/portfolio/mark.ts';
import { dayProfit, profitOf } from '../../../agent/core/portfolio/profit.ts';
import { AT, sampleFill } from '../orders/sample-orders.ts';

const MOST = 15 * 60_000;
const SHORT = applyFill(null, sampleFill({ quantity: 2 }), money(1.3));
const LONG = applyFill(null, sampleFill({ side: 'buy', quantity: 1, price: money(5) }), ZERO);

function quote(bid: number | null, ask: number | null, quotedAt = AT) {
  return { bid: bid === null ? null : money(bid), ask: ask === null ? null : money(ask), quotedAt };
}

function at(price: number): Mark {
  return { price: money(price), at: AT, fault: null };
}

test('a quote with both sides marks at mid', () => {
  assert.deepEqual(markOf(quote(4, 4.1), AT, MOST), at(4.05));
  assert.deepEqual(markOf(quote(4, 4), AT, MOST), at(4));
});

test('a worthless option without a bid marks at half its ask', () => {
  assert.deepEqual(markOf(quote(0, 0.05), AT, MOST), at(0.025));
});

for (const [fault, given] of [
  ['no quote', null],
  ['missing side', quote(null, 4)],
  ['missing side', quote(4, null)],
  ['missing side', quote(0, 0)],
  ['crossed', quote(4.2, 4.1)],
  ['stale', quote(4, 4.1, AT - MOST - 1)],
  ['stale', quote(4, 4.1, Number.NaN)],
  ['from the future', quote(4, 4.1, AT + 1)],
] as const) {
  test(`a quote gives no mark when it has a fault: ${fault} ${JSON.stringify(given)}`, () => {
    const mark = markOf(given, AT, MOST);
    assert.deepEqual([mark.price, mark.fault], [null, fault]);
  });
}

test('a short put gains when it gets cheaper, a long one when it gets dearer', () => {
  assert.equal(unrealized(SHORT, money(4)), money(2 * 538));
  assert.equal(unrealized(LONG, money(6)), money(100));
  assert.equal(unrealized(SHORT, money(9.38)), ZERO);
});

test('profit is the sum of open, realized and commissions', () => {
  const profit = profitOf([
    { position: SHORT, mark: at(4) },
    { position: LONG, mark: at(6) },
  ]);
  assert.deepEqual(
    [profit.open, profit.realized, profit.commission, profit.total],
    [money(1176), ZERO, money(1.3), money(1174.7)],
  );
});

test('one position without a mark makes the open profit unknown, not smaller', () => {
  const unknown = { price: null, at: null, fault: 'no quote' };
  const profit = profitOf([
    { position: SHORT, mark: at(4) },
    { position: LONG, mark: unknown },
  ]);
  assert.deepEqual([profit.open, profit.total, profit.unmarked], [null, null, [LONG]]);
});

test('a closed position needs no mark', () => {
  const closed = applyFill(SHORT, sampleFill({ side: 'buy', quantity: 2, price: money(4) }), ZERO);
  const profit = profitOf([{ position: closed, mark: { price: null, at: null, fault: 'no quote' } }]);
  assert.deepEqual([profit.open, profit.realized], [ZERO, money(1076)]);
});

test('the profit of the day is unknown when one end of it is', () => {
  assert.equal(dayProfit(money(100_250), money(100_000)), money(250));
  assert.equal(dayProfit(null, money(100_000)), null);
  assert.equal(dayProfit(money(100_000), null), null);
});
