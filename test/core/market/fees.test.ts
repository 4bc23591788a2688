import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { IBKR_TIERED, SCHWAB_ONLINE } from '../../../agent/core/market/fee-tables.ts';
import { type FeeableOrder, orderFees } from '../../../agent/core/market/fees.ts';
import { type Money, money } from '../../../agent/core/market/money.ts';

const SALE: FeeableOrder = {
  kind: 'option',
  side: 'sell',
  quantity: 10,
  price: money(9.38),
  multiplier: 100,
  date: '2026-03-20',
  contractsThisMonth: 0,
};

function lines(order: Partial<FeeableOrder>, table = IBKR_TIERED): Record<string, number> {
  const fees = orderFees({ ...SALE, ...order }, table);
  return Object.fromEntries(fees.lines.map(({ name, amount }) => [name, amount / 10_000]));
}

test('ten puts sold through Interactive Brokers cost commission, clearing, ORF, TAF and section 31', () => {
  assert.deepEqual(lines({}), { commission: 6.5, clearing: 0.25, orf: 0.3, taf: 0.0329, section31: 0.1932 });
  assert.equal(orderFees(SALE, IBKR_TIERED).total, money(7.2761));
});

test('a purchase pays neither TAF nor section 31', () => {
  assert.deepEqual(lines({ side: 'buy' }), { commission: 6.5, clearing: 0.25, orf: 0.3 });
});

for (const [price, quantity, commission] of [
  [0.04, 10, 2.5],
  [0.05, 10, 5],
  [0.0999, 10, 5],
  [0.1, 10, 6.5],
  [9.38, 1, 1],
  [0.04, 3, 1],
] as const) {
  test(`${quantity} at ${price} pay a commission of ${commission}`, () => {
    assert.equal(lines({ price: money(price), quantity }).commission, commission);
  });
}

for (const [contractsThisMonth, price, each] of [
  [10_000, 1, 0.65],
  [10_001, 0.04, 0.25],
  [10_001, 1, 0.5],
  [50_001, 1, 0.25],
  [100_001, 1, 0.15],
] as const) {
  test(`after ${contractsThisMonth} contracts in the month, a premium of ${price} pays ${each}`, () => {
    assert.equal(lines({ contractsThisMonth, price: money(price), quantity: 100 }).commission, each * 100);
  });
}

test('rates follow their dates', () => {
  assert.equal(lines({ date: '2025-02-13' }).clearing, 0.2);
  assert.equal(lines({ date: '2025-02-14' }).clearing, 0.25);
  assert.equal(lines({ date: '2025-05-13' }).section31, 0.2608);
  assert.equal(lines({ date: '2025-05-14' }).section31, undefined);
});

test('Schwab charges 0.65 a contract without a minimum, in whole cents per line', () => {
  const one = lines({ quantity: 1 }, SCHWAB_ONLINE);
  assert.deepEqual(one, { commission: 0.65, clearing: 0.03, orf: 0.03, section31: 0.02 });
});

test('shares pay their own commission and fees', () => {
  const sold = lines({ kind: 'stock', quantity: 1000, price: money(650), multiplier: 1 });
  assert.deepEqual(sold, { commission: 3.5, taf: 0.195, section31: 13.39 });
  assert.equal(lines({ kind: 'stock', quantity: 10, multiplier: 1 }).commission, 0.35);
});

test('a table that has no commission for the day is refused, not free', () => {
  assert.throws(() => orderFees({ ...SALE, date: '1999-12-31' }, IBKR_TIERED), RangeError);
  assert.throws(() => orderFees(SALE, { ...IBKR_TIERED, rates: [] }), RangeError);
});

test('the total is the sum of the lines, and more contracts never cost less', () => {
  const orders = fc.record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    quantity: fc.integer({ min: 1, max: 500 }),
    price: fc.integer({ min: 0, max: 500_000 }).map((units) => units as Money),
  });
  fc.assert(
    fc.property(orders, fc.constantFrom(IBKR_TIERED, SCHWAB_ONLINE), (order, table) => {
      const fees = orderFees({ ...SALE, ...order }, table);
      assert.equal(
        fees.total,
        fees.lines.reduce((sum, { amount }) => sum + amount, 0),
      );
      const more = orderFees({ ...SALE, ...order, quantity: order.quantity + 1 }, table);
      assert.ok(more.total >= fees.total && Number.isSafeInteger(fees.total));
    }),
  );
});
