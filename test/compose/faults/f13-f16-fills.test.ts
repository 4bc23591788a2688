import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import { type Box, LIMIT, openBox, SECOND_MS } from './box.ts';

const FIRST = '260708-execute-putwrite-AAPL.put';

test(
  'F13 partly filled and then nothing: the rest is ordered once more, step by step, and never more than was wanted',
  LIMIT,
  async (t) => {
    const box = await openBox(t);
    box.fault(`fillPlan=ref:${FIRST},steps:1+1000`);
    await box.until('10:45');
    const [first, ...steps] = box.theirs;
    assert.deepEqual([first?.filled, first?.status], [1, 'Cancelled']);
    assert.ok(steps.length >= 1);
    for (const { request, status } of steps) assert.deepEqual([request.quantity, status], [1, 'Cancelled']);
    assert.equal(held(box), -1);
    await box.agrees();
  },
);

test(
  'F13 partly filled and then cancelled by somebody else: what filled is held, and the rest is left alone',
  LIMIT,
  async (t) => {
    const box = await openBox(t);
    box.fault('fillPlan=steps:1+1000');
    await box.ordered();
    await box.seen('a fill', () => box.ours[0]?.filled === 1);
    box.fault('manualCancel');
    await box.seen('the end', () => box.states[0] === 'cancelled');
    await box.until('10:45');
    assert.equal(box.placed.length, 1);
    assert.equal(held(box), -1);
    await box.agrees();
  },
);

test(
  'F13 partly filled and then refused: what filled is held, the refusal keeps its reason, and the rest is left alone',
  LIMIT,
  async (t) => {
    const box = await openBox(t);
    box.fault('fillPlan=steps:1+1000');
    box.fault('rejectPlan=ms:3000,form:errorThenInactive,text:no more of it');
    await box.ordered();
    await box.seen('the refusal', () => box.states[0] === 'rejected');
    assert.match(box.ours[0]?.reason ?? '', /no more of it/);
    await box.until('10:45');
    assert.equal(box.placed.length, 1);
    assert.equal(held(box), -1);
    await box.agrees();
  },
);

test(
  "F15 executions before their status, commissions before executions and unset, all of it twice and corrected: the ledger is the broker's",
  LIMIT,
  async (t) => {
    const box = await openBox(t);
    for (const fault of [
      'fillPlan=steps:1@5.50+1000;1@5.45+1000',
      'latency=message:3,ms:3000',
      ...[3, 5, 11, 59].map((message) => `duplicate=message:${message}`),
      'commissionFirst=unset:yes,ms:500',
      'execCorrection=ms:5000,by:-0.02',
    ]) {
      box.fault(fault);
    }
    await box.ordered();
    await box.seen('both fills', () => box.ours[0]?.filled === 2, 10 * SECOND_MS);
    await box.seen('both corrections', () => box.ourExecutions.every((text) => /\.02 /.test(text)), 10 * SECOND_MS);
    const [order] = box.ours;
    const { book } = box.world.exchange;
    const fees = new Map(book.executions().map(({ execId, commission }) => [execId.slice(0, -3), commission ?? 0]));
    assert.equal(
      order?.commission,
      [...fees.values()].reduce((sum, fee) => sum + fee, 0),
    );
    assert.equal(order?.averagePrice, 54_550);
    assert.equal(box.placed.length, 1);
    await box.agrees();
  },
);

for (const [when, ms] of [
  ['before anything follows it', 500],
  ['after the next step was ordered', 20_000],
] as const) {
  test(
    `F16 an order that fills after it was told cancelled, ${when}, is booked, and nothing is ordered beyond what was wanted`,
    LIMIT,
    async (t) => {
      const box = await openBox(t);
      box.fault(`fillAfterCancel=ms:${ms},ref:${FIRST}`);
      await box.ordered();
      await box.seen('the late fill', () => box.ours[0]?.filled === 2, 10 * MINUTE_MS);
      await box.pass(4 * MINUTE_MS);
      for (const { status, filled } of box.theirs.slice(1)) assert.deepEqual([status, filled], ['Cancelled', 0]);
      await box.until('10:45');
      assert.ok(box.placed.length <= 2);
      assert.equal(held(box), -2);
      await box.agrees();
    },
  );
}

test('F16 an order that fills while its cancel is pending is filled, and nothing follows it', LIMIT, async (t) => {
  const box = await openBox(t);
  box.fault('cancelAck=mode:delay,ms:30000');
  await box.ordered();
  await box.seen('a cancel that is pending', () => box.states[0] === 'cancelling', 10 * MINUTE_MS);
  box.fault('fillPlan=steps:2+1000');
  await box.seen('the fill', () => box.states[0] === 'filled', 10 * SECOND_MS);
  await box.until('10:45');
  assert.equal(box.placed.length, 1);
  assert.equal(held(box), -2);
  await box.agrees();
});

function held(box: Box): number {
  return box.trading.blotter.openPositions.reduce((sum, { quantity }) => sum + quantity, 0);
}
