import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REQUEST } from '../../../../agent/ground/wire/message-ids.ts';
import { TICKET } from './order-frames.ts';
import { type Bench, bench, T0 } from './puppet-gateway.ts';

function everyCall({ broker }: Bench) {
  const stock = { kind: 'stock', symbol: 'SPY' } as const;
  const selection = { rights: ['P' as const], minDays: 1, maxDays: 60, minMoneyness: 0.8, maxMoneyness: 1, most: 10 };
  return {
    place: () => broker.place(1, TICKET),
    cancel: () => broker.cancel(1),
    cancelAll: () => broker.cancelAll(),
    preview: () => broker.preview(1, TICKET),
    openOrders: () => broker.openOrders(),
    completedOrders: () => broker.completedOrders(),
    executions: () => broker.executions(),
    positions: () => broker.positions(),
    account: () => broker.account(),
    time: () => broker.time(),
    list: () => broker.list(stock),
    options: () => broker.options('SPY'),
    quote: () => broker.quote({ instrument: stock, conId: 1, minTick: 100 as never }),
    chain: () => broker.chain({ symbol: 'SPY', ...selection }, T0),
    history: () => broker.history({ instrument: stock, days: 10, what: 'trades' }),
  };
}

test('while there is no link every call is answered offline at once, and nothing is sent later', async (t) => {
  const at = await bench(t);
  const { broker, gateway, clock, ready, until } = at;
  await ready();
  gateway.drop();
  await until('it is down', () => broker.link.state === 'down');
  for (const [name, call] of Object.entries(everyCall(at))) {
    const answer = await call();
    assert.equal(answer.ok ? 'answered' : answer.failure, 'offline', name);
  }
  await clock.advanceTo(T0 + 1_000);
  await until('it is ready', () => broker.link.state === 'ready');
  await broker.settled();
  assert.deepEqual(
    gateway.messages.map(([id]) => Number(id)),
    [REQUEST.currentTime],
  );
});

test('a broker that never answers leaves every question unknown, in time', async (t) => {
  const at = await bench(t);
  const { clock, gateway, ready } = at;
  await ready();
  gateway.replies.clear();
  const calls = everyCall(at);
  const { place: _place, cancel: _cancel, cancelAll: _cancelAll, ...questions } = calls;
  for (const [name, ask] of Object.entries(questions)) {
    const asked = ask();
    await clock.advanceTo(clock.now() + 9_999);
    await clock.advanceTo(clock.now() + 10_001);
    const answer = await asked;
    assert.equal(answer.ok ? 'answered' : answer.failure, 'unknown', name);
  }
});

test('the loss of the link settles what was asked as unknown and what was not yet sent as offline', async (t) => {
  const at = await bench(t, { messagesPerSecond: 2 });
  const { broker, gateway, ready, until } = at;
  await ready();
  const asked = broker.executions();
  const waiting = [broker.place(1, TICKET), broker.place(2, { ...TICKET, orderRef: 'intent-2' })];
  await until('two were sent', () => gateway.messages.length === 2);
  gateway.drop();
  assert.equal(await asked.then((answer) => (answer.ok ? '' : answer.failure)), 'unknown');
  const [first, second] = await Promise.all(waiting);
  assert.equal(first?.ok, true);
  assert.equal(second?.ok === false && second.failure, 'offline');
});

test('orders that waited for the message budget when the link was lost never reach the next session', async (t) => {
  const { broker, gateway, clock, ready, until } = await bench(t, { messagesPerSecond: 4 });
  await ready();
  const orders = Array.from({ length: 100 }, (_, i) => broker.place(i + 1, { ...TICKET, orderRef: `intent-${i}` }));
  await until('the first were sent', () => gateway.of(REQUEST.placeOrder).length === 4);
  gateway.drop();
  const answers = await Promise.all(orders);
  assert.equal(answers.filter((answer) => answer.ok).length, 4);
  for (let second = 1; second <= 60; second += 1) await clock.advanceTo(T0 + second * 1_000);
  await until('it is ready', () => broker.link.state === 'ready');
  await broker.settled();
  assert.equal(gateway.of(REQUEST.placeOrder).length, 4);
});

test('orders overtake questions, and questions overtake market data', async (t) => {
  const { broker, gateway, clock, ready, until } = await bench(t, { messagesPerSecond: 4 });
  await ready();
  for (let i = 0; i < 4; i += 1) void broker.executions();
  const early = gateway.messages.length;
  void broker.executions();
  await broker.place(1, TICKET);
  await until('four were sent', () => gateway.messages.length === early + 4);
  assert.equal(gateway.of(REQUEST.placeOrder).length, 1);
  assert.equal(gateway.of(REQUEST.executions).length, 3);
  await clock.advanceTo(T0 + 1_000);
  await until('the rest was sent', () => gateway.of(REQUEST.executions).length === 5);
});
