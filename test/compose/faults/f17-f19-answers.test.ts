import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import { LIMIT, openBox, SECOND_MS } from './box.ts';

for (const [what, form] of [
  ['201 before inactive', 'errorThenInactive'],
  ['201 after inactive', 'inactiveThenError'],
  ['201 alone', 'error'],
  ['inactive without an error', 'inactive'],
] as const) {
  test(`F17 ${what} is one refusal that keeps its reason, and is not tried again`, LIMIT, async (t) => {
    const box = await openBox(t, {
      options: ({ breakers }) => ({
        breakers: { ...breakers, rejectedOrders: { ...breakers.rejectedOrders, orders: 2 } },
      }),
    });
    box.fault(`rejectPlan=form:${form},text:margin is missing`);
    await box.until('10:00:10');
    assert.deepEqual(box.states, ['rejected']);
    assert.match(box.ours[0]?.reason ?? '', form === 'inactive' ? /Inactive|margin is missing/ : /margin is missing/);
    assert.equal(box.state, 'active', 'it counts once');
    await box.until('13:35');
    assert.equal(box.placed.length, 1);
    assert.match(await box.why(), /already ordered|already-ordered/);
    await box.agrees();
  });
}

for (const code of [399, 404, 2109, 10_349]) {
  test(`F18 ${code} leaves an order alive, and it fills`, LIMIT, async (t) => {
    const box = await openBox(t);
    box.fault(`error=on:3,code:${code},nth:2`);
    await box.ordered();
    await box.pass(SECOND_MS);
    assert.deepEqual(box.states, ['working']);
    box.fault('fillPlan=steps:2+1000');
    await box.seen('the fill', () => box.states[0] === 'filled');
    assert.equal(box.placed.length, 1);
    await box.agrees();
  });
}

test('F18 110 refuses a new order, which is not sent again at the same price', LIMIT, async (t) => {
  const box = await openBox(t);
  box.fault('error=on:3,code:110,nth:2,when:instead,text:price is not on the tick');
  await box.until('10:01');
  assert.deepEqual(box.states, ['rejected']);
  assert.match(box.ours[0]?.reason ?? '', /not on the tick/);
  await box.until('13:35');
  assert.equal(box.placed.length, 1);
  await box.agrees();
});

for (const code of [10_147, 10_148, 161]) {
  test(
    `F19 a cancel that is answered by ${code} while the order works: it is asked about, and cancelled in the end`,
    LIMIT,
    async (t) => {
      const box = await openBox(t);
      box.fault(`cancelRefused=code:${code},times:3`);
      const order = await box.ordered();
      await box.seen('it is cancelled', () => box.exchangeOrder(order.permId).status === 'Cancelled', 20 * MINUTE_MS);
      await box.seen('and known to be', () => box.states[0] === 'cancelled', MINUTE_MS);
      await box.until('11:00');
      await box.agrees();
    },
  );

  test(
    `F19 a cancel that is answered by ${code} because the order has filled unheard: it is asked about, and booked`,
    LIMIT,
    async (t) => {
      const box = await openBox(t);
      await box.ordered();
      for (const message of [3, 11, 59]) box.fault(`swallow=message:${message},way:out`);
      box.fault(`cancelRefused=code:${code}`);
      box.fault('fillPlan=steps:2+1000');
      await box.pass(2 * SECOND_MS);
      assert.deepEqual([box.theirs[0]?.status, box.states[0]], ['Filled', 'working']);
      box.clear('swallow');
      await box.seen('it is booked', () => box.states[0] === 'filled', 20 * MINUTE_MS);
      assert.equal(box.placed.length, 1);
      await box.agrees();
    },
  );
}

test(
  'F19 a cancel that is never answered: the order counts as working until the broker says otherwise',
  LIMIT,
  async (t) => {
    const box = await openBox(t);
    box.fault('cancelAck=mode:none');
    const order = await box.ordered();
    await box.seen('a cancel', () => box.states[0] === 'cancelling', 10 * MINUTE_MS);
    await box.pass(5 * MINUTE_MS);
    assert.equal(box.exchangeOrder(order.permId).status, 'Submitted');
    assert.notEqual(box.states[0], 'cancelled');
    assert.equal(box.placed.length, 1, 'nothing is ordered in its place');
    box.clear();
    await box.until('11:00');
    assert.equal(box.exchangeOrder(order.permId).status, 'Cancelled');
    await box.agrees();
  },
);
