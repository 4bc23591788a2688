import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IBApi } from '@stoqey/ib';
import { faultOf } from '../../../../agent/lab/exchange/faults/fault.ts';
import { connectRaw, frame, greet, isError, isId, openSocket, placeOrderFields } from '../server/raw-client.ts';
import { startStand } from '../server/stand.ts';
import { errors, heard, ids, LIMIT, pass, place, startDesk, statuses } from './desk.ts';

const TRANSMIT = 27;
const HELLO = Buffer.concat([Buffer.from('API\0'), frame('v157..178')]);

test(
  'forceServerVersion: the client is told a version that it did not ask for, and the real client refuses it',
  LIMIT,
  async (t) => {
    const stand = await startStand(t);
    stand.faults.set(faultOf('forceServerVersion', { version: 201 }));
    const client = await greet(t, stand.port);
    assert.equal(client.received[0]?.[0], '201');
    const api = new IBApi({ host: '127.0.0.1', port: stand.port, clientId: 5, maxReqPerSec: 1000 });
    const code = await new Promise((resolve) => {
      api.on('error' as never, ((_: Error, told: number) => resolve(told)) as never);
      api.connect();
    });
    assert.equal(code, 506);
  },
);

test('greetingDelay: the greeting comes so much later and not before', LIMIT, async (t) => {
  const stand = await startStand(t);
  stand.faults.set(faultOf('greetingDelay', { ms: 3000 }));
  const client = await openSocket(t, stand.port);
  client.write(HELLO);
  await until(() => stand.faults.list()[0]?.acted === 1);
  await pass(stand, 2999);
  assert.deepEqual(client.received, []);
  await pass(stand, 1);
  await client.next(() => true);
});

test('noGreeting: a new connection hears nothing while an old one goes on', LIMIT, async (t) => {
  const stand = await startStand(t);
  const old = await connectRaw(t, stand.port, 1);
  stand.faults.set(faultOf('noGreeting'));
  const client = await openSocket(t, stand.port);
  client.write(HELLO);
  await until(() => stand.faults.list()[0]?.acted === 1);
  await pass(stand, 60_000);
  await heard(old);
  assert.deepEqual(client.received, []);
  assert.equal(client.closed, false);
});

test('noNextValidId: a client is greeted and told its accounts, and never its next order id', LIMIT, async (t) => {
  const stand = await startStand(t);
  stand.faults.set(faultOf('noNextValidId'));
  const client = await connectRaw(t, stand.port, 1);
  assert.ok(ids(client).includes(15));
  assert.ok(!ids(client).includes(9));
});

test('nextValidIdRollback: used ids are told again and taken again', LIMIT, async (t) => {
  const desk = await startDesk(t);
  place(desk, { orderId: 5 });
  await heard(desk.client);
  desk.faults.set(faultOf('nextValidIdRollback', { by: 3 }));
  const from = desk.client.received.length;
  desk.client.send(8, 1, 1);
  assert.equal((await desk.client.next(isId(9), from))[2], '3');
  place(desk, { orderId: 3, ref: 'again' });
  await heard(desk.client);
  assert.deepEqual(errors(desk.client, from), []);
  assert.deepEqual(
    desk.exchange.book.openOrders().map(({ request }) => [request.orderId, request.orderRef]),
    [
      [5, 'mine'],
      [3, 'again'],
    ],
  );
});

test('dropAfterBytes: the connection ends in the middle of a frame, once', LIMIT, async (t) => {
  const stand = await startStand(t);
  stand.faults.set(faultOf('dropAfterBytes', { bytes: 53, end: 'fin' }));
  const client = await openSocket(t, stand.port);
  client.write(HELLO);
  await client.next(() => true);
  client.send(71, 2, 1, '');
  await client.whenClosed();
  assert.equal(ids(client).length, 2);
  assert.equal(stand.faults.isQuiet, true);
  await connectRaw(t, stand.port, 1);
});

