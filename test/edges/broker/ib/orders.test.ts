import assert from 'node:assert/strict';
import { test } from 'node:test';
import { money } from '../../../../agent/core/market/money.ts';
import type { BrokerEvent } from '../../../../agent/edges/broker/broker.ts';
import { encodeFrame } from '../../../../agent/ground/wire/frame.ts';
import { REQUEST } from '../../../../agent/ground/wire/message-ids.ts';
import { encodeOpenOrderEnd } from '../../../../agent/ground/wire/order-messages.ts';
import { decodePlaceOrder } from '../../../../agent/ground/wire/place-order.ts';
import { encodeError } from '../../../../agent/ground/wire/session-messages.ts';
import { MARGINS, OPTION, openOrder, orderStatus, TICKET } from './order-frames.ts';
import { bench, T0 } from './puppet-gateway.ts';

function of<K extends BrokerEvent['kind']>(events: readonly BrokerEvent[], kind: K) {
  return events.filter((event): event is Extract<BrokerEvent, { kind: K }> => event.kind === kind);
}

test('an order carries everything on the wire: contract, limit, reference, account, and leave to be transmitted', async (t) => {
  const { broker, gateway, ready, until } = await bench(t);
  await ready();
  assert.deepEqual(await broker.place(1, TICKET), { ok: true, value: undefined });
  await until('it has arrived', () => gateway.of(REQUEST.placeOrder).length === 1);
  const fields = gateway.of(REQUEST.placeOrder)[0] as string[];
  const order = decodePlaceOrder(Buffer.from(`${fields.join('\0')}\0`), 193);
  const { transmit, whatIf, orderRef, account, limitPrice } = order;
  assert.deepEqual([transmit, whatIf, orderRef, account, limitPrice], [true, false, 'intent-1', 'DU1', 1.15]);
  assert.deepEqual(fields.slice(1, 13), '1,4711,SPY,OPT,20260417,650,P,100,SMART,,USD,'.split(','));
  assert.equal(fields.length, 118);
  assert.equal(broker.nextOrderId, 2);
});

test('an order that cannot be meant is refused before a byte is sent', async (t) => {
  const { broker, gateway, ready } = await bench(t);
  await ready();
  const wrong = [
    broker.place(0, TICKET),
    broker.place(1_000_000_000, TICKET),
    broker.place(1, { ...TICKET, quantity: 0 }),
    broker.place(1, { ...TICKET, quantity: 1.5 }),
    broker.place(1, { ...TICKET, limit: null }),
    broker.place(1, { ...TICKET, type: 'market' }),
    broker.place(1, { ...TICKET, orderRef: '' }),
    broker.place(1, { ...TICKET, orderRef: 'a\0b' }),
  ];
  for (const answer of await Promise.all(wrong)) assert.equal(answer.ok ? '' : answer.failure, 'refused');
  await broker.settled();
  assert.equal(gateway.of(REQUEST.placeOrder).length, 0);
});

test('an order id never stands for two orders', async (t) => {
  const { broker, gateway, ready } = await bench(t);
  await ready();
  await broker.place(1, TICKET);
  const second = await broker.place(1, { ...TICKET, orderRef: 'intent-2' });
  assert.deepEqual([second.ok, second.ok ? null : second.code], [false, 103]);
  assert.equal((await broker.place(1, { ...TICKET, limit: money(1.1) })).ok, true);
  await broker.settled();
  assert.equal(gateway.of(REQUEST.placeOrder).length, 2);
});

test('status events carry the reference, in the order of the wire; those of other clients are not ours', async (t) => {
  const { broker, gateway, events, ready } = await bench(t);
  await ready();
  await broker.place(1, TICKET);
  gateway.send(
    orderStatus({ status: 'PreSubmitted' }),
    orderStatus({ clientId: 8 }),
    orderStatus(),
    orderStatus({ status: 'Filled', filled: 2, remaining: 0, averagePrice: 1.1525 }),
    orderStatus({ status: 'ApiPending' }),
  );
  await broker.settled();
  const seen = of(events, 'orderStatus');
  assert.deepEqual(
    seen.map((event) => [event.orderId, event.orderRef, event.status, event.averagePrice]),
    [
      [1, 'intent-1', 'PreSubmitted', null],
      [1, 'intent-1', 'Submitted', null],
      [1, 'intent-1', 'Filled', money(1.1525)],
    ],
  );
  assert.match(of(events, 'notice')[0]?.reason ?? '', /ApiPending/);
});

