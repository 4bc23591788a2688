import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Money, money, ZERO } from '../../../agent/core/market/money.ts';
import type { Fill } from '../../../agent/core/orders/fill.ts';
import { applyFill, payCommission, positionFromFills } from '../../../agent/core/portfolio/ledger.ts';
import type { Position } from '../../../agent/core/portfolio/position.ts';
import { AT, sampleFill } from '../orders/sample-orders.ts';

function fill(side: 'buy' | 'sell', quantity: number, price: number, at = AT): Fill {
  return sampleFill({ side, quantity, price: money(price), at });
}

function book(...fills: Fill[]): Position {
  let position: Position | null = null;
  for (const one of fills) position = applyFill(position, one, money(0.65));
  assert.ok(position !== null);
  return position;
}

test('a sold put is short, and its credit is price × multiplier × contracts', () => {
  const position = book(fill('sell', 2, 9.38));
  assert.equal(position.quantity, -2);
  assert.equal(position.averagePrice, money(9.38));
  assert.equal(position.credit, money(1876));
  assert.equal(position.realized, ZERO);
  assert.equal(position.commission, money(0.65));
});

test('buying a part back realizes that part and leaves the average', () => {
  const position = book(fill('sell', 2, 9.38), fill('buy', 1, 4));
  assert.equal(position.quantity, -1);
  assert.equal(position.averagePrice, money(9.38));
  assert.equal(position.credit, money(938));
  assert.equal(position.realized, money(538));
});

test('a closed position has no average and no credit, and keeps what it realized', () => {
  const position = book(fill('sell', 1, 9.38), fill('buy', 1, 10));
  assert.deepEqual(
    [position.quantity, position.averagePrice, position.credit, position.realized],
    [0, ZERO, ZERO, money(-62)],
  );
});

test('crossing zero closes the one side at its average and opens the other at the price of the fill', () => {
  const position = book(fill('buy', 1, 5), fill('sell', 3, 8, AT + 1));
  assert.equal(position.quantity, -2);
  assert.equal(position.averagePrice, money(8));
  assert.equal(position.credit, money(1600));
  assert.equal(position.realized, money(300));
  assert.equal(position.openedAt, AT + 1);
});

test('a long position has a negative credit', () => {
  const position = book(fill('buy', 1, 5), fill('buy', 1, 6));
  assert.deepEqual([position.credit, position.averagePrice], [money(-1100), money(5.5)]);
});

test('shares have a multiplier of 1', () => {
  const shares = { instrument: { kind: 'stock', symbol: 'SPY' }, conId: 1 } as const;
  const position = book({ ...fill('buy', 100, 625), ...shares });
  assert.equal(position.credit, money(-62_500));
});

test('a commission that comes later is added', () => {
  const position = payCommission(applyFill(null, fill('sell', 1, 9.38), ZERO), money(0.6512), AT + 5);
  assert.deepEqual([position.commission, position.updatedAt], [money(0.6512), AT + 5]);
});

test('a quantity that is not whole is refused', () => {
  for (const quantity of [0.5, -1, Number.NaN]) {
    assert.throws(() => applyFill(null, fill('sell', quantity, 1), ZERO), RangeError);
  }
});

test('a corrected execution is booked instead of the one that it corrects', () => {
  const wrong = sampleFill({ execId: 'a.1.01', quantity: 3 });
  const right = sampleFill({ execId: 'a.1.02', quantity: 2 });
  const later = sampleFill({ execId: 'a.2.01', side: 'buy', quantity: 1, price: money(4), at: AT + 9000 });
  const position = positionFromFills([wrong, later, right], () => ZERO);
  assert.deepEqual(
    position,
    positionFromFills([right, later], () => ZERO),
  );
  assert.equal(position?.quantity, -1);
  assert.equal(position?.realized, money(538));
});

const trades = fc.array(
  fc.record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    quantity: fc.integer({ min: 1, max: 7 }),
    price: fc.integer({ min: 1, max: 500_000 }),
    commission: fc.integer({ min: -100, max: 20_000 }),
  }),
  { minLength: 1, maxLength: 30 },
);

test('money is conserved: credit + realized is the sum of all cash flows, whatever was traded', () => {
  fc.assert(
    fc.property(trades, (given) => {
      let position: Position | null = null;
      let cash = 0;
      let held = 0;
      let paid = 0;
      for (const { side, quantity, price, commission } of given) {
        const sign = side === 'buy' ? 1 : -1;
        const one = sampleFill({ side, quantity, price: price as Money });
        position = applyFill(position, one, commission as Money);
        cash -= sign * quantity * price * 100;
        held += sign * quantity;
        paid += commission;
        assert.equal(position.credit + position.realized, cash);
        assert.equal(position.quantity, held);
        assert.equal(position.commission, paid);
        assert.ok(Math.abs(position.averagePrice * held * 100 + position.credit) <= 50 * Math.abs(held));
        if (held === 0) assert.deepEqual([position.credit, position.averagePrice], [0, 0]);
        else assert.equal(Math.sign(position.credit), -Math.sign(held));
      }
    }),
    { numRuns: 1500 },
  );
});

test('fills in any order of arrival and any duplicates make the same position', () => {
  const stored = trades.map((given) =>
    given.map(({ side, quantity, price }, i) =>
      sampleFill({ execId: `a.${i}.01`, side, quantity, price: price as Money, at: AT + (i >> 1) }),
    ),
  );
  const shuffled = stored.chain((fills) =>
    fc.record({
      fills: fc.constant(fills),
      mixed: fc.shuffledSubarray([...fills, ...fills], { minLength: fills.length * 2 }),
    }),
  );
  fc.assert(
    fc.property(shuffled, ({ fills, mixed }) => {
      const commission = (execId: string): Money => execId.length as Money;
      assert.deepEqual(positionFromFills(mixed, commission), positionFromFills(fills, commission));
    }),
    { numRuns: 500 },
  );
});
