import assert from 'node:assert/strict';
import { test } from 'node:test';
import { money } from '../../../agent/core/market/money.ts';
import type { Answer } from '../../../agent/edges/broker/answer.ts';
import type { Broker, OrderTicket } from '../../../agent/edges/broker/broker.ts';
import { IbBroker } from '../../../agent/edges/broker/ib/ib-broker.ts';
import { silentLog } from '../../../agent/edges/system/log.ts';
import { changed } from '../changed-broker.ts';
import { type Box, LIMIT, openBox, SECOND_MS } from './box.ts';

/** The first order of a process is its second message of that kind: the what-if comes before. */
const SECOND = 'nth:2';

test(
  'F01 an order whose answer was cut off is unknown, is found by its reference after the reconnect, and is not sent twice',
  LIMIT,
  async (t) => {
    const box = await openBox(t);
    box.fault(`rst=on:3,handled:yes,client:1,${SECOND}`);
    const order = await box.ordered();
    box.fault('restart=ms:60000');
    assert.notEqual(box.broker.link.state, 'ready');
    assert.match(box.trading.reconciler.obstacle ?? '', /not reconciled/, 'and until it is known nothing is ordered');
    await box.seen('it is unknown', () => box.states[0] === 'unknown', 31 * SECOND_MS);
    await box.seen('it is found', () => box.states[0] === 'working');
    assert.equal(box.ours[0]?.permId, order.permId);
    assert.equal(box.ours[0]?.intent.id, order.request.orderRef);
    await box.until('10:04');
    assert.equal(box.placed.length, 1);
    await box.agrees();
  },
);

test(
  'F02 after an order that never arrived and order ids that went back, the next order has a fresh id and hears only of itself',
  LIMIT,
  async (t) => {
    const box = await openBox(t, { symbols: ['AAPL', 'KO'] });
    await box.until('09:59:59');
    box.fault(`rst=on:3,handled:no,client:1,${SECOND}`);
    await box.seen('the line breaks', () => box.broker.link.state !== 'ready');
    box.fault('nextValidIdRollback=by:1000000');
    const [lost] = box.placed;
    assert.equal(box.theirs.length, 0);
    await box.seen('it is known that it never arrived', () => box.states[0] === 'rejected');
    assert.match(box.ours[0]?.reason ?? '', /never arrived/);
    box.fault('fillPlan=steps:2+1000');
    await box.until('11:30:10');
    const [order] = box.theirs;
    assert.match(order?.request.orderRef ?? '', /KO/);
    assert.ok((order?.request.orderId ?? 0) > (lost?.orderId ?? Number.POSITIVE_INFINITY), 'an id that was never used');
    assert.deepEqual(
      box.ours.map(({ intent, filled }) => [intent.instrument.symbol, filled]),
      [
        ['AAPL', 0],
        ['KO', 2],
      ],
    );
    await box.agrees();
  },
);

for (const [what, faults, found] of [
  ['was swallowed on its way in', [`swallow=message:3,way:in,${SECOND},times:1`], 'rejected'],
  ['works, but whose answers were,', ['swallow=message:3,way:out', `swallow=message:5,way:out,${SECOND}`], 'working'],
] as const) {
  test(`F03 an order that ${what} is asked about after its time and not sent again`, LIMIT, async (t) => {
    const box = await openBox(t);
    for (const fault of faults) box.fault(fault);
    await box.until('09:59:59');
    await box.seen('it is sent', () => box.states[0] === 'sent');
    const deaf = box.theirs.length;
    assert.equal(deaf, found === 'working' ? 1 : 0);
    await box.pass(28 * SECOND_MS);
    assert.deepEqual(box.states, ['sent']);
    box.clear();
    await box.seen('it is asked about', () => box.states[0] === found, 5 * SECOND_MS);
    await box.until('10:04');
    assert.equal(box.placed.length, 1, 'no blind second try');
    await box.agrees();
  });
}

for (const [what, outageMs] of [
  ['50 ms', 50],
  ['5 s', 5_000],
] as const) {
  test(
    `F04 an order behind 100 requests when the line breaks for ${what} is told as not sent and never leaves`,
    LIMIT,
    async (t) => {
      const waiting: Promise<Answer<void>>[] = [];
      const flooded = (own: Broker): Broker =>
        changed(own, {
          place: (orderId, ticket) => {
            for (let id = 1; id <= 100; id += 1) waiting.push(own.cancel(90_000 + id));
            const answer = own.place(orderId, ticket);
            box.fault(`restart=ms:${outageMs}`);
            return answer;
          },
        });
      const box: Box = await openBox(t, { broker: flooded });
      await box.until('09:59:59');
      await box.seen('the order is decided on', () => waiting.length > 0);
      const answers = await Promise.all(waiting);
      assert.ok(
        answers.some((answer) => !answer.ok && answer.failure === 'offline'),
        'whoever waits is told',
      );
      assert.equal(box.states[0], 'rejected');
      assert.match(await box.why(), /link:/);
      await box.seen('the line is back', () => box.broker.link.state === 'ready');
      await box.until('10:05');
      assert.equal(box.theirs.length, 0);
      assert.equal(box.placed.length, 1);
      await box.agrees();
    },
  );
}

test(
  'F05 whatever is asked without a line is refused at once, and nothing of it is sent afterwards',
  LIMIT,
  async (t) => {
    const box = await openBox(t);
    const { clock, exchange } = box.world;
    const client = new IbBroker({
      ...{ host: '127.0.0.1', port: exchange.port, clientId: 7, account: null, clock, log: silentLog },
    });
    t.after(() => client.stop());
    await client.start();
    await box.until('09:59:30');
    assert.equal(client.link.state, 'ready');
    box.fault('restart=ms:60000');
    await box.seen('the lines are gone', () => [client, box.broker].every(({ link }) => link.state !== 'ready'));
    const ticket: OrderTicket = {
      ...{ orderRef: 'offline', instrument: { kind: 'stock', symbol: 'AAPL' }, conId: 1, side: 'buy', quantity: 1 },
      ...{ type: 'limit', limit: money(1), timeInForce: 'DAY' },
    };
    for (const asked of [
      ...[client.place(1, ticket), client.preview(2, ticket), client.cancel(1), client.cancelAll()],
      ...[client.openOrders(), client.completedOrders(), client.executions(), client.positions(), client.account()],
    ]) {
      const answer = await asked;
      assert.ok(!answer.ok && answer.failure === 'offline', 'in the same instant');
    }
    await box.until('10:05');
    assert.deepEqual([client.link.state, box.broker.link.state], ['ready', 'ready']);
    const { book } = exchange;
    assert.deepEqual([...book.openOrders(), ...book.completedOrders()], []);
    assert.deepEqual(box.placed, []);
    assert.match(await box.why(), /link|not answered|chain/);
    await box.until('11:30:10');
    assert.equal(box.theirs.length, 1, 'the next execution is on time again');
    await box.agrees();
  },
);