test('rst: the connection ends with an order that is obeyed, and its client never hears of it', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('rst', { on: 3, handled: true }));
  const from = desk.client.received.length;
  place(desk);
  await desk.client.whenClosed();
  assert.deepEqual(ids(desk.client, from), []);
  assert.equal(desk.exchange.book.openOrders().length, 1);
  const again = await connectRaw(t, desk.port, 1);
  assert.deepEqual(statuses(again), ['Submitted 0']);
});

test('rst: the connection ends with an order that the exchange never sees', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('rst', { on: 3, handled: false }));
  place(desk);
  await desk.client.whenClosed();
  assert.equal(desk.exchange.book.openOrders().length, 0);
  const again = await connectRaw(t, desk.port, 1);
  assert.equal((await again.next(isId(9)))[2], '1');
});

test('fin: at once every connection is closed in order, what was sent arrives', LIMIT, async (t) => {
  const desk = await startDesk(t);
  const other = await connectRaw(t, desk.port, 2);
  desk.faults.set(faultOf('fin', { client: 1 }));
  await desk.client.whenClosed();
  await heard(other);
  desk.faults.set(faultOf('fin'));
  await other.whenClosed();
  assert.equal(desk.faults.isQuiet, true);
});

test(
  'freeze: nothing is read and nothing written, the connection stays, and all of it comes afterwards in order',
  LIMIT,
  async (t) => {
    const desk = await startDesk(t);
    desk.faults.set(faultOf('freeze', { ms: 5000 }));
    const from = desk.client.received.length;
    place(desk);
    desk.client.send(49, 1);
    await pass(desk, 4999);
    assert.equal(desk.exchange.book.openOrders().length, 0);
    assert.deepEqual(ids(desk.client, from), []);
    assert.equal(desk.client.closed, false);
    await pass(desk, 1);
    await desk.client.next(isId(49), from);
    assert.deepEqual(ids(desk.client, from), [5, 3, 5, 3, 49]);
  },
);

test(
  'freeze: of writing only, orders are obeyed and nobody hears of it; of one client, the other goes on',
  LIMIT,
  async (t) => {
    const desk = await startDesk(t);
    const other = await connectRaw(t, desk.port, 2);
    desk.faults.set(faultOf('freeze', { side: 'write', client: 1 }));
    const from = desk.client.received.length;
    place(desk);
    await until(() => desk.exchange.book.openOrders().length === 1);
    await heard(other);
    assert.deepEqual(ids(desk.client, from), []);
    desk.faults.clear('freeze');
    await desk.client.next(isId(3), from);
  },
);

test('lingeringSession: the id of a client that left is in use, until it is not', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('lingeringSession', { ms: 4000 }));
  desk.client.end();
  await until(() => desk.lines.some(({ sentence }) => sentence === 'client disconnected'));
  const early = await greet(t, desk.port);
  early.send(71, 2, 1, '');
  await early.next(isError(326));
  await early.whenClosed();
  await pass(desk, 4000);
  await connectRaw(t, desk.port, 1);
});

test('restart: all connections end, nobody gets in for a while, and what was only held is gone', LIMIT, async (t) => {
  const desk = await startDesk(t);
  place(desk);
  const held = placeOrderFields({
    orderId: 9,
    conId: desk.option.conId,
    action: 'SELL',
    quantity: 1,
    limit: 50,
    ref: '',
  });
  desk.client.send(...held.with(TRANSMIT, 0));
  await heard(desk.client);
  assert.equal(desk.exchange.book.nextOrderId(1), 10);
  desk.faults.set(faultOf('restart', { ms: 90_000 }));
  await desk.client.whenClosed();
  await assert.rejects(async () => {
    const client = await openSocket(t, desk.port);
    client.write(HELLO);
    await client.next(() => true);
  });
  await pass(desk, 90_000);
  const again = await connectRaw(t, desk.port, 1);
  assert.deepEqual(statuses(again), ['Submitted 0']);
  assert.equal((await again.next(isId(9)))[2], '2');
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}