test('a permanent id that belongs to another order takes the reference away', async (t) => {
  const { broker, gateway, events, ready } = await bench(t);
  await ready();
  await broker.place(1, TICKET);
  gateway.send(openOrder(), orderStatus(), orderStatus({ permId: 900_555 }));
  await broker.settled();
  assert.deepEqual(
    of(events, 'orderStatus').map((event) => event.orderRef),
    ['intent-1', ''],
  );
});

test('next order id stays above a number that was rolled back and above ids that were seen', async (t) => {
  const { broker, gateway, clock, ready, until } = await bench(t);
  gateway.nextOrderId = 50;
  await ready();
  gateway.send(openOrder({ orderId: 60 }), openOrder({ orderId: 90, clientId: 8 }));
  await broker.settled();
  assert.equal(broker.nextOrderId, 61);
  gateway.nextOrderId = 3;
  gateway.drop();
  await until('it is down', () => broker.link.state === 'down');
  await clock.advanceTo(T0 + 1_000);
  await until('it is ready', () => broker.link.state === 'ready');
  assert.equal(broker.nextOrderId, 61);
});

for (const [code, acknowledged, final] of [
  [201, false, true],
  [201, true, true],
  [202, true, true],
  [200, false, true],
  [103, false, true],
  [103, true, false],
  [110, false, true],
  [110, true, false],
  [321, false, true],
  [104, true, false],
  [399, true, false],
  [404, true, false],
  [2109, true, false],
  [10_349, true, false],
  [10_147, true, false],
  [161, true, false],
] as const) {
  const whom = acknowledged ? 'an order the broker has confirmed' : 'a new order';
  test(`error ${code} ${final ? 'ends' : 'does not end'} ${whom}`, async (t) => {
    const { broker, gateway, events, ready } = await bench(t);
    await ready();
    await broker.place(1, TICKET);
    if (acknowledged) gateway.send(openOrder());
    gateway.send(encodeError(1, code, 'said the broker'));
    await broker.settled();
    const [error] = of(events, 'orderError');
    assert.deepEqual([error?.orderRef, error?.code, error?.final], ['intent-1', code, final]);
  });
}

test('a preview waits for margins that are set', async (t) => {
  const { broker, gateway, events, ready } = await bench(t);
  await ready();
  let answered = false;
  gateway.replies.set(REQUEST.placeOrder, () => gateway.send(openOrder({ status: 'PreSubmitted' })));
  const asked = broker.preview(1, TICKET).then((answer) => {
    answered = true;
    return answer;
  });
  await broker.settled();
  assert.equal(answered, false);
  gateway.send(openOrder({ whatIf: MARGINS, status: 'PreSubmitted' }));
  const preview = await asked;
  assert.deepEqual(preview, {
    ok: true,
    value: {
      initialMarginBefore: money(0),
      maintenanceMarginBefore: money(0),
      equityWithLoanBefore: money(100_000),
      initialMarginAfter: money(12_345.67),
      maintenanceMarginAfter: money(9_876.54),
      equityWithLoanAfter: money(99_999.5),
      commission: money(1.3),
      warning: '',
    },
  });
  assert.equal(of(events, 'orderStatus').length, 0);
});

test('margins that never come are unknown, and unset ones are never zero', async (t) => {
  const { broker, gateway, clock, ready, until } = await bench(t);
  await ready();
  const silent = broker.preview(1, TICKET);
  const half = broker.preview(2, { ...TICKET, orderRef: 'intent-2' });
  await until('both were asked', () => gateway.of(REQUEST.placeOrder).length === 2);
  gateway.send(openOrder({ orderId: 2 }));
  await broker.settled();
  await clock.advanceTo(T0 + 10_000);
  assert.equal((await silent).ok, false);
  const answer = await half;
  assert.deepEqual(answer.ok ? answer.value.initialMarginAfter : 0, null);
});

