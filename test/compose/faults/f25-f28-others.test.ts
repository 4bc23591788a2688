import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import { LIMIT, openBox, SECOND_MS } from './box.ts';

test(
  'F25 an assignment of the night is in the books before the next plan, at the strike, and nothing is ordered on what was',
  LIMIT,
  async (t) => {
    const box = await openBox(t);
    box.fault('fillPlan=steps:2+1000,times:1');
    await box.ordered();
    await box.until('16:30');
    const [put] = box.trading.blotter.openPositions;
    assert.ok(put?.instrument.kind === 'option' && put.quantity === -2);
    await box.until('02:30', '2026-07-09');
    box.fault('assignment');
    await box.until('08:05', '2026-07-09');
    const [shares, ...more] = box.trading.blotter.openPositions;
    assert.deepEqual([shares?.instrument, shares?.quantity, more.length], [{ kind: 'stock', symbol: 'AAPL' }, 200, 0]);
    const { adoptions } = await box.trading.inquiries.books();
    assert.match(adoptions[0]?.text ?? '', /2 assigned, 200 shares/);
    await box.agrees();
    const { cash } = box.trading.board.current.profit;
    assert.ok(cash !== null && cash < 400_000 - 2 * 100 * 200, 'the shares are paid for');
    await box.until('10:00:10', '2026-07-09');
    assert.equal(box.trading.reconciler.obstacle, null);
    assert.notEqual(await box.why(), '', 'there is a plan, made on this');
  },
);

test('F26 an order by hand is seen and left alone, beside ours', LIMIT, async (t) => {
  const box = await openBox(t);
  const { market, book } = box.world.exchange;
  const [share] = market.listings('AAPL').filter(({ instrument }) => instrument.kind === 'stock');
  const conId = share?.conId ?? market.listings('AAPL')[0]?.underlyingConId;
  box.fault(`manualOrder=conId:${conId},side:buy,quantity:3,limit:1`);
  await box.until('10:00:10');
  const foreign = box.trading.inquiries.orders(false).filter((order) => order.foreign);
  assert.deepEqual(
    foreign.map(({ quantity, state }) => [quantity, state]),
    [[3, 'Submitted']],
  );
  assert.equal(box.theirs.length, 1, 'trading goes on');
  await box.until('11:00');
  assert.ok(
    book.openOrders().some(({ request }) => request.clientId === 0),
    'nobody took it back',
  );
  await box.agrees();
});

test('F26 a cancel by hand of an order of ours is accepted: it is not sent again', LIMIT, async (t) => {
  const box = await openBox(t);
  await box.ordered();
  box.fault('manualCancel');
  await box.until('13:35');
  assert.deepEqual([box.states, box.placed.length], [['cancelled'], 1]);
  assert.equal(box.state, 'active');
  await box.agrees();
});

const KINDS = [
  ...['negativeLength', 'zeroLength', 'longLength', 'noNul', 'unknownId', 'short', 'long', 'badJson'],
  'sixteenMegabytes',
];

for (const kind of KINDS) {
  test(
    `F27 a frame that is no message (${kind}) ends at most its line: a halt is confirmed, and trading goes on afterwards`,
    LIMIT,
    async (t) => {
      const box = await openBox(t);
      const order = await box.ordered();
      box.fault(`rawBytes=${kind}`);
      await box.pass(SECOND_MS);
      box.world.contacts.set('pressed');
      await box.seen('the halt is confirmed', () => box.world.guardStatus?.halted === 'confirmed', MINUTE_MS);
      assert.equal(box.exchangeOrder(order.permId).status, 'Cancelled');
      box.world.calm();
      await box.seen('it trades again', () => box.state === 'active', 5 * MINUTE_MS);
      await box.until('10:15');
      assert.equal(box.broker.link.state, 'ready');
      await box.agrees();
    },
  );
}

test(
  'F27 a reply of 20,000 bars ends its line at once instead of holding everything up for half a minute',
  LIMIT,
  async (t) => {
    const box = await openBox(t, { from: '09:58', faults: ['hugeReply=bars:20000'] });
    const began = process.cpuUsage();
    await box.until('09:59');
    const { user } = process.cpuUsage(began);
    assert.ok(user < 5_000_000, `${user} µs`);
    box.world.contacts.set('pressed');
    await box.seen('the halt is confirmed', () => box.world.guardStatus?.halted === 'confirmed', MINUTE_MS);
    box.world.calm();
    await box.seen('it trades again', () => box.state === 'active', 5 * MINUTE_MS);
    await box.until('11:30:10');
    assert.equal(box.theirs.length, 1, await box.why());
    await box.agrees();
  },
);

test(
  'F28 whoever listens and throws is contained: the rest of what came with it is heard by everybody else',
  LIMIT,
  async (t) => {
    const box = await openBox(t, {
      // Before everybody else.
      broker: (own) => {
        own.onEvent(() => {
          throw new Error('planted');
        });
        return own;
      },
    });
    box.fault('mergeFrames=frames:50,ms:500');
    box.fault('fillPlan=steps:1+1000;1+1');
    await box.ordered();
    await box.pass(3 * SECOND_MS);
    assert.deepEqual(box.states, ['filled']);
    assert.equal(box.ours[0]?.filled, 2);
    await box.agrees();
  },
);
