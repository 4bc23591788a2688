import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import { type Box, LIMIT, openBox, SECOND_MS } from './box.ts';

const ON_THE_WIRE_MS = 50;

/** Presses the red switch, and says how long the first cancel took to the exchange. */
async function pressed(box: Box): Promise<number> {
  const { clock, contacts } = box.world;
  const at = clock.now();
  contacts.set('pressed');
  await box.seen('a cancel of everything', () => (box.cancels.at(-1) ?? 0) >= at);
  return (box.cancels.find((cancel) => cancel >= at) ?? Number.POSITIVE_INFINITY) - at;
}

async function confirmed(box: Box): Promise<void> {
  await box.seen('the halt is confirmed', () => box.world.guardStatus?.halted === 'confirmed', 5 * MINUTE_MS);
  assert.deepEqual(box.world.exchange.book.openOrders(), []);
}

/** In which state it is when the switch is pressed. A program that hangs or is stopped: f27-f29-processes. */
const STATES: Readonly<Record<string, (box: Box) => Promise<void>>> = {
  idle: (box) => box.until('10:01'),
  'with a full limiter': async (box) => {
    await box.ordered();
    for (let id = 1; id <= 200; id += 1) void box.broker.cancel(90_000 + id);
  },
  'in the middle of placing': async (box) => {
    await box.until('09:59:59');
    await box.seen('an order on its way', () => box.placed.length > 0);
  },
  'while the line is made anew': async (box) => {
    await box.ordered();
    box.fault('rst=client:1');
    // Shorter than the pause before the line is made anew.
    await box.pass(1);
    assert.notEqual(box.broker.link.state, 'ready');
  },
  'while its own disk takes nothing': async (box) => {
    await box.ordered();
    mkdirSync(join(box.folder, 'latch.json.new'));
  },
};

for (const [state, reach] of Object.entries(STATES)) {
  test(
    `F29 a press ${state}: the cancel is at the exchange within ${ON_THE_WIRE_MS} ms, and nothing later keeps working`,
    LIMIT,
    async (t) => {
      const box = await openBox(t, { symbols: ['AAPL', 'KO'] });
      await reach(box);
      assert.ok((await pressed(box)) <= ON_THE_WIRE_MS);
      await confirmed(box);
      const { placed } = box;
      await box.pass(2 * MINUTE_MS);
      assert.deepEqual(box.placed, placed, 'and nothing is ordered any more');
      rmSync(join(box.folder, 'latch.json.new'), { recursive: true, force: true });
      box.world.calm();
      await box.agrees(10 * MINUTE_MS);
    },
  );
}

test(
  'F29 a press during 1100: it is not confirmed, and cancelled the moment the exchange is back',
  LIMIT,
  async (t) => {
    const box = await openBox(t);
    await box.ordered();
    box.fault('connectivity=ms:120000');
    await box.pass(SECOND_MS);
    box.world.contacts.set('pressed');
    await box.pass(MINUTE_MS);
    assert.equal(box.world.guardStatus?.halted, 'UNCONFIRMED');
    assert.equal(box.theirs[0]?.status, 'Submitted');
    await confirmed(box);
    box.world.calm();
    await box.agrees(10 * MINUTE_MS);
  },
);

for (const [what, fault] of [
  ['whose cancel is answered 30 s later', 'cancelAck=mode:delay,ms:30000'],
  ['whose cancel is never answered', 'cancelAck=mode:none'],
] as const) {
  test(
    `F30 a press with an order ${what} is UNCONFIRMED with its name, is tried again and alarms, until nothing works`,
    LIMIT,
    async (t) => {
      const box = await openBox(t);
      box.fault(fault);
      const order = await box.ordered();
      await pressed(box);
      await box.pass(20 * SECOND_MS);
      const status = box.world.guardStatus;
      assert.equal(status?.halted, 'UNCONFIRMED');
      assert.deepEqual(
        status?.working?.map(({ orderRef }) => orderRef),
        [order.request.orderRef],
      );
      assert.ok(box.cancels.length >= 5, `${box.cancels.length} cancels`);
      assert.ok(box.alerts.some((text) => text.startsWith('critical: Halted, UNCONFIRMED') && text.includes('AAPL')));
      if (fault.includes('none')) box.clear();
      await confirmed(box);
      await box.pass(SECOND_MS);
      assert.ok(!box.alerts.some((text) => text.includes('UNCONFIRMED')));
      box.world.calm();
      await box.agrees(10 * MINUTE_MS);
    },
  );
}

test(
  'F31 a power cut with the latch set and orders working: it comes back latched, cancels again and shows the evidence',
  LIMIT,
  async (t) => {
    const box = await openBox(t);
    const order = await box.ordered();
    box.fault('freeze');
    box.world.contacts.set('pressed');
    await box.pass(5 * SECOND_MS);
    box.world.crash('both', 30_000);
    await box.pass(10 * SECOND_MS);
    box.world.contacts.set('normal');
    box.clear();
    assert.equal(box.exchangeOrder(order.permId).status, 'Submitted', 'nobody was there to cancel it');
    await box.seen('the guard is back', () => box.world.guardStatus !== null, MINUTE_MS);
    assert.equal(box.world.guardStatus?.state, 'tripped');
    await confirmed(box);
    assert.equal(box.exchangeOrder(order.permId).status, 'Cancelled');
    await box.seen(
      'the appliance says so',
      () => box.world.agent?.trading?.board.current.guard?.halted === 'confirmed',
    );
    await box.until('11:35');
    assert.equal(box.placed.length, 1, 'release alone resumes nothing');
    box.world.calm();
    await box.agrees(10 * MINUTE_MS);
  },
);
