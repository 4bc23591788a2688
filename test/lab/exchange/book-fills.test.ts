import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Money, money } from '../../../agent/core/market/money.ts';
import type { BookExecution, OrderRequest } from '../../../agent/lab/exchange/book.ts';
import { ACCOUNT, at, marketOf, type Prices, putAt, request, Table } from './small-book.ts';

/** One put at 70.00 with these quotes at 10:00, 10:05, 10:10 …, and an order placed at 10:01. */
function after(quotes: readonly (readonly [number | null, number | null])[], changes: Partial<OrderRequest>): Table {
  const times = quotes.map((_, i) => `10:${String(i * 5).padStart(2, '0')}`);
  const one = new Table(marketOf(Object.fromEntries(times.map((time, i) => [time, { 70: quotes[i] } as Prices]))));
  one.step('10:00');
  one.book.place(request({ conId: putAt(one.market, 70), ...changes }), at('10:01'));
  for (const time of times.slice(1)) one.step(time);
  return one;
}

function prices(one: Table): number[] {
  return one.book.executions().map(({ price }) => price / 10_000);
}

test('a marketable order does not fill on the quote it was accepted on, but at the touch of the next', () => {
  const one = after([[1, 1.2]], { limit: money(0.9) });
  one.step('10:04');
  assert.deepEqual(prices(one), []);
  assert.deepEqual(
    prices(
      after(
        [
          [1, 1.2],
          [1.05, 1.25],
        ],
        { limit: money(0.9) },
      ),
    ),
    [1.05],
  );
  assert.deepEqual(
    prices(
      after(
        [
          [1, 1.2],
          [1.05, 1.25],
        ],
        { side: 'buy', limit: money(1.3) },
      ),
    ),
    [1.25],
  );
});

test('a market order pays the touch; without one it waits', () => {
  assert.deepEqual(
    prices(
      after(
        [
          [1, 1.2],
          [1.05, 1.25],
        ],
        { type: 'MKT' },
      ),
    ),
    [1.05],
  );
  assert.deepEqual(
    prices(
      after(
        [
          [1, 1.2],
          [null, 1.25],
          [0.9, 1.25],
        ],
        { type: 'MKT' },
      ),
    ),
    [0.9],
  );
});

test('an order that has rested fills at its own limit when the market comes through it', () => {
  assert.deepEqual(
    prices(
      after(
        [
          [1, 1.2],
          [2, 2.2],
        ],
        { limit: money(1.5) },
      ),
    ),
    [1.5],
  );
  assert.deepEqual(
    prices(
      after(
        [
          [1, 1.2],
          [0.5, 0.6],
        ],
        { side: 'buy', limit: money(0.8) },
      ),
    ),
    [0.8],
  );
  // Marketable when it came, gone at the next quote, back later: it has become a resting order.
  assert.deepEqual(
    prices(
      after(
        [
          [1, 1.2],
          [0.5, 0.6],
          [1.5, 1.6],
        ],
        { limit: money(0.9) },
      ),
    ),
    [0.9],
  );
});

test('nothing fills on a crossed quote, on one side only, or on a quote from before the open', () => {
  assert.deepEqual(
    prices(
      after(
        [
          [1, 1.2],
          [1.3, 1.1],
        ],
        { limit: money(0.9) },
      ),
    ),
    [],
  );
  assert.deepEqual(
    prices(
      after(
        [
          [1, 1.2],
          [null, 1.1],
        ],
        { limit: money(0.9) },
      ),
    ),
    [],
  );
  const early = new Table(
    marketOf({ '08:00': { 70: [1, 1.2] }, '09:00': { 70: [1, 1.2] }, '09:45': { 70: [1, 1.2] } }),
  );
  early.step('08:00');
  early.book.place(request({ conId: putAt(early.market, 70), limit: money(0.9) }), at('08:30'));
  for (const time of ['09:00', '09:30', '09:40']) early.step(time);
  assert.deepEqual(prices(early), []);
  early.step('09:45');
  assert.deepEqual(prices(early), [1]);
});

test('a price the market never reached does not fill, however long it stands', () => {
  const same = Array.from({ length: 12 }, () => [1, 1.2] as const);
  assert.deepEqual(prices(after(same, { limit: money(1.21) })), []);
});

