import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import { type Box, LIMIT, openBox, SECOND_MS } from './box.ts';

/** In these boxes a minute without a word is looked for once a minute; then ten seconds are left to answer. */
const FOUND_WITHIN_MS = 130 * SECOND_MS;

test(
  'F06 a frozen gateway is found by its silence, nothing is ordered, and a halt says that it is not confirmed',
  LIMIT,
  async (t) => {
    const box = await openBox(t);
    const order = await box.ordered();
    box.fault('freeze');
    await box.seen('the line is given up', () => box.broker.link.state !== 'ready', FOUND_WITHIN_MS);
    assert.match(box.broker.link.reason, /no answer/);
    assert.match(box.trading.reconciler.obstacle ?? '', /not reconciled/);
    box.world.contacts.set('pressed');
    await box.pass(MINUTE_MS);
    assert.equal(box.world.guardStatus?.halted, 'UNCONFIRMED');
    assert.ok(box.alerts.some((text) => /critical: Halted, UNCONFIRMED/.test(text)));
    assert.equal(box.exchangeOrder(order.permId).status, 'Submitted', 'the truth is that it works');
    box.clear();
    await box.seen('the halt is confirmed', () => box.world.guardStatus?.halted === 'confirmed', 5 * MINUTE_MS);
    assert.equal(box.exchangeOrder(order.permId).status, 'Cancelled');
    box.world.calm();
    await box.agrees(10 * MINUTE_MS);
    assert.equal(box.placed.length, 1);
  },
);

for (const knob of ['noGreeting', 'noNextValidId'] as const) {
  test(
    `F07 ${knob}: a session that stands is kept, a new one is tried in bounded time, ever less often, and told of`,
    LIMIT,
    async (t) => {
      const box = await openBox(t);
      const tries: number[] = [];
      box.world.exchange.faults.onHappening((what) => what === 'connection' && tries.push(box.world.clock.now()));
      box.fault(knob);
      await box.until('09:55');
      assert.equal(box.broker.link.state, 'ready');
      assert.equal(tries.length, 0, 'nobody asks for another one');
      box.fault('rst=client:1');
      await box.seen('the session has ended', () => box.broker.link.state !== 'ready');
      await box.until('10:15');
      assert.ok(tries.length >= 20, `${tries.length} tries: it goes on`);
      assert.ok(tries.length <= 40, `${tries.length} tries: with pauses of half a minute in the end`);
      assert.match(box.broker.link.reason, /not ready within 10000 ms|:\d+/);
      assert.ok(
        box.alerts.some((text) => /no link to the broker/.test(text)),
        box.alerts.join('\n'),
      );
      assert.equal(box.placed.length, 0);
      box.clear();
      await box.seen('the session is made', () => box.broker.link.state === 'ready', MINUTE_MS);
      assert.deepEqual(box.alerts, []);
      await box.until('11:30:10');
      assert.equal(box.theirs.length, 1);
      await box.agrees();
    },
  );
}

test('F08 an id that counts as in use is asked for again and again, and no other id ever orders', LIMIT, async (t) => {
  const box = await openBox(t);
  const order = await box.ordered();
  box.fault('lingeringSession=ms:45000');
  box.fault('rst=client:1');
  const reasons = new Set<string>();
  await box.seen('the session is made', () => {
    reasons.add(box.broker.link.reason);
    return box.broker.link.state === 'ready' && reasons.size > 1;
  });
  assert.ok([...reasons].some((reason) => reason.startsWith('326')));
  // Only the id that placed an order may cancel it.
  void box.trading.controls.halt('try', 'test');
  await box.seen('the order is cancelled', () => box.exchangeOrder(order.permId).status === 'Cancelled');
  const { book } = box.world.exchange;
  const ids = [...book.openOrders(), ...book.completedOrders()].map(({ request }) => request.clientId);
  assert.deepEqual([...new Set(ids)], [1]);
  box.world.calm();
  await box.agrees(10 * MINUTE_MS);
});

for (const restored of ['1102', '1101'] as const) {
  const row = restored === '1102' ? 'F09' : 'F10';
  const more = restored === '1101' ? ', and all subscriptions are made anew' : '';
  test(
    `${row} 1100 for 20 s and then ${restored}: nothing is ordered, what filled meanwhile is booked before the next order${more}`,
    LIMIT,
    async (t) => {
      const box = await openBox(t, { symbols: ['AAPL', 'KO'] });
      box.fault('fillPlan=steps:2+5000');
      box.once('order', () => box.fault(`connectivity=ms:20000,restored:${restored}`));
      await box.ordered();
      assert.equal(box.broker.link.state, 'degraded');
      assert.match(box.trading.reconciler.obstacle ?? '', /not reconciled/);
      await box.pass(15 * SECOND_MS);
      assert.equal(box.theirs[0]?.filled, 2, 'filled while nobody could be told');
      assert.equal(box.ours[0]?.filled, 0);
      assert.equal(box.theirs.length, 1, 'the second one was kept back');
      assert.match(await box.why('KO'), /1100 Connectivity/);
      await box.seen('what was filled is booked', () => box.ours[0]?.filled === 2, 10 * SECOND_MS);
      assert.equal(box.trading.reconciler.obstacle, null);
      if (restored === '1101') await flows(box);
      await box.until('11:30:10');
      assert.equal(box.theirs.length, 2, 'and orders leave again');
      await box.agrees();
    },
  );
}

/** Fresh prices come for what was subscribed to before, and for what is held. */
async function flows(box: Box): Promise<void> {
  const { board } = box.trading;
  const lostAt = box.world.clock.now();
  await box.until('11:06');
  for (const { symbol, quotedAt, complete } of board.current.data) {
    assert.ok(complete && (quotedAt ?? 0) > lostAt, `${symbol} is quoted`);
  }
  for (const { name, markedAt } of board.current.positions) assert.ok((markedAt ?? 0) > lostAt, `${name} is marked`);
}
