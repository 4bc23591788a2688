import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import type { OptionContract } from '../../../agent/core/market/contract.ts';
import { money } from '../../../agent/core/market/money.ts';
import type { BrokerEvent, OrderTicket } from '../../../agent/edges/broker/broker.ts';
import { IbBroker } from '../../../agent/edges/broker/ib/ib-broker.ts';
import { silentLog } from '../../../agent/edges/system/log.ts';
import { type Box, LIMIT, openBox, SECOND_MS } from './box.ts';

/** The master of the account, which may order combinations; the appliance sees what comes of them. */
async function client(box: Box): Promise<{ broker: IbBroker; events: BrokerEvent[] }> {
  const { clock, exchange } = box.world;
  const { port } = exchange;
  const broker = new IbBroker({ host: '127.0.0.1', port, clientId: 7, account: null, clock, log: silentLog });
  const events: BrokerEvent[] = [];
  broker.onEvent((event) => events.push(event));
  await broker.start();
  await box.seen('the session', () => broker.link.state === 'ready');
  return { broker, events };
}

interface Leg {
  readonly instrument: OptionContract;
  readonly conId: number;
}

/** Two puts of AAPL beside each other in the middle of what is listed, the lower first. */
function neighbours({ world }: Box): readonly [Leg, Leg] {
  const puts = world.exchange.market.listings('AAPL').flatMap(({ instrument, conId }) => {
    return instrument.kind === 'option' && instrument.right === 'P' ? [{ instrument, conId }] : [];
  });
  const strip = puts.filter(({ instrument }) => instrument.expiration === puts[0]?.instrument.expiration);
  return strip.slice(Math.floor(strip.length / 2)) as [Leg, Leg];
}

/** Sells one put and buys another, for a credit. */
function spread(sold: Leg, bought: Leg, quantity = 1): OrderTicket {
  const legs = [
    { ...sold, side: 'sell', ratio: 1 },
    { ...bought, side: 'buy', ratio: 1 },
  ] as const;
  return {
    ...{ orderRef: 'spread', instrument: { kind: 'combo', symbol: 'AAPL', legs }, conId: 0, side: 'buy', quantity },
    ...{ type: 'limit', limit: money(-1), timeInForce: 'DAY' },
  };
}

/** The books have been compared. */
async function looked(box: Box): Promise<void> {
  void box.trading.reconciler.run();
  await box.pass(SECOND_MS);
}

const foreign = (box: Box): readonly number[] =>
  box.trading.inquiries
    .positions()
    .flatMap(({ foreign, quantity }) => (foreign ? [quantity] : []))
    .sort();

test(
  'F14 of a combination one leg is told and the other late: its net price stays negative, the question has both, and nobody touches either',
  LIMIT,
  async (t) => {
    const box = await openBox(t, { symbols: ['AAPL', 'KO'] });
    const { broker, events } = await client(box);
    t.after(() => broker.stop());
    await box.until('09:55');
    box.fault('fillPlan=ref:spread,steps:1@-1.00+1000');
    box.fault('legOnlyFill=leg:1,ms:20000');
    const [lower, upper] = neighbours(box);
    const ticket = spread(upper, lower);
    void broker.place(broker.nextOrderId ?? 1, ticket);
    await box.pass(2 * SECOND_MS);
    const told = (): number[] => events.flatMap((event) => (event.kind === 'fill' ? [event.fill.conId] : []));
    const conIds = [upper.conId, lower.conId];
    assert.deepEqual(told(), conIds.slice(0, 1));
    const status = events.findLast((event) => event.kind === 'orderStatus');
    assert.deepEqual([status?.status, status?.averagePrice], ['Filled', money(-1)]);
    const asked = broker.executions();
    await box.pass(SECOND_MS);
    const answer = await asked;
    assert.ok(answer.ok);
    assert.deepEqual(answer.value.map(({ conId }) => conId).sort(), conIds.toSorted());
    await looked(box);
    assert.equal(box.state, 'active', 'what is not ours is no reason to halt');
    await box.pass(20 * SECOND_MS);
    assert.deepEqual(told().sort(), conIds.toSorted(), 'each leg once');
    assert.deepEqual(foreign(box), [-1, 1]);
    await box.until('10:00:10');
    assert.match(await box.why(), /already short 1/, 'counted like anything else that is held');
    assert.equal(box.theirs.length, 1, 'and trading goes on');
    await box.agrees();
  },
);

test(
  'F14 a combination that is filled in part is shown as one order that is not ours and counts leg by leg; split, what is left of it is no business of ours',
  LIMIT,
  async (t) => {
    const box = await openBox(t, { symbols: ['AAPL', 'KO'] });
    const { broker } = await client(box);
    t.after(() => broker.stop());
    await box.until('09:46');
    box.fault('fillPlan=ref:spread,steps:1@-1.00+1000');
    box.fault('legOnlyFill=leg:1,ms:0');
    const [lower, upper] = neighbours(box);
    void broker.place(broker.nextOrderId ?? 1, spread(upper, lower, 3));
    await box.pass(5 * SECOND_MS);
    await looked(box);
    assert.equal(box.state, 'active');
    assert.deepEqual(foreign(box), [-1, 1], 'the leg that is never told is in the positions');
    const shown = box.trading.inquiries.orders(false).filter((order) => order.foreign);
    assert.deepEqual(
      shown.map(({ name, quantity, filled }) => [name, quantity, filled]),
      [['AAPL combination', 3, 1]],
    );
    box.fault('manualCancel=ref:spread');
    box.fault(`manualOrder=conId:${lower.conId},side:sell,quantity:1,limit:0.01`);
    await box.until('09:59');
    await looked(box);
    assert.deepEqual(foreign(box), [-1], 'the short leg alone');
    await box.until('10:00:10');
    assert.match(await box.why(), /already short 1/, 'it takes the place of a put of ours');
    assert.deepEqual(
      box.theirs.map(({ request }) => request.orderRef),
      ['260708-execute-putwrite-KO.put'],
      'nobody repairs it',
    );
    await box.agrees();
  },
);

test(
  'F14 a combination of somebody else that closes our put with one leg: nobody tells us, so the symbol waits for the other half, and in the morning trading halts',
  LIMIT,
  async (t) => {
    const box = await openBox(t);
    const { broker } = await client(box);
    t.after(() => broker.stop());
    box.fault('fillPlan=steps:2+1000,times:1');
    await box.ordered();
    await box.until('10:15');
    const [put] = box.trading.blotter.openPositions;
    assert.ok(put?.instrument.kind === 'option' && put.quantity === -2);
    box.fault('fillPlan=ref:spread,steps:1@-1.00+1000');
    const [lower] = neighbours(box);
    const { instrument, conId } = put;
    void broker.place(broker.nextOrderId ?? 1, spread(lower, { instrument, conId }));
    await box.pass(3 * SECOND_MS);
    await looked(box);
    assert.equal(box.state, 'active', 'it may be half of an assignment');
    assert.match(box.trading.reconciler.obstacleFor('AAPL') ?? '', /-2 in our books, -1 at the broker/);
    assert.deepEqual(foreign(box), [-1]);
    box.world.clock.jump((21 * 60 + 45) * MINUTE_MS);
    await box.until('08:20', '2026-07-09');
    assert.equal(box.state, 'halted');
    assert.match(box.trading.reconciler.obstacle ?? '', /-2 in our books, -1 at the broker/);
    assert.equal(box.theirs.length, 1, 'nothing is sent to mend it');
  },
);