/** How many of a hundred orders at one limit fill within an hour of unchanged quotes of 1.00 to 1.20. */
function filledAt(limit: number): number {
  const quotes = Array.from({ length: 12 }, (_, i) => [
    `10:${String(i * 5).padStart(2, '0')}`,
    { 70: [1, 1.2] } as Prices,
  ]);
  const one = new Table(marketOf(Object.fromEntries(quotes)), money(10_000_000));
  one.step('10:00');
  const conId = putAt(one.market, 70);
  for (let orderId = 1; orderId <= 100; orderId += 1)
    one.book.place(request({ conId, orderId, limit: money(limit) }), at('10:01'));
  for (const [time] of quotes.slice(1)) one.step(time as string);
  assert.ok(one.book.executions().every(({ price }) => price === money(limit)));
  return one.book.completedOrders().length;
}

test('inside the spread an order fills by chance: more often the more it gives away, and at its own price', () => {
  const [generous, middle, own] = [filledAt(1.02), filledAt(1.1), filledAt(1.2)];
  assert.ok(generous > middle && middle > own, `${generous} ${middle} ${own}`);
  assert.ok(middle > 50 && middle < 95 && own < 40, `${generous} ${middle} ${own}`);
  assert.equal(filledAt(1.1), middle);
});

test('sizes limit a fill, the rest stays, and two orders do not take the same contracts', () => {
  const one = after(
    [
      [1, 1.2],
      [1, 1.2],
    ],
    { limit: money(1), quantity: 15 },
  );
  assert.deepEqual([one.order(1).filled, one.order(1).status], [10, 'Submitted']);
  const quotes = { 70: [1, 1.2] } as const;
  const two = new Table(marketOf({ '10:00': quotes, '10:05': quotes, '10:10': quotes }));
  two.step('10:00');
  const conId = putAt(two.market, 70);
  two.book.place(request({ conId, limit: money(1), quantity: 7 }), at('10:01'));
  two.book.place(request({ conId, limit: money(1), quantity: 7, clientId: 2 }), at('10:01'));
  two.step('10:05');
  assert.deepEqual([two.order(1, 1).filled, two.order(1, 2).filled], [7, 3]);
  two.step('10:06');
  assert.equal(two.order(1, 2).filled, 3);
  two.step('10:10');
  assert.deepEqual([two.order(1, 2).filled, two.order(1, 2).averagePrice], [7, money(1)]);
});

test('what is left of an immediate order is cancelled on the first newer quote', () => {
  const part = after(
    [
      [1, 1.2],
      [1, 1.2],
    ],
    { limit: money(1), quantity: 15, timeInForce: 'IOC' },
  );
  assert.deepEqual([part.order(1).filled, part.order(1).status], [10, 'Cancelled']);
  const none = after(
    [
      [1, 1.2],
      [1, 1.2],
    ],
    { limit: money(1.05), timeInForce: 'IOC' },
  );
  assert.deepEqual([none.order(1).filled, none.order(1).status], [0, 'Cancelled']);
});

test('a changed order counts as new: it does not fill on the quote it was changed on', () => {
  const quotes = { 70: [1, 1.2] } as const;
  const one = new Table(marketOf({ '10:00': quotes, '10:05': quotes, '10:10': { 70: [1.05, 1.2] } }));
  one.step('10:00');
  const conId = putAt(one.market, 70);
  one.book.place(request({ conId, limit: money(1.3) }), at('10:01'));
  one.step('10:05');
  one.book.place(request({ conId, limit: money(1) }), at('10:06'));
  one.step('10:07');
  assert.deepEqual(prices(one), []);
  one.step('10:10');
  assert.deepEqual(prices(one), [1.05]);
});

test('looking at the same quote again fills nothing more, bought or sold or drawn', () => {
  const bought = after(
    [
      [1, 1.2],
      [1, 1.2],
    ],
    { side: 'buy', limit: money(1.2), quantity: 15 },
  );
  bought.book.place(request({ clientId: 2, conId: putAt(bought.market, 70), side: 'buy', type: 'MKT' }), at('10:01'));
  bought.step('10:06');
  assert.equal(bought.order(1).filled, 10);
  const quotes = { 70: [1, 1.2] } as const;
  const drawn = new Table(marketOf({ '10:00': quotes, '10:05': quotes }), money(1_000_000));
  drawn.step('10:00');
  const conId = putAt(drawn.market, 70);
  for (let orderId = 1; orderId <= 30; orderId += 1) {
    drawn.book.place(request({ conId, orderId, limit: money(1.02), quantity: 4 }), at('10:01'));
  }
  drawn.step('10:05');
  const once = drawn.book.executions();
  assert.ok(once.length > 0);
  for (let i = 0; i < 20; i += 1) drawn.book.match(at('10:05'));
  assert.deepEqual(drawn.book.executions(), once);
});

