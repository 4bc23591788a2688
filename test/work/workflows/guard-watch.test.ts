import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../../agent/edges/system/log.ts';
import { GuardWatch } from '../../../agent/work/workflows/guard-watch.ts';
import { placeOrder } from '../../../agent/work/workflows/place-order.ts';
import { ARMED, type Desk, desk, intent } from './desk.ts';

async function watched(): Promise<Desk & { readonly watch: GuardWatch; readonly compared: () => number }> {
  const parts = await desk();
  await parts.reconciler.run();
  let compared = 0;
  const onConfirmed = () => {
    compared += 1;
  };
  const watch = new GuardWatch({ ...parts, log: silentLog, onConfirmed, onChange: () => undefined });
  await watch.start();
  return { ...parts, watch, compared: () => compared };
}

const TRIPPED = { state: 'tripped', closed: 'halted', cause: 'red switch: pressed', halted: 'UNCONFIRMED' } as const;

const turns = () => new Promise((resolve) => setTimeout(resolve, 5));

test('a press at the wire halts the program, which does not trip the guard once more', async () => {
  const parts = await watched();
  await placeOrder(intent(), parts);
  parts.guard.say(TRIPPED);
  assert.equal(parts.tradingSwitch.state.state, 'halted');
  assert.equal(parts.tradingSwitch.state.reason, 'red switch: pressed (guard)');
  await turns();
  assert.ok(parts.broker.told.some((line) => line.startsWith('cancel')));
  assert.deepEqual(parts.guard.told, []);
});

test('a halt whose cause becomes plain a moment later is stored by that name, and since when it was', async () => {
  const parts = await watched();
  parts.guard.say({ ...TRIPPED, cause: 'red switch: opened' });
  const { since } = parts.tradingSwitch.owner;
  parts.guard.say({ cause: 'red switch: broken' });
  await turns();
  assert.deepEqual(parts.tradingSwitch.owner, { state: 'halted', reason: 'red switch: broken (guard)', since });
  assert.deepEqual(await parts.store.get('tradingState', 'trading'), parts.tradingSwitch.owner);
  await parts.tradingSwitch.halt('dentist (page)', since);
  parts.guard.say({ cause: 'red switch: pressed' });
  assert.equal(parts.tradingSwitch.owner.reason, 'dentist (page)');
});

test('what is not confirmed is an alarm with the list, until it is confirmed', async () => {
  const parts = await watched();
  parts.guard.say({ ...TRIPPED, working: null });
  assert.match(parts.alerts.open[0]?.text ?? '', /UNCONFIRMED: what still works at the broker is not known/);
  parts.guard.say({ working: ['SELL 1 SPY 500 P, Submitted, abc'] });
  assert.match(parts.alerts.open[0]?.text ?? '', /1 order may still work: SELL 1 SPY 500 P, Submitted, abc/);
  assert.equal(parts.alerts.open[0]?.severity, 'critical');
  assert.equal(parts.compared(), 0);
  for (const working of [[], []]) parts.guard.say({ halted: 'confirmed', working });
  assert.deepEqual(parts.alerts.open, []);
  assert.equal(parts.compared(), 1, 'the books are compared once');
});

test('a halt that a restart of the guard would forget is an alarm, until it is stored', async () => {
  const parts = await watched();
  parts.guard.say({ ...TRIPPED, halted: 'confirmed', working: [], unstored: 'the latch could not be stored: ENOSPC' });
  assert.match(parts.alerts.open[0]?.text ?? '', /a restart would forget it: the latch could not be stored: ENOSPC/);
  parts.guard.say({ unstored: null });
  assert.deepEqual(parts.alerts.open, []);
});

test('no order is placed while the guard does not answer, and that is an alarm at once', async () => {
  const parts = await watched();
  parts.guard.say({ state: 'unreachable', cause: 'it hung up', closed: 'the guard does not answer: it hung up' });
  assert.match(parts.alerts.open[0]?.text ?? '', /nothing can be ordered/);
  const placed = await placeOrder(intent(), parts);
  assert.match(JSON.stringify(placed), /"rule":"guard".*does not answer/);
  assert.deepEqual(parts.broker.told, []);
  parts.guard.say(ARMED);
  assert.deepEqual(parts.alerts.open, []);
  assert.equal((await placeOrder(intent(), parts)).outcome, 'sent');
});

test('a halt of a person goes to the wire too, also when trading is halted already', async () => {
  const parts = await watched();
  assert.match(await parts.halt.halt('dentist', 'page'), /The guard has tripped too/);
  parts.guard.failure = 'no answer';
  assert.match(await parts.halt.halt('again', 'mqtt'), /did not answer \(no answer\)/);
  assert.deepEqual(parts.guard.told, ['dentist (page)', 'again (mqtt)']);
});

test('trading is not resumed before the guard has been reset and armed, and the answer says what is missing', async () => {
  const parts = await watched();
  await parts.halt.halt('dentist', 'page');
  parts.guard.say({ ...TRIPPED, cause: 'dentist (page)' });
  assert.match((await parts.halt.resume('page')).text, /not confirmed that no order works.*guard reset.*guard arm/);
  parts.guard.say({ state: 'prep', halted: null, closed: 'not armed after a reset' });
  assert.match((await parts.halt.resume('page')).text, /^Not resumed: .* not armed yet.*guard arm/);
  parts.guard.say({ state: 'armed', closed: 'the red switch is broken' });
  assert.deepEqual(await parts.halt.resume('page'), { done: false, text: 'Not resumed: the red switch is broken.' });
  parts.guard.say(ARMED);
  assert.equal((await parts.halt.resume('page')).text, 'Trading is active again.');
});

test('where it is configured so, trading is reducing after a halt and active at the second word', async () => {
  const parts = await watched();
  await parts.halt.halt('dentist', 'page');
  parts.guard.say({ ...ARMED, afterReset: 'reducing' });
  assert.match((await parts.halt.resume('page')).text, /^Trading is reducing: .*Resume once more/);
  assert.equal(parts.tradingSwitch.state.state, 'reducing');
  assert.equal((await parts.halt.resume('page')).text, 'Trading is active again.');
});

test('it stops only when what the guard said last has been stored', async () => {
  const parts = await desk();
  const disk = Promise.withResolvers<void>();
  const alerts = { raise: () => disk.promise, resolve: () => disk.promise };
  const ignored = { onConfirmed: () => undefined, onChange: () => undefined };
  const watch = new GuardWatch({ ...parts, ...ignored, alerts, log: silentLog });
  await watch.start();
  let stopped = false;
  const stopping = watch.stop().then(() => {
    stopped = true;
  });
  await turns();
  assert.equal(stopped, false);
  disk.resolve();
  await stopping;
});
