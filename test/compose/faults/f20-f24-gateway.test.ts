import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newYorkText } from '../../../agent/core/calendar/new-york.ts';
import { MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import type { BrokerEvent } from '../../../agent/edges/broker/broker.ts';
import { type Box, LIMIT, openBox, SECOND_MS } from './box.ts';

const FOUR = ['SPY', 'TSLA', 'AAPL', 'KO'];

function listening(box: Box): BrokerEvent[] {
  const events: BrokerEvent[] = [];
  box.broker.onEvent((event) => events.push(event));
  return events;
}

const codes = (events: readonly BrokerEvent[]): number[] =>
  events.flatMap((event) => (event.kind === 'notice' ? [event.code] : []));

test(
  'F20 on the busiest morning no more is sent than the broker takes, and a cancel of everything finds its place',
  LIMIT,
  async (t) => {
    const box = await openBox(t, { symbols: FOUR });
    box.fault('rateLimit');
    const events = listening(box);
    await box.until('10:00:05');
    assert.ok(box.theirs.length >= 2);
    assert.ok(!codes(events).includes(100));
    box.world.contacts.set('pressed');
    await box.pass(50);
    assert.equal(box.world.exchange.book.openOrders().length, 0);
    await box.pass(5 * SECOND_MS);
    assert.equal(box.world.guardStatus?.halted, 'confirmed');
    box.world.calm();
    await box.agrees(5 * MINUTE_MS);
  },
);

test(
  'F20 a gateway that takes less than it says: 100 and a closed line cost time and no order, and a halt works meanwhile',
  LIMIT,
  async (t) => {
    const box = await openBox(t, { symbols: FOUR });
    await box.until('09:59:50');
    box.fault('rateLimit=perSecond:8,strikes:2');
    const events = listening(box);
    await box.until('10:00:05');
    assert.ok(codes(events).includes(100));
    box.world.contacts.set('pressed');
    await box.pass(SECOND_MS);
    assert.equal(box.world.exchange.book.openOrders().length, 0);
    await box.pass(10 * SECOND_MS);
    assert.equal(box.world.guardStatus?.halted, 'confirmed');
    await box.pass(5 * MINUTE_MS);
    const lost = events.filter((event) => event.kind === 'link' && event.link.state === 'down').length;
    assert.ok(lost <= 8, `${lost} lines in five minutes: it does not come running`);
    box.world.calm();
    await box.agrees(10 * MINUTE_MS);
  },
);

test(
  'F20 too few market-data lines, and history that is rationed: what is missing is not ordered, and nobody insists',
  LIMIT,
  async (t) => {
    const box = await openBox(t, { symbols: FOUR, faults: ['lines=count:3', 'historicalPacing=requests:1'] });
    const events = listening(box);
    let asked = 0;
    box.world.exchange.faults.onHappening((what) => {
      if (what === 'request') asked += 1;
    });
    await box.until('10:10');
    assert.equal(box.placed.length, 0);
    assert.notEqual(await box.why(), '');
    assert.ok(asked < 30 * 60, `${asked} requests in half an hour`);
    assert.ok(!codes(events).includes(100));
    assert.equal(box.broker.link.state, 'ready');
    box.clear();
    await box.until('11:30:10');
    assert.ok(box.theirs.length > 0, await box.why());
    await box.agrees();
  },
);

test('F21 a gateway in read-only mode is found before anything is ordered, and told of', LIMIT, async (t) => {
  const box = await openBox(t, { from: '08:30', faults: ['readOnly'] });
  await box.until('08:46');
  assert.ok(
    box.alerts.some((text) => /critical: The gateway is in read-only mode/.test(text)),
    box.alerts.join('\n'),
  );
  await box.until('10:05');
  assert.equal(box.placed.length, 0);
  assert.match(await box.why(), /what-if.*Read-Only/);
  box.clear();
  await box.until('11:30:10');
  assert.equal(box.theirs.length, 1);
  assert.ok(!box.alerts.some((text) => /is in read-only mode/.test(text)));
  await box.agrees();
});

for (const code of [451, 10_311]) {
  test(`F21 an order that precautions refuse with ${code} is refused with its reason, once`, LIMIT, async (t) => {
    const box = await openBox(t);
    box.fault(`rejectPlan=code:${code},text:the precautionary settings forbid it`);
    await box.until('10:02');
    assert.deepEqual(box.states, ['rejected']);
    assert.match(box.ours[0]?.reason ?? '', /precautionary/);
    await box.until('13:35');
    assert.equal(box.placed.length, 1);
    await box.agrees();
  });
}

test(
  'F21 an order that a dialog of the gateway holds back for minutes is unknown meanwhile, is found when it is let go, and is never sent twice',
  LIMIT,
  async (t) => {
    const box = await openBox(t);
    box.fault('latency=message:3,way:in,ms:120000,nth:2,times:1');
    await box.until('10:01');
    assert.deepEqual([box.placed.length, box.theirs.length], [1, 0]);
    await box.seen('it is let go', () => box.theirs.length === 1);
    await box.pass(30 * SECOND_MS);
    assert.deepEqual(box.states, ['working']);
    await box.until('11:35');
    assert.equal(new Set(box.placed.map(({ orderRef }) => orderRef)).size, box.placed.length);
    await box.agrees();
  },
);

test(
  'F23 around the hour at which the gateway restarts nothing is ordered, and what it cut off is compared before the next order',
  LIMIT,
  async (t) => {
    const quiet = { restartMinute: 10 * 60, minutesBefore: 5, minutesAfter: 5 };
    const box = await openBox(t, { options: () => ({ quietWindow: quiet }) });
    await box.until('10:00:10');
    assert.equal(box.broker.link.state, 'ready');
    assert.match(await box.why(), /quiet-window/);
    box.fault('restart');
    await box.until('10:04');
    assert.equal(box.placed.length, 0);
    assert.equal(box.trading.reconciler.obstacle, null);
    await box.until('11:30:10');
    assert.equal(box.theirs.length, 1);
    await box.agrees();
  },
);

test(
  'F23 a gateway that restarts at another hour, in a burst of orders: each is known afterwards, and none is sent again',
  LIMIT,
  async (t) => {
    const box = await openBox(t, { symbols: FOUR });
    box.once('order', () => box.fault('restart'));
    await box.ordered();
    const first = box.placed.map(({ orderRef }) => orderRef);
    await box.seen('the link is back', () => box.broker.link.state === 'ready', 5 * MINUTE_MS);
    await box.pass(10 * SECOND_MS);
    for (const order of box.ours) assert.ok(['working', 'rejected'].includes(order.state), order.state);
    assert.equal(box.ours.filter(({ state }) => state === 'working').length, box.theirs.length);
    await box.until('11:35');
    for (const ref of first) assert.equal(box.placed.filter(({ orderRef }) => orderRef === ref).length, 1);
    await box.agrees();
  },
);

test(
  'F24 on a Sunday on which nobody confirms the login for hours it keeps safe, calls a person, and does not come running',
  LIMIT,
  async (t) => {
    const box = await openBox(t, { date: '2026-07-12', from: '00:55' });
    await box.until('01:00');
    const events = listening(box);
    box.fault('restart=ms:0');
    await box.until('01:31');
    assert.ok(
      box.alerts.some((text) => /critical: .*wait for its login/.test(text)),
      box.alerts.join('\n'),
    );
    await box.until('04:00');
    const tries = events.filter((event) => event.kind === 'link' && event.link.state === 'connecting').length;
    assert.ok(tries >= 150 && tries <= 370, `${tries} tries in three hours`);
    assert.equal(box.placed.length, 0);
    assert.equal(box.alerts.filter((text) => /no link to the broker/.test(text)).length, 1);
    box.clear();
    await box.seen('it is back', () => box.trading.reconciler.obstacle === null, 2 * MINUTE_MS);
    assert.ok(!box.alerts.some((text) => /no link/.test(text)), newYorkText(box.world.clock.now()));
    await box.agrees();
  },
);
