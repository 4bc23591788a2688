import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unanswered } from '../../../agent/edges/broker/answer.ts';
import { placeOrder } from '../../../agent/work/workflows/place-order.ts';
import { desk, intent, NOW } from './desk.ts';

test('the intent and its order id are on disk before a byte is sent', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  let stored: unknown[] = [];
  const { store, broker } = parts;
  broker.onPlace = () => {
    stored = [store.get('intents', intent().id), store.get('orders', intent().id), store.get('counters', 'orderId')];
  };
  assert.deepEqual(await placeOrder(intent(), parts), { outcome: 'sent' });
  const [kept, order, counter] = (await Promise.all(stored)) as [unknown, { state: string }, { value: number }];
  assert.deepEqual(kept, intent());
  assert.equal(order.state, 'intended');
  assert.equal(counter.value, 1);
  assert.equal(parts.blotter.order(intent().id)?.state, 'sent');
});

test('the same intent is sent once, also by the next process', async () => {
  const first = await desk();
  await first.reconciler.run();
  await placeOrder(intent(), first);
  assert.deepEqual(await placeOrder(intent(), first), { outcome: 'known' });
  const second = await desk(first.store);
  await second.reconciler.run();
  assert.deepEqual(await placeOrder(intent(), second), { outcome: 'known' });
  assert.deepEqual([...first.broker.told, ...second.broker.told], ['place 1 260320-execute-putwrite-SPY.put']);
});

test('an order id is never used again, although the broker rolls its own count back', async () => {
  const first = await desk();
  await first.reconciler.run();
  first.broker.nextOrderId = 40;
  await placeOrder(intent(), first);
  const second = await desk(first.store);
  second.broker.nextOrderId = 3;
  await second.reconciler.run();
  await placeOrder(intent({ id: 'other' }), second);
  assert.deepEqual(second.broker.told, ['place 41 other']);
});

test('nothing is stored or sent while halted, reducing, without a link or with books that were not compared', async () => {
  const parts = await desk();
  assert.equal((await refusal(parts)).rule, 'books');
  await parts.reconciler.run();
  parts.broker.link = { ...parts.broker.link, state: 'degraded', reason: '1100' };
  assert.match((await refusal(parts)).reason, /degraded: 1100/);
  parts.broker.link = { ...parts.broker.link, state: 'ready' };
  await parts.tradingSwitch.halt('red button', NOW);
  assert.match((await refusal(parts)).reason, /halted: red button/);
  assert.deepEqual(parts.broker.told, []);
  assert.equal(await parts.store.get('intents', intent().id), null);
});

test('a halt while the intent is written keeps its bytes back and closes the order as never sent', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  const commit = parts.store.commit.bind(parts.store);
  parts.store.commit = async (writes, durability) => {
    await commit(writes, durability);
    if (writes.some((write) => write.table === 'intents')) await parts.tradingSwitch.halt('red button', NOW);
  };
  const placed = await placeOrder(intent(), parts);
  assert.equal(placed.outcome, 'refused');
  assert.deepEqual(parts.broker.told, []);
  assert.equal(parts.blotter.order(intent().id)?.state, 'rejected');
});

test('an order without an answer for 30 seconds is in doubt and asked about, not sent again', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  await placeOrder(intent(), parts);
  await parts.clock.advanceTo(NOW + 31_000);
  assert.equal(parts.blotter.order(intent().id)?.state, 'unknown');
  assert.equal(parts.doubts.length, 1);
  assert.equal(parts.broker.told.length, 1);
});

test('a socket that broke while the order was written leaves it in doubt; a link that was gone leaves it refused', async () => {
  const broke = await desk();
  await broke.reconciler.run();
  broke.broker.placed = unanswered('unknown', 'socket reset');
  assert.deepEqual(await placeOrder(intent(), broke), { outcome: 'sent' });
  assert.equal(broke.blotter.order(intent().id)?.state, 'unknown');
  const gone = await desk();
  await gone.reconciler.run();
  gone.broker.placed = unanswered('offline', 'no session');
  assert.equal((await placeOrder(intent(), gone)).outcome, 'refused');
  assert.equal(gone.blotter.order(intent().id)?.state, 'rejected');
});

async function refusal(parts: Awaited<ReturnType<typeof desk>>): Promise<{ rule: string; reason: string }> {
  const placed = await placeOrder(intent(), parts);
  assert.equal(placed.outcome, 'refused');
  return placed as { rule: string; reason: string; outcome: 'refused' };
}