test('two buyers do not take the same offer', () => {
  const quotes = { 70: [1, 1.2] } as const;
  const one = new Table(marketOf({ '10:00': quotes, '10:05': quotes }));
  one.step('10:00');
  const conId = putAt(one.market, 70);
  for (const clientId of [1, 2]) {
    one.book.place(request({ clientId, conId, side: 'buy', limit: money(1.2), quantity: 7 }), at('10:01'));
  }
  one.step('10:05');
  assert.deepEqual([one.order(1, 1).filled, one.order(1, 2).filled], [7, 3]);
});

function spread(quotes: readonly Prices[], changes: Partial<OrderRequest>): { one: Table; legs: BookExecution[] } {
  const times = quotes.map((_, i) => `10:${String(i * 5).padStart(2, '0')}`);
  const one = new Table(marketOf(Object.fromEntries(times.map((time, i) => [time, quotes[i] as Prices]))));
  one.step('10:00');
  const legs = [
    { conId: putAt(one.market, 70), side: 'sell', ratio: 1 },
    { conId: putAt(one.market, 65), side: 'buy', ratio: 1 },
  ] as const;
  one.book.place(request({ side: 'buy', legs, ...changes }), at('10:01'));
  for (const time of times.slice(1)) one.step(time);
  return { one, legs: one.book.executions().filter(({ conId }) => conId !== 0) };
}

test('a credit spread bought at a negative net price fills all legs at once at their touches', () => {
  const quotes = { 70: [1, 1.2], 65: [0.2, 0.3] } as const;
  const { one, legs } = spread([quotes, quotes], { limit: money(-0.7), quantity: 2 });
  const [whole] = one.book.executions();
  assert.deepEqual([whole?.conId, whole?.price, whole?.commission, whole?.quantity], [0, money(-0.7), null, 2]);
  assert.deepEqual(
    legs.map(({ side, price, quantity }) => [side, price / 10_000, quantity]),
    [
      ['sell', 1, 2],
      ['buy', 0.3, 2],
    ],
  );
  assert.equal(one.order(1).averagePrice, money(-0.7));
  assert.deepEqual(
    one.book.positions(ACCOUNT).map(({ quantity, averagePrice }) => [quantity, averagePrice / 10_000]),
    [
      [-2, 1],
      [2, 0.3],
    ],
  );
  const paid = legs.reduce((sum, { commission }) => sum + (commission ?? 0), 0);
  assert.equal(one.book.figures(ACCOUNT).cash, (money(100_000) + money(140) - paid) as Money);
});

test('legs of a combo that rested add up to its limit exactly, and a missing leg stops all', () => {
  const before = { 70: [1, 1.2], 65: [0.2, 0.3] } as const;
  const { legs } = spread([before, { 70: [1.5, 1.7], 65: [0.2, 0.25] }], { limit: money(-1.01) });
  const net = legs.reduce((sum, { side, price }) => sum + (side === 'buy' ? price : -price), 0);
  assert.equal(net, money(-1.01));
  const none = spread([before, { 70: [1.5, 1.7], 65: [null, null] }], { limit: money(-0.7) });
  assert.deepEqual(none.legs, []);
});

test('executions carry ids that follow from order and number, and the order its minimum commission once', () => {
  const quotes = { 70: [1, 1.2] } as const;
  const one = new Table(marketOf({ '10:00': quotes, '10:05': quotes, '10:10': quotes }));
  one.step('10:00');
  one.book.place(request({ conId: putAt(one.market, 70), limit: money(1), quantity: 11 }), at('10:01'));
  one.step('10:05');
  one.step('10:10');
  const [first, second] = one.book.executions();
  const hex = one.order(1).permId.toString(16).padStart(8, '0');
  assert.deepEqual([first?.execId, second?.execId], [`0000e0d5.${hex}.01.01`, `0000e0d5.${hex}.02.01`]);
  assert.deepEqual([first?.cumulative, second?.cumulative], [10, 11]);
  assert.ok((second?.commission ?? 0) < money(0.75));
});
