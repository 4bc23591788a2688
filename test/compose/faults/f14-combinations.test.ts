import assert from 'node:assert/strict';
import { test } from 'node:test';
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

/** A bull put spread in what is listed of AAPL. */
function spread({ world }: Box): OrderTicket {
  const { market } = world.exchange;
  const spot = market.quote(market.listings('AAPL')[0]?.conId ?? 0);
  const puts = market.listings('AAPL').flatMap((listing) => {
    const { instrument, conId } = listing;
    return instrument.kind === 'option' && instrument.right === 'P' ? [{ instrument, conId }] : [];
  });
  const [first] = puts;
  assert.ok(first !== undefined && spot !== null);
  const strip = puts.filter(({ instrument }) => instrument.expiration === first.instrument.expiration);
  const [lower, upper] = strip.slice(Math.floor(strip.length / 2)) as [Leg, Leg];
  const legs = [
    { ...upper, side: 'sell', ratio: 1 },
    { ...lower, side: 'buy', ratio: 1 },
  ] as const;
  return {
    ...{ orderRef: 'spread', instrument: { kind: 'combo', symbol: 'AAPL', legs }, conId: 0, side: 'buy', quantity: 1 },
    ...{ type: 'limit', limit: money(-1), timeInForce: 'DAY' },
  };
}

interface Leg {
  readonly instrument: OptionContract;
  readonly conId: number;
}

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
    const ticket = spread(box);
    void broker.place(broker.nextOrderId ?? 1, ticket);
    await box.pass(2 * SECOND_MS);
    const told = (): number[] => events.flatMap((event) => (event.kind === 'fill' ? [event.fill.conId] : []));
    const { legs } = ticket.instrument as Extract<OrderTicket['instrument'], { kind: 'combo' }>;
    const conIds = legs.map(({ conId }) => conId);
    assert.deepEqual(told(), conIds.slice(0, 1));
    const status = events.findLast((event) => event.kind === 'orderStatus');
    assert.deepEqual([status?.status, status?.averagePrice], ['Filled', money(-1)]);
    const asked = broker.executions();
    await box.pass(SECOND_MS);
    const answer = await asked;
    assert.ok(answer.ok);
    assert.deepEqual(answer.value.map(({ conId }) => conId).sort(), conIds.toSorted());
    void box.trading.reconciler.run();
    await box.pass(SECOND_MS);
    assert.equal(box.state, 'active', 'what is not ours is no reason to halt');
    await box.pass(20 * SECOND_MS);
    assert.deepEqual(told().sort(), conIds.toSorted(), 'each leg once');
    const shown = box.trading.inquiries.positions().filter(({ foreign }) => foreign);
    assert.deepEqual(shown.map(({ quantity }) => quantity).sort(), [-1, 1]);
    await box.until('10:00:10');
    assert.match(await box.why(), /already short 1/, 'counted like anything else that is held');
    assert.equal(box.theirs.length, 1, 'and trading goes on');
    await box.agrees();
  },
);