test('a preview that is rejected is refused with the code', async (t) => {
  const { broker, gateway, events, ready } = await bench(t);
  await ready();
  gateway.replies.set(REQUEST.placeOrder, () =>
    gateway.send(encodeError(1, 399, 'held'), encodeError(1, 201, 'margin')),
  );
  const answer = await broker.preview(1, TICKET);
  assert.deepEqual(answer, { ok: false, failure: 'refused', code: 201, reason: 'margin' });
  assert.equal(of(events, 'orderError').length, 0);
});

test('open orders are those of all clients that still work, with what is filled', async (t) => {
  const { broker, gateway, ready } = await bench(t);
  await ready();
  gateway.replies.set(REQUEST.allOpenOrders, () =>
    gateway.send(
      openOrder(),
      orderStatus({ filled: 1, remaining: 1 }),
      openOrder({ orderId: 1, clientId: 8, permId: 900_002, orderRef: 'theirs' }),
      openOrder({ orderId: -2, clientId: 0, permId: 900_003, orderRef: '' }),
      openOrder({ orderId: 3, permId: 900_004, status: 'Cancelled' }),
      openOrder({ orderId: 4, permId: 900_005, contract: { ...OPTION, secType: 'BOND' } }),
      encodeOpenOrderEnd(),
    ),
  );
  const answer = await broker.openOrders();
  assert.ok(answer.ok);
  assert.deepEqual(
    answer.value.map((order) => [order.clientId, order.orderId, order.permId, order.orderRef, order.filled]),
    [
      [7, 1, 900_001, 'intent-1', 1],
      [8, 1, 900_002, 'theirs', 0],
      [0, -2, 900_003, '', 0],
    ],
  );
  assert.deepEqual(answer.value[0]?.instrument, TICKET.instrument);
});

test('one permanent id with two order ids is two orders: a change during an outage can leave both alive', async (t) => {
  const { broker, gateway, ready } = await bench(t);
  await ready();
  gateway.replies.set(REQUEST.allOpenOrders, () =>
    gateway.send(openOrder(), orderStatus(), openOrder({ orderId: 2 }), encodeOpenOrderEnd()),
  );
  const answer = await broker.openOrders();
  assert.ok(answer.ok);
  assert.deepEqual(
    answer.value.map(({ orderId, permId, orderRef }) => [orderId, permId, orderRef]),
    [
      [1, 900_001, 'intent-1'],
      [2, 900_001, 'intent-1'],
    ],
  );
});

test('the late end of one question is not taken for the end of the next', async (t) => {
  const { broker, gateway, clock, ready, until } = await bench(t);
  await ready();
  const first = broker.openOrders();
  await until('it was asked', () => gateway.of(REQUEST.allOpenOrders).length === 1);
  await clock.advanceTo(T0 + 10_000);
  assert.equal((await first).ok, false);
  const second = broker.openOrders();
  gateway.replies.set(REQUEST.allOpenOrders, () => gateway.send(openOrder(), encodeOpenOrderEnd()));
  gateway.send(encodeOpenOrderEnd());
  const answer = await second;
  assert.equal(answer.ok && answer.value.length, 1);
});

test('a commission that is pending or unset is null', async (t) => {
  const { broker, gateway, events, ready } = await bench(t);
  await ready();
  gateway.send(
    encodeFrame([59, 1, '0001.01.01', '-1', 'USD', '', '', '']),
    encodeFrame([59, 1, '0001.01.02', '1.7976931348623157E308', 'USD', '', '', '']),
    encodeFrame([59, 1, '0001.01.03', '0.6512', 'USD', '', '', '']),
  );
  await broker.settled();
  assert.deepEqual(
    of(events, 'commission').map((event) => event.commission),
    [null, null, money(0.6512)],
  );
});
