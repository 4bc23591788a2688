import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { money } from '../../../agent/core/market/money.ts';
import type { Reason } from '../../../agent/core/strategy/decision.ts';
import { answered, unanswered } from '../../../agent/edges/broker/answer.ts';
import { placeOrder } from '../../../agent/work/workflows/place-order.ts';
import { desk, intent, MARGINS, NOW, PUT } from './desk.ts';

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
  assert.equal(counter.value, 2);
  assert.equal(parts.blotter.order(intent().id)?.state, 'sent');
});

test('an intent that the disk does not take is never sent', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  const told = parts.broker.told.length;
  parts.store.commit = async () => {
    throw new Error('the disk is full');
  };
  await assert.rejects(placeOrder(intent(), parts), /the disk is full/);
  assert.equal(parts.broker.told.length, told);
  assert.equal(parts.blotter.order(intent().id), null);
});

test('the same intent is sent once, also by the next process', async () => {
  const first = await desk();
  await first.reconciler.run();
  await placeOrder(intent(), first);
  assert.deepEqual(await placeOrder(intent(), first), { outcome: 'known' });
  const second = await desk(first.store);
  await second.reconciler.run();
  assert.deepEqual(await placeOrder(intent(), second), { outcome: 'known' });
  assert.deepEqual([...first.broker.told, ...second.broker.told], ['place 2 260320-execute-putwrite-SPY.put']);
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
  assert.deepEqual(second.broker.told, ['place 43 other']);
});

test('nothing is stored or sent while halted, without a link or with books that were not compared', async () => {
  const parts = await desk();
  assert.equal((await refusal(parts)).rule, 'books');
  await parts.reconciler.run();
  parts.broker.link = { ...parts.broker.link, state: 'degraded', reason: '1100' };
  assert.match((await refusal(parts)).text, /degraded: 1100/);
  parts.broker.link = { ...parts.broker.link, state: 'ready' };
  await parts.tradingSwitch.halt('red button', NOW);
  assert.match((await refusal(parts)).text, /halted: red button/);
  assert.deepEqual(parts.broker.told, []);
  assert.equal(await parts.store.get('intents', intent().id), null);
});

test('while reducing an order that only closes is sent, and nothing that opens; while halted neither', async () => {
  const parts = await desk();
  const { broker, reconciler, tradingSwitch } = parts;
  broker.held = answered([{ instrument: PUT, conId: 7, quantity: -2, averagePrice: money(8) }]);
  await reconciler.run();
  await tradingSwitch.reduce('after a halt', NOW);
  const close = intent({ id: 'close', side: 'buy' });
  assert.match((await refusal(parts)).text, /reducing: after a halt/);
  assert.match((await refusal(parts, { ...close, quantity: 3 })).text, /reducing: after a halt/);
  assert.deepEqual(await placeOrder(close, parts), { outcome: 'sent' });
  assert.match((await refusal(parts, { ...close, id: 'again' })).text, /reducing/, 'the first may fill');
  await tradingSwitch.halt('red button', NOW);
  assert.match((await refusal(parts, { ...close, id: 'third' })).text, /halted: red button/);
  assert.deepEqual(broker.told, ['place 2 close']);
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

test('nothing is stored or sent while prices do not flow or the gateway restarts', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  parts.broker.link = { ...parts.broker.link, dataLost: 'market data farm down: usopt' };
  assert.deepEqual(await refusal(parts), {
    rule: 'market-data',
    text: 'prices do not flow: market data farm down: usopt',
  });
  parts.broker.link = { ...parts.broker.link, dataLost: null };
  for (const [time, rule] of [
    ['23:39', null],
    ['23:40', 'quiet-window'],
    ['23:49', 'quiet-window'],
    ['23:50', null],
  ] as const) {
    parts.clock.set(instantInNewYork('2026-03-20', time));
    const placed = await placeOrder(intent({ id: time }), parts);
    assert.equal(placed.outcome === 'refused' ? placed.against.rule : null, rule, time);
  }
});

test('the broker is asked what an order would do before it is stored, under an order id that is never used again', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  await placeOrder(intent(), parts);
  assert.deepEqual([parts.broker.previewed, parts.broker.told], [[1], [`place 2 ${intent().id}`]]);
});

for (const [what, whatIf, text] of [
  ['is not answered', unanswered('unknown', 'no answer within 10 s'), /not known: no answer within 10 s/],
  ['is refused', unanswered('refused', 'insufficient funds', 201), /not known: insufficient funds/],
  ['leaves a margin open', answered({ ...MARGINS, initialMarginAfter: null }), /has not said what margin/],
  ['ends below zero', answered({ ...MARGINS, equityWithLoanAfter: money(19_999) }), /excess liquidity of -1\.00/],
] as const) {
  test(`nothing is stored or sent when the what-if ${what}`, async () => {
    const parts = await desk();
    await parts.reconciler.run();
    parts.broker.whatIf = whatIf;
    const against = await refusal(parts);
    assert.equal(against.rule, 'what-if');
    assert.match(against.text, text);
    assert.deepEqual(parts.broker.told, []);
    assert.equal(await parts.store.get('intents', intent().id), null);
  });
}

test('an attempt is refused while another one for the same purpose may still fill', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  const plan = {
    steps: 1,
    stepMs: 60_000,
    concession: 0.5,
    key: 'SPY.put',
    wanted: 2,
    startedAt: NOW,
    worst: money(8),
  };
  await placeOrder(intent({ pricing: { ...plan, attempt: 1 } }), parts);
  const placed = await placeOrder(intent({ id: 'second', pricing: { ...plan, attempt: 2 } }), parts);
  assert.equal(placed.outcome === 'refused' ? placed.against.rule : placed.outcome, 'one-order');
  assert.equal(await parts.store.get('intents', 'second'), null);
});

test('a halt while the what-if is asked keeps the order back before it is stored', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  const { preview } = parts.broker;
  parts.broker.preview = async (orderId) => {
    await parts.tradingSwitch.halt('red button', NOW);
    return preview.call(parts.broker, orderId);
  };
  assert.equal((await refusal(parts)).rule, 'halted');
  assert.equal(await parts.store.get('intents', intent().id), null);
});

async function refusal(parts: Awaited<ReturnType<typeof desk>>, order = intent()): Promise<Reason> {
  const placed = await placeOrder(order, parts);
  assert.ok(placed.outcome === 'refused');
  return placed.against;
}
