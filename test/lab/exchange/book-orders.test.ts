import assert from 'node:assert/strict';
import { test } from 'node:test';
import { money, ZERO } from '../../../agent/core/market/money.ts';
import type { OrderRequest } from '../../../agent/lab/exchange/book.ts';
import { at, marketOf, putAt, request, Table } from './small-book.ts';

const QUIET = { 70: [1, 1.2], 65: [0.2, 0.25] } as const;

function table(): Table {
  const opened = new Table(marketOf({ '08:03': QUIET, '10:00': QUIET, '11:00': QUIET, '15:59': QUIET }));
  opened.step('10:00');
  return opened;
}

test('an order is told as PreSubmitted, then Submitted, and has a permanent id', () => {
  const one = table();
  const { book, market, events } = one;
  book.place(request({ conId: putAt(market, 70), limit: money(1.5) }), at('10:01'));
  assert.deepEqual(one.statuses(), ['PreSubmitted', 'Submitted']);
  const [first, second] = events;
  assert.ok(first?.kind === 'order' && second?.kind === 'order');
  assert.equal(first.order.permId, second.order.permId);
  assert.deepEqual(book.openOrders(), [second.order]);
  assert.equal(book.nextOrderId(1), 2);
  assert.equal(book.nextOrderId(2), 1);
});

const WRONG: readonly (readonly [string, number, Partial<OrderRequest>])[] = [
  ['an unknown contract', 200, { conId: 4711 }],
  ['a price off the tick', 110, { limit: money(1.005) }],
  ['a price from 3.00 off its larger tick', 110, { limit: money(3.01) }],
  ['a price of zero', 110, { limit: ZERO }],
  ['a limit order without a limit', 321, { limit: null }],
  ['a quantity of zero', 201, { quantity: 0 }],
  ['half a contract', 201, { quantity: 0.5 }],
  ['a quantity that is no number', 201, { quantity: Number.NaN }],
  ['what the account cannot carry', 201, { quantity: 1000 }],
  ['an unknown account', 321, { account: 'U1' }],
  ['an order id that is no number', 320, { orderId: Number.NaN }],
  ['an order id above 31 bits', 320, { orderId: 2 ** 31 }],
  ['a combo of one leg', 321, { conId: 0, legs: [{ conId: 1, side: 'buy', ratio: 1 }] }],
];

for (const [what, code, changes] of WRONG) {
  test(`${what} is refused with ${code} and leaves nothing behind`, () => {
    const { book, market, ...seen } = table();
    book.place(request({ conId: putAt(market, 70), limit: money(1.5), ...changes }), at('10:01'));
    assert.deepEqual(
      seen.events.map((event) => (event.kind === 'refused' ? event.refusal.code : event.kind)),
      [code],
    );
    assert.deepEqual([book.openOrders(), book.completedOrders(), book.executions()], [[], [], []]);
  });
}

test('a combo with a leg twice, with an unknown leg or a fractional ratio is refused', () => {
  const one = table();
  const { book, market } = one;
  const [upper, lower] = [putAt(market, 70), putAt(market, 65)];
  const combo = (orderId: number, conId: number, ratio: number): OrderRequest =>
    request({
      orderId,
      limit: money(-0.5),
      legs: [
        { conId: upper, side: 'sell', ratio: 1 },
        { conId, side: 'buy', ratio },
      ],
    });
  book.place(combo(1, upper, 1), at('10:01'));
  book.place(combo(2, 4711, 1), at('10:01'));
  book.place(combo(3, lower, 0.5), at('10:01'));
  assert.deepEqual(one.refusals(), [321, 200, 321]);
});

test('an order id that ended, was refused or lies below a used one is refused with 103, per client', () => {
  const one = table();
  const { book, market } = one;
  const put = (orderId: number, limit: number, clientId = 1): void =>
    book.place(request({ orderId, clientId, conId: putAt(market, 70), limit: money(limit) }), at('10:01'));
  put(5, 1.5);
  put(4, 1.5);
  put(6, 1.505);
  put(6, 1.5);
  book.cancel(1, 5, at('10:02'));
  put(5, 1.5);
  put(4, 1.5, 2);
  assert.deepEqual(one.refusals(), [103, 110, 103, 103]);
  assert.equal(book.openOrders().length, 1);
});

test('the same id while it works changes price and quantity and keeps the permanent id', () => {
  const one = table();
  const { book, market } = one;
  const put = (changes: Partial<OrderRequest>): void =>
    book.place(request({ conId: putAt(market, 70), limit: money(1.5), ...changes }), at('10:01'));
  put({});
  const { permId } = one.order(1);
  put({ limit: money(1.4), quantity: 2 });
  assert.deepEqual(
    [one.order(1).permId, one.order(1).request.limit, one.order(1).request.quantity],
    [permId, 14_000, 2],
  );
  put({ side: 'buy' });
  put({ conId: putAt(market, 65) });
  put({ limit: money(1.405) });
  assert.deepEqual(one.refusals(), [105, 105, 110]);
  assert.deepEqual([one.order(1).status, one.order(1).request.limit], ['Submitted', money(1.4)]);
});

