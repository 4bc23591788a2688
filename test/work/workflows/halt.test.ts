import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answered, unanswered } from '../../../agent/edges/broker/answer.ts';
import { placeOrder } from '../../../agent/work/workflows/place-order.ts';
import { TradingSwitch } from '../../../agent/work/workflows/trading-switch.ts';
import { type Desk, desk, fill, intent, NOW } from './desk.ts';

const WORKING = {
  orderRef: intent().id,
  orderId: 1,
  clientId: 1,
  permId: 900,
  instrument: intent().instrument,
  conId: 7,
  side: 'sell',
  quantity: 2,
  filled: 0,
  limit: intent().limit,
  status: 'Submitted',
  reason: '',
} as const;

async function withOrder(): Promise<Desk> {
  const parts = await desk();
  await parts.reconciler.run();
  await placeOrder(intent(), parts);
  return parts;
}

test('a halt takes back what is working, stays over a restart, and refuses new orders', async () => {
  const parts = await withOrder();
  const answer = await parts.halt.halt('pressed', 'page');
  assert.match(answer, /^Halted\. Cancel sent for 1 working order/);
  assert.ok(parts.broker.told.includes('cancel 2'));
  assert.equal(parts.blotter.order(intent().id)?.state, 'cancelling');
  const placed = await placeOrder(intent({ id: 'next' }), parts);
  assert.equal(placed.outcome, 'refused');
  const after = new TradingSwitch({ store: parts.store, holds: () => [], onChange: () => undefined });
  assert.equal(after.state.state, 'halted');
  await after.load(NOW);
  assert.deepEqual(after.state, { state: 'halted', reason: 'pressed (page)', since: NOW });
});

test('a halt while the link is down cancels as soon as the broker answers again', async () => {
  const parts = await withOrder();
  parts.broker.cancelled = unanswered('offline', 'no session');
  const answer = await parts.halt.halt('pressed', 'page');
  assert.match(answer, /1 order could not be cancelled yet/);
  parts.broker.open = answered([WORKING]);
  await parts.reconciler.run();
  assert.ok(!parts.broker.told.includes('cancel 2'));
  parts.broker.cancelled = answered(undefined);
  await parts.reconciler.run();
  assert.ok(parts.broker.told.includes('cancel 2'));
});

test('a process that starts halted cancels what still works', async () => {
  const first = await withOrder();
  first.broker.cancelled = unanswered('offline', 'no session');
  await first.halt.halt('pressed', 'page');
  const second = await desk(first.store);
  second.broker.open = answered([WORKING]);
  await second.reconciler.run();
  assert.deepEqual(second.broker.told, ['cancel 2']);
});

test('a halt while an order is on its way out cancels it when it has arrived', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  let halted: Promise<string> = Promise.resolve('');
  parts.broker.onPlace = () => {
    halted = parts.halt.halt('pressed', 'page');
  };
  await placeOrder(intent(), parts);
  await halted;
  await parts.turn.idle();
  assert.deepEqual([...new Set(parts.broker.told)], ['place 2 260320-execute-putwrite-SPY.put', 'cancel 2']);
});

test('a halt holds and cancels although the disk fails, and says so', async () => {
  const parts = await withOrder();
  parts.store.commit = () => Promise.reject(new Error('disk full'));
  const answer = await parts.halt.halt('pressed', 'page');
  assert.match(answer, /Cancel sent for 1 working order.* could not be stored \(disk full\)/);
  assert.ok(parts.broker.told.includes('cancel 2'));
  assert.equal(parts.tradingSwitch.state.state, 'halted');
});

test('a second press keeps the first reason', async () => {
  const parts = await desk();
  await parts.halt.halt('first', 'page');
  assert.match(await parts.halt.halt('second', 'mqtt'), /^Halted already: first \(page\)/);
  assert.equal(parts.tradingSwitch.state.reason, 'first (page)');
});

test('a fill that could not be stored is booked when the books are compared again', async () => {
  const parts = await withOrder();
  const commit = parts.store.commit.bind(parts.store);
  parts.store.commit = () => Promise.reject(new Error('disk full'));
  parts.blotter.onBroker({ kind: 'fill', fill: fill() });
  await parts.blotter.idle();
  assert.deepEqual(parts.blotter.openPositions, []);
  assert.equal(parts.tradingSwitch.state.state, 'halted');
  parts.store.commit = commit;
  parts.broker.fills = answered([fill()]);
  parts.broker.held = answered([
    { instrument: intent().instrument, conId: 7, quantity: -2, averagePrice: fill().price },
  ]);
  await parts.reconciler.run();
  assert.equal(parts.blotter.openPositions.length, 1);
  assert.equal((await parts.store.list('fills')).length, 1);
});

test('trading is not resumed while the books do not agree', async () => {
  const parts = await desk();
  await parts.halt.halt('pressed', 'page');
  parts.broker.held = unanswered('unknown', 'timeout');
  await parts.reconciler.run();
  assert.match(
    (await parts.halt.resume('page')).text,
    /^Not resumed: the books are not reconciled: positions not answered/,
  );
  assert.equal(parts.tradingSwitch.state.state, 'halted');
});

test('trading is resumed when the books agree, and whoever resumes has read what became of the store', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  await parts.halt.halt('pressed', 'page');
  await parts.alerts.raise('store', { severity: 'critical', text: 'The store was damaged and was repaired', at: NOW });
  assert.equal((await parts.halt.resume('page')).text, 'Trading is active again.');
  assert.equal(parts.tradingSwitch.state.state, 'active');
  assert.deepEqual(parts.alerts.open, []);
});
