import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { isOpenAt } from '../../../agent/core/calendar/sessions.ts';
import { MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import { LIMIT, openBox, SECOND_MS } from './box.ts';

const HOUR_MS = 60 * MINUTE_MS;

test("F32 a clock that differs from the broker's by two hours orders nothing, until they agree", LIMIT, async (t) => {
  const box = await openBox(t, { faults: [`clockSkew=ms:${2 * HOUR_MS}`] });
  await box.until('10:10');
  assert.equal(box.placed.length, 0);
  box.clear();
  await box.until('11:30:10');
  assert.equal(box.theirs.length, 1);
  await box.agrees();
});

test('F32 a clock that is set forward past the orders of the day runs none of them late', LIMIT, async (t) => {
  const box = await openBox(t);
  await box.until('09:50');
  box.world.clock.jump(4 * HOUR_MS);
  await box.until('15:00');
  assert.equal(box.placed.length, 0);
  await box.agrees();
});

test('F32 a clock that is set back orders nothing a second time', LIMIT, async (t) => {
  const box = await openBox(t);
  await box.until('10:00:40');
  assert.equal(box.theirs.length, 1);
  box.world.clock.jump(-45 * SECOND_MS);
  await box.until('10:02');
  assert.equal(box.placed.length, 1);
  await box.until('11:35');
  await box.agrees();
});

for (const [what, friday, monday] of [
  ['begins', '2026-03-06', '2026-03-09'],
  ['ends', '2026-10-30', '2026-11-02'],
] as const) {
  test(
    `F32 after the weekend on which summer time ${what}, orders leave in the session, at 10:00 of New York`,
    LIMIT,
    async (t) => {
      const box = await openBox(t, { date: friday, from: '16:30', symbols: ['AAPL', 'KO', 'TSLA'] });
      await box.until('09:59:59', monday);
      assert.equal(box.placed.length, 0);
      await box.until('10:00:30', monday);
      assert.ok(box.placed.length > 0, await box.why());
      await box.agrees();
    },
  );
}

test(
  'F32 on a half day nothing leaves after 13:00, and what still works then is known to have ended',
  LIMIT,
  async (t) => {
    const box = await openBox(t, {
      date: '2026-11-27',
      symbols: ['SPY', 'AAPL', 'KO'],
      options: ({ times }) => ({ times: { ...times, execute: { enabled: true, times: ['12:59', '13:30'] } } }),
    });
    box.fault('fillPlan');
    await box.until('12:59:10');
    const before = box.placed.length;
    assert.ok(before > 0, await box.why());
    await box.until('14:30');
    assert.equal(box.placed.length, before);
    assert.ok(!isOpenAt(box.world.clock.now()));
    for (const { status } of box.theirs) assert.notEqual(status, 'Submitted');
    await box.agrees();
  },
);

test(
  'F32 a contract that expires: what works in it ends with its session, what is held is settled, and it is not ordered again though it is still listed and quoted',
  LIMIT,
  async (t) => {
    const tomorrow = { minDaysToExpiration: 1, maxDaysToExpiration: 1, minScore: 0 };
    const box = await openBox(t, {
      date: '2026-07-09',
      options: ({ selection, putWrite }) => ({
        selection: { ...selection, minDays: 1, maxDays: 1 },
        putWrite: { ...putWrite, ...tomorrow },
      }),
    });
    const { clock, exchange } = box.world;
    const { market } = exchange;
    box.fault('fillPlan=steps:1+1000');
    await box.until('10:01');
    const [put] = box.trading.blotter.openPositions;
    assert.ok(put?.instrument.kind === 'option' && put.quantity === -1 && box.states[0] === 'partial');
    assert.equal(put.instrument.expiration, '2026-07-10');
    const [listed, quote] = [market.listings('AAPL'), market.quote(put.conId)];
    clock.jump(instantInNewYork('2026-07-10', '09:40') - clock.now());
    await box.until('16:30', '2026-07-10');
    assert.equal(box.theirs.length, 1, 'nothing new on its last day');
    assert.equal(box.theirs[0]?.status, 'Cancelled');
    Object.assign(market, {
      listings: () => listed,
      quote: (conId: number) => (conId === put.conId ? { ...quote, quotedAt: clock.now() } : null),
    });
    clock.jump(instantInNewYork('2026-07-13', '07:58') - clock.now());
    await box.until('10:02', '2026-07-13');
    const [adoption] = (await box.trading.inquiries.books()).adoptions;
    assert.match(adoption?.text ?? '', /expired worthless|assigned/);
    assert.ok(box.trading.blotter.openPositions.every(({ instrument }) => instrument.kind === 'stock'));
    assert.equal(box.placed.length, 1, 'nor on any later one');
    await box.agrees();
  },
);

test('F33 a what-if whose first answer has no margins waits for the real ones', LIMIT, async (t) => {
  const box = await openBox(t);
  box.fault('whatIfUnset=ms:3000');
  await box.until('10:00:02');
  assert.equal(box.placed.length, 0);
  await box.until('10:00:05');
  assert.equal(box.theirs.length, 1);
  await box.agrees();
});

test('F33 a what-if whose margins never come is a refusal: unset is never taken for nothing', LIMIT, async (t) => {
  const box = await openBox(t);
  box.fault('whatIfUnset=ms:0');
  await box.until('10:02');
  assert.equal(box.placed.length, 0);
  assert.match(await box.why(), /what-if: .*margin/);
  await box.agrees();
});

for (const [question, message] of [
  ['positions', 62],
  ['open orders', 53],
  ['executions', 55],
  ['completed orders', 102],
  ['account', 64],
] as const) {
  test(
    `F34 ${question} that are not answered are unknown, never none: nothing is ordered, and an empty answer is enough`,
    LIMIT,
    async (t) => {
      const box = await openBox(t, { faults: [`swallow=message:${message},way:out`] });
      await box.until('10:05');
      assert.equal(box.trading.reconciler.current.state, 'unknown');
      assert.match(box.trading.reconciler.obstacle ?? '', new RegExp(question));
      assert.ok(box.alerts.some((text) => /critical: Books unknown/.test(text)));
      assert.equal(box.placed.length, 0);
      box.clear();
      await box.seen('they are answered', () => box.trading.reconciler.current.state === 'agreed', 6 * MINUTE_MS);
      await box.until('11:30:10');
      assert.equal(box.theirs.length, 1);
      await box.agrees(5 * SECOND_MS);
    },
  );
}