test('a change to no more than what is filled is refused with 104', () => {
  const one = table();
  const { book, market } = one;
  book.place(request({ conId: putAt(market, 65), side: 'buy', limit: money(0.25), quantity: 15 }), at('10:01'));
  one.step('11:00');
  assert.equal(one.order(1).filled, 10);
  book.place(request({ conId: putAt(market, 65), side: 'buy', limit: money(0.25), quantity: 10 }), at('11:01'));
  assert.deepEqual(one.refusals(), [104]);
  assert.equal(one.order(1).status, 'Submitted');
});

test('a cancel ends a working order, and nothing else', () => {
  const one = table();
  const { book, market } = one;
  book.place(request({ conId: putAt(market, 70), limit: money(1.5) }), at('10:01'));
  assert.equal(book.cancel(2, 1, at('10:02'))?.code, 10147);
  assert.equal(book.cancel(1, 9, at('10:02'))?.code, 10147);
  assert.equal(book.cancel(1, 1, at('10:02')), null);
  assert.equal(one.order(1).status, 'Cancelled');
  assert.equal(book.cancel(1, 1, at('10:03'))?.code, 161);
});

test('cancelling all reaches the orders of every client', () => {
  const one = table();
  for (const clientId of [1, 2, 3]) {
    one.book.place(request({ clientId, conId: putAt(one.market, 70), limit: money(1.5) }), at('10:01'));
  }
  one.book.cancelAll(at('10:02'));
  assert.deepEqual(one.book.openOrders(), []);
  assert.equal(one.statuses().filter((status) => status === 'Cancelled').length, 3);
});

test('an order that is not transmitted stays out of the book until it is', () => {
  const one = table();
  const { book, market } = one;
  const held = request({ conId: putAt(market, 70), limit: money(1), transmit: false });
  book.place(held, at('10:01'));
  one.step('11:00');
  assert.deepEqual([book.openOrders(), book.executions(), one.statuses()], [[], [], ['PreSubmitted']]);
  assert.equal(book.nextOrderId(1), 2);
  book.place({ ...held, transmit: true }, at('11:01'));
  assert.equal(book.openOrders().length, 1);
  book.place({ ...held, orderId: 2 }, at('11:01'));
  assert.equal(book.cancel(1, 2, at('11:02')), null);
  assert.equal(one.statuses().at(-1), 'ApiCancelled');
});

test('orders before the open wait, DAY orders end with the session, and immediate ones are refused outside it', () => {
  const one = new Table(marketOf({ '08:03': QUIET, '10:00': QUIET, '15:59': QUIET }));
  const { book, market } = one;
  one.step('08:03');
  book.place(request({ conId: putAt(market, 70), limit: money(1.5) }), at('08:10'));
  book.place(request({ orderId: 2, conId: putAt(market, 70), limit: money(1.5), timeInForce: 'GTC' }), at('08:10'));
  book.place(request({ orderId: 3, conId: putAt(market, 70), limit: money(1.5), timeInForce: 'IOC' }), at('08:10'));
  assert.deepEqual(one.refusals(), [201]);
  assert.deepEqual([one.order(1).status, one.order(2).status], ['PreSubmitted', 'PreSubmitted']);
  one.step('09:30');
  assert.equal(one.order(1).status, 'Submitted');
  one.step('15:59');
  assert.equal(one.order(1).status, 'Submitted');
  one.step('16:00');
  assert.deepEqual([one.order(1).status, one.order(2).status], ['Cancelled', 'Submitted']);
  book.place(request({ orderId: 4, conId: putAt(market, 70), limit: money(1.5) }), at('16:30'));
  one.step('17:00');
  assert.equal(one.order(4).status, 'PreSubmitted');
});

test('a what-if tells margins and commission and leaves nothing, not even a used id', () => {
  const one = table();
  one.book.place(request({ conId: putAt(one.market, 70), limit: money(1), whatIf: true }), at('10:01'));
  const [event] = one.events;
  assert.ok(event?.kind === 'whatIf');
  const { initialBefore, initialAfter, equityBefore, equityAfter, commission } = event.margin;
  // 0.20 × 70.00 + the price of 1.10, for 100 shares.
  assert.deepEqual([initialBefore, initialAfter], [ZERO, money(1510)]);
  assert.equal(equityAfter - equityBefore + commission, money(100));
  assert.deepEqual([one.book.openOrders(), one.book.nextOrderId(1)], [[], 1]);
});

test('orders that are still working count against the account, and closing is allowed to one that is short of margin', () => {
  const one = new Table(
    marketOf({ '10:00': QUIET, '10:05': QUIET, '10:10': { 70: [30, 30.5], 65: [25, 26] } }),
    money(2_000),
  );
  const { book, market } = one;
  one.step('10:00');
  const conId = putAt(market, 70);
  book.place(request({ conId, limit: money(1) }), at('10:01'));
  book.place(request({ orderId: 2, conId, limit: money(1) }), at('10:01'));
  assert.deepEqual(one.refusals(), [201]);
  one.step('10:05');
  assert.equal(one.order(1).status, 'Filled');
  one.step('10:10');
  book.place(request({ orderId: 3, conId: putAt(market, 65), limit: money(26) }), at('10:11'));
  book.place(request({ orderId: 4, conId, side: 'buy', limit: money(30.5) }), at('10:11'));
  assert.deepEqual(one.refusals(), [201, 201]);
  assert.equal(one.order(4).status, 'Submitted');
});
