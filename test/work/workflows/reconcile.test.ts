import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import { money } from '../../../agent/core/market/money.ts';
import { answered, unanswered } from '../../../agent/edges/broker/answer.ts';
import type { ReportedOrder } from '../../../agent/edges/broker/broker.ts';
import { placeOrder } from '../../../agent/work/workflows/place-order.ts';
import { type Desk, desk, FIGURES, fill, intent, NOW, PUT } from './desk.ts';

const HELD = { instrument: PUT, conId: 7, quantity: -2, averagePrice: money(8.2) };

function reported(more: Partial<ReportedOrder> = {}): ReportedOrder {
  const { id, side, quantity, limit, instrument, conId } = intent();
  const ours = { orderRef: id, orderId: 1, clientId: 1, permId: 900, instrument, conId, side, quantity, limit };
  return { ...ours, filled: 0, status: 'Submitted', reason: '', ...more };
}

/** A desk whose order was stored and sent, and a second one on the same store: the first has died. */
async function afterCrash(): Promise<Desk> {
  const first = await desk();
  await first.reconciler.run();
  await placeOrder(intent(), first);
  return desk(first.store);
}

test('nothing may be ordered before the books were compared, and again after the link lapsed', async () => {
  const parts = await desk();
  assert.match(parts.reconciler.obstacle ?? '', /not yet compared/);
  await parts.reconciler.run();
  assert.equal(parts.reconciler.obstacle, null);
  parts.reconciler.lapse('the link is degraded');
  assert.match(parts.reconciler.obstacle ?? '', /degraded/);
});

for (const question of ['open', 'completed', 'fills', 'held', 'figures'] as const) {
  test(`a question that is not answered is unknown, never none, and blocks: ${question}`, async () => {
    const parts = await desk();
    parts.broker[question] = unanswered('unknown', 'timeout');
    await parts.reconciler.run();
    assert.equal(parts.reconciler.current.state, 'unknown');
    assert.match(parts.reconciler.obstacle ?? '', /timeout/);
    assert.equal(parts.alerts.open[0]?.severity, 'critical');
    if (question === 'figures') parts.broker.figures = answered(FIGURES);
    else parts.broker[question] = answered([]);
    await parts.reconciler.run();
    assert.equal(parts.reconciler.obstacle, null);
    assert.deepEqual(parts.alerts.open, []);
  });
}

test('an account without figures is unknown, like one that did not answer', async () => {
  const parts = await desk();
  parts.broker.figures = answered({ ...FIGURES, cash: null });
  await parts.reconciler.run();
  assert.match(parts.reconciler.obstacle ?? '', /account answered without cash or equity/);
});

test('an order that the broker works is found again after a crash', async () => {
  const parts = await afterCrash();
  parts.broker.open = answered([reported()]);
  await parts.reconciler.run();
  assert.equal(parts.blotter.order(intent().id)?.state, 'working');
  assert.equal(parts.reconciler.current.state, 'agreed');
});

test('fills that happened while we were dead are booked once, with the position', async () => {
  const parts = await afterCrash();
  parts.broker.fills = answered([fill()]);
  parts.broker.completed = answered([reported({ status: 'Filled', filled: 2 })]);
  parts.broker.held = answered([HELD]);
  await parts.reconciler.run();
  await parts.reconciler.run();
  assert.equal(parts.blotter.order(intent().id)?.state, 'filled');
  assert.deepEqual(
    parts.blotter.openPositions.map(({ quantity, credit }) => ({ quantity, credit })),
    [{ quantity: -2, credit: money(1640) }],
  );
  assert.equal((await parts.store.list('fills')).length, 1);
  assert.equal(parts.reconciler.obstacle, null);
});

test('an order that the broker has never heard of is closed as never arrived, not sent again', async () => {
  const parts = await afterCrash();
  await parts.reconciler.run();
  assert.equal(parts.blotter.order(intent().id)?.state, 'rejected');
  assert.match(parts.blotter.order(intent().id)?.reason ?? '', /never arrived/);
  assert.deepEqual(parts.broker.told, []);
});

