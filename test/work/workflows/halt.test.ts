import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unanswered } from '../../../agent/edges/broker/answer.ts';
import { silentLog } from '../../../agent/edges/system/log.ts';
import { controls } from '../../../agent/work/workflows/halt.ts';
import { placeOrder } from '../../../agent/work/workflows/place-order.ts';
import { TradingSwitch } from '../../../agent/work/workflows/trading-switch.ts';
import { desk, intent, NOW } from './desk.ts';

test('a halt takes back what is working, stays over a restart, and refuses new orders', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  await placeOrder(intent(), parts);
  const answer = await controls({ ...parts, log: silentLog }).halt('pressed', 'page');
  assert.match(answer, /^Halted\. Cancel sent for 1 working order/);
  assert.equal(parts.broker.told.at(-1), 'cancel 1');
  assert.equal(parts.blotter.order(intent().id)?.state, 'cancelling');
  const placed = await placeOrder(intent({ id: 'next' }), parts);
  assert.equal(placed.outcome, 'refused');
  const after = new TradingSwitch({ store: parts.store, onChange: () => undefined });
  assert.equal(after.state.state, 'halted');
  await after.load(NOW);
  assert.deepEqual(after.state, { state: 'halted', reason: 'pressed (page)', since: NOW });
});

test('a halt holds and cancels although the disk fails, and says so', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  await placeOrder(intent(), parts);
  parts.store.commit = () => Promise.reject(new Error('disk full'));
  const answer = await controls({ ...parts, log: silentLog }).halt('pressed', 'page');
  assert.match(answer, /Cancel sent for 1 working order.* could not be stored \(disk full\)/);
  assert.equal(parts.broker.told.at(-1), 'cancel 1');
  assert.equal(parts.tradingSwitch.state.state, 'halted');
});

test('trading is not resumed while the books do not agree', async () => {
  const parts = await desk();
  const { halt, resume } = controls({ ...parts, log: silentLog });
  await halt('pressed', 'page');
  parts.broker.held = unanswered('unknown', 'timeout');
  await parts.reconciler.run();
  assert.match(await resume('page'), /^Not resumed: the books are not reconciled: positions not answered/);
  assert.equal(parts.tradingSwitch.state.state, 'halted');
});

test('trading is resumed when the books agree', async () => {
  const parts = await desk();
  const { halt, resume } = controls({ ...parts, log: silentLog });
  await parts.reconciler.run();
  await halt('pressed', 'page');
  assert.equal(await resume('page'), 'Trading is active again.');
  assert.equal(parts.tradingSwitch.state.state, 'active');
});
