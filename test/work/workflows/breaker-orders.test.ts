import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import type { Observation } from '../../../agent/core/risk/observation.ts';
import { answered, unanswered } from '../../../agent/edges/broker/answer.ts';
import type { Broker } from '../../../agent/edges/broker/broker.ts';
import type { MarketData } from '../../../agent/edges/broker/market-data.ts';
import { placeOrder } from '../../../agent/work/workflows/place-order.ts';
import { seenOrders, watchedMarketData } from '../../../agent/work/workflows/risk-feed.ts';
import { WatchedBroker } from '../../../agent/work/workflows/watched-broker.ts';
import { account, call, order } from '../../core/risk/breaker-fixture.ts';
import { desk, intent, NOW } from './desk.ts';

const LOSS = account(240_000);
const REJECTED = ['a', 'b', 'c'].map((id) => order(id, 'rejected'));

test('while a breaker only lets close, no order to open leaves, and the answer says which, why and how it clears', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  parts.risk.observe(LOSS);
  assert.equal(parts.tradingSwitch.state.state, 'reducing');
  const placed = await placeOrder(intent(), parts);
  assert.equal(placed.outcome, 'refused');
  assert.match(
    JSON.stringify(placed),
    /trading is reducing: Daily loss: 10,000\.00 lost .*; clears at 2026-03-23 08:00 ET/,
  );
  assert.deepEqual(parts.broker.told, []);
});

test('a breaker that opens takes back the working order that would open, and leaves the owner’s switch alone', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  await placeOrder(intent(), parts);
  parts.risk.observe(LOSS);
  await parts.turn.idle();
  assert.equal(parts.broker.told.filter((line) => line.startsWith('cancel')).length, 1);
  assert.equal(parts.tradingSwitch.owner.state, 'active');
});

test('figures that are not known take nothing back that works already', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  await placeOrder(intent(), parts);
  parts.risk.observe({ kind: 'account', netLiquidation: null, excessLiquidity: null, fault: 'timeout' });
  assert.equal(parts.tradingSwitch.state.state, 'reducing');
  await parts.halt.enforce();
  assert.equal(parts.broker.told.filter((line) => line.startsWith('cancel')).length, 0);
});

test('resume clears what a person may clear, lifts the halt, and says what remains', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  for (const each of [LOSS, ...REJECTED]) parts.risk.observe(each);
  await parts.halt.halt('pressed', 'page');
  assert.equal(parts.tradingSwitch.state.reason, 'pressed (page)');
  const said = (await parts.halt.resume('page')).text;
  assert.match(said, /^The halt is lifted\. Still held back by Daily loss: .*; clears at 2026-03-23 08:00 ET\.$/);
  assert.deepEqual(
    parts.risk.holds.map(({ name }) => name),
    ['dailyLoss'],
  );
  const again = await parts.halt.resume('page');
  assert.match(again.text, /^Still held back by Daily loss: /);
  assert.equal(again.done, false);
});

test('resume clears a breaker although the owner never halted', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  for (const each of REJECTED) parts.risk.observe(each);
  assert.equal(parts.tradingSwitch.state.state, 'halted');
  assert.equal((await parts.halt.resume('page')).text, 'Trading is active again.');
  assert.equal(parts.tradingSwitch.state.state, 'active');
  assert.equal((await parts.halt.resume('page')).text, 'Trading is active already.');
});

test('a breaker that clears never lifts the halt of the owner', async () => {
  const parts = await desk();
  parts.risk.observe(LOSS);
  await parts.halt.halt('pressed', 'page');
  await parts.clock.advanceTo(instantInNewYork('2026-03-23', '08:00'));
  parts.risk.observe({ kind: 'time' });
  parts.risk.observe(account(250_000));
  assert.deepEqual(parts.risk.holds, []);
  assert.deepEqual(parts.tradingSwitch.state, { state: 'halted', reason: 'pressed (page)', since: NOW });
});

test('a halt while a breaker halts is stored as the owner’s own', async () => {
  const parts = await desk();
  for (const each of REJECTED) parts.risk.observe(each);
  assert.match(await parts.halt.halt('pressed', 'page'), /^Halted\./);
  assert.equal((await parts.store.get('tradingState', 'trading'))?.reason, 'pressed (page)');
});

test('every question to the broker is told once: good, failed, and not at all when it was not sent', async () => {
  const told: Observation[] = [];
  const answers = {
    positions: answered([]),
    time: unanswered('unknown', 'timeout'),
    openOrders: unanswered('offline', 'down'),
  };
  const refused = unanswered('refused', 'no margin', 201);
  const scripted = {
    positions: async () => answers.positions,
    time: async () => answers.time,
    openOrders: async () => answers.openOrders,
    executions: async () => refused,
    place: async () => refused,
    account: async () => unanswered('offline', 'no session'),
  };
  const broker = new WatchedBroker(scripted as unknown as Broker, (observation) => told.push(observation));
  await broker.positions();
  await broker.time();
  await broker.openOrders();
  await broker.executions();
  await broker.place(1, {} as Parameters<Broker['place']>[1]);
  await broker.account();
  assert.deepEqual(told, [
    { ...call(true) },
    { ...call(false), question: 'time' },
    { ...call(false), question: 'executions', reason: 'no margin' },
    { ...call(true), question: 'place' },
    { kind: 'account', netLiquidation: null, excessLiquidity: null, fault: 'it did not answer (no session)' },
  ]);
});

test('looks at chains are judged while the market is open and the question was sent, and at no other time', async () => {
  const told: Observation[] = [];
  let answer = unanswered('unknown', 'timeout');
  const scripted = { chain: async () => answer } as unknown as MarketData;
  const data = watchedMarketData(scripted, { maxQuoteAgeMs: 1, wideSpread: 1 }, (each) => told.push(each));
  const selection = { symbol: 'SPY' } as Parameters<MarketData['chain']>[0];
  await data.chain(selection, NOW);
  await data.chain(selection, instantInNewYork('2026-03-20', '16:00'));
  answer = unanswered('offline', 'down');
  await data.chain(selection, NOW);
  assert.deepEqual(told, [{ kind: 'look', symbol: 'SPY', fault: 'no answer (timeout)' }]);
});

test('an order that the broker rejected counts as rejected, one that never left counts as nothing', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  await placeOrder(intent(), parts);
  assert.deepEqual(seenOrders(parts.blotter.orders), []);
  await parts.blotter.apply(intent().id, {
    ...{ kind: 'error', code: 201, reason: 'margin', final: true, at: NOW },
  } as Parameters<typeof parts.blotter.apply>[1]);
  assert.deepEqual(
    seenOrders(parts.blotter.orders).map(({ outcome }) => outcome),
    ['rejected'],
  );
  parts.broker.placed = unanswered('offline', 'no session');
  await placeOrder(intent({ id: 'unsent' }), parts);
  assert.equal(parts.blotter.order('unsent')?.state, 'rejected');
  assert.equal(seenOrders(parts.blotter.orders).length, 1);
});