test('a position that differs from the broker blocks and says by how much', async () => {
  const parts = await afterCrash();
  parts.broker.fills = answered([fill()]);
  parts.broker.held = answered([{ ...HELD, quantity: -3 }]);
  parts.clock.set(NOW + 2 * MINUTE_MS);
  await parts.reconciler.run();
  assert.equal(parts.reconciler.current.state, 'differs');
  assert.match(parts.reconciler.obstacle ?? '', /-2 in our books, -3 at the broker/);
});

test('foreign orders and positions are shown, not touched, and do not block', async () => {
  const parts = await desk();
  const stock = {
    instrument: { kind: 'stock', symbol: 'KO' } as const,
    conId: 9,
    quantity: 100,
    averagePrice: money(70),
  };
  parts.broker.open = answered([reported({ orderRef: 'manual', permId: 901 })]);
  parts.broker.held = answered([stock]);
  await parts.reconciler.run();
  assert.equal(parts.reconciler.obstacle, null);
  assert.deepEqual(parts.reconciler.current.foreignPositions, [stock]);
  assert.equal(parts.reconciler.current.foreignOrders.length, 1);
  assert.deepEqual(parts.blotter.orders, []);
  assert.deepEqual(parts.broker.told, []);
});

test('an order on its way out is never taken for one that did not arrive', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  const { broker } = parts;
  let compared: Promise<string> = Promise.resolve('');
  broker.onPlace = () => {
    compared = parts.reconciler.run();
    broker.open = answered([reported()]);
  };
  await placeOrder(intent(), parts);
  await compared;
  assert.equal(parts.blotter.order(intent().id)?.state, 'working');
});

test('an impossible event halts trading', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  await placeOrder(intent(), parts);
  parts.blotter.onBroker({ kind: 'fill', fill: fill({ quantity: 3 }) });
  await parts.blotter.idle();
  assert.equal(parts.impossible.length, 1);
  assert.equal(parts.tradingSwitch.state.state, 'halted');
});

test('a commission that comes before its execution is booked with it', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  await placeOrder(intent(), parts);
  parts.blotter.onBroker({ kind: 'commission', execId: fill().execId, commission: money(1.3), at: NOW });
  parts.blotter.onBroker({ kind: 'fill', fill: fill() });
  await parts.blotter.idle();
  assert.equal(parts.blotter.order(intent().id)?.commission, money(1.3));
  assert.equal(parts.blotter.openPositions[0]?.commission, money(1.3));
});

test('books that agree on the wrong account block all the same', async () => {
  const parts = await desk();
  parts.broker.link = { ...parts.broker.link, accounts: ['U1'] };
  await parts.reconciler.run();
  assert.match(parts.reconciler.obstacle ?? '', /wrong account/);
});

/** Sold, filled, and then the morning after its expiration. */
async function expired(): Promise<Desk> {
  const parts = await afterCrash();
  parts.broker.fills = answered([fill()]);
  parts.broker.held = answered([HELD]);
  await parts.reconciler.run();
  parts.clock.set(instantInNewYork('2026-04-27', '08:00'));
  parts.broker.fills = answered([]);
  return parts;
}

test('a put that expired worthless leaves the books with its credit earned, once', async () => {
  const parts = await expired();
  parts.broker.held = answered([]);
  await parts.reconciler.run();
  await parts.reconciler.run();
  assert.equal(parts.reconciler.obstacle, null);
  assert.deepEqual(parts.blotter.openPositions, []);
  assert.equal(parts.blotter.positions[0]?.realized, money(1640));
  const again = await desk(parts.store);
  assert.deepEqual(again.blotter.openPositions, []);
});

test('an assigned put becomes shares at the strike that are ours', async () => {
  const parts = await expired();
  const stock = {
    instrument: { kind: 'stock', symbol: 'SPY' } as const,
    conId: 3,
    quantity: 200,
    averagePrice: money(620),
  };
  parts.broker.held = answered([stock]);
  await parts.reconciler.run();
  assert.equal(parts.reconciler.obstacle, null);
  assert.deepEqual(
    parts.blotter.openPositions.map(({ instrument, quantity, averagePrice }) => [
      instrument.kind,
      quantity,
      averagePrice,
    ]),
    [['stock', 200, money(620)]],
  );
  assert.deepEqual(parts.reconciler.current.foreignPositions, []);
});
