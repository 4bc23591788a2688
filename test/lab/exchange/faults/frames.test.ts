import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { faultOf } from '../../../../agent/lab/exchange/faults/fault.ts';
import { connectIb } from '../server/ib-client.ts';
import { frame, isError, isId } from '../server/raw-client.ts';
import { startStand } from '../server/stand.ts';
import { errors, heard, ids, LIMIT, pass, place, startDesk, statuses } from './desk.ts';

test('chunking: one byte at a time, and every message arrives whole', LIMIT, async (t) => {
  const stand = await startStand(t);
  stand.faults.set(faultOf('chunking', { bytes: 1 }));
  const { chunks, messages } = await conversation(t, stand.port);
  assert.deepEqual(messages.slice(0, 3), ['178', '15', '9']);
  assert.ok(chunks.length > 20, `${chunks.length} pieces`);
  const client = await connectIb(t, stand.port, 2);
  assert.deepEqual(client.undecoded, []);
});

test('mergeFrames: messages wait for each other and come in one piece, the last after a while', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('mergeFrames', { frames: 3, ms: 1000 }));
  const from = desk.client.received.length;
  for (let i = 0; i < 4; i += 1) desk.client.send(49, 1);
  await desk.client.next(isId(49), from);
  assert.equal(ids(desk.client, from).length, 3);
  await pass(desk, 1000);
  await desk.client.next(isId(49), from + 3);
});

test('rawBytes: each bad frame arrives as it is', LIMIT, async (t) => {
  const heads: Readonly<Record<string, string>> = {
    negativeLength: 'ffffffff',
    zeroLength: '00000000',
    longLength: '7fffffff',
    noNul: '0000000f343900',
    unknownId: '0000000a3131333439',
    short: '0000000e330031005375626d697474656400',
    badJson: '0000002534003200',
    sixteenMegabytes: '0100000078007800',
    hex: 'c0ffee',
  };
  for (const [kind, head] of Object.entries(heads)) {
    const stand = await startStand(t);
    const { chunks, socket } = await conversation(t, stand.port);
    const before = Buffer.concat(chunks).length;
    const hex = kind === 'hex' ? 'c0ffee' : '';
    stand.faults.set(faultOf('rawBytes', { kind: kind as 'hex', hex }));
    const sent = () => Buffer.concat(chunks).subarray(before).toString('hex');
    while (sent().length < head.length) await new Promise(setImmediate);
    assert.ok(sent().startsWith(head), `${kind}: ${sent().slice(0, 40)}`);
    assert.equal(stand.faults.isQuiet, true);
    socket.destroy();
  }
});

test('rawBytes: the real client reports a message that is too long, and hears the next one', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectIb(t, stand.port, 1);
  stand.faults.set(faultOf('rawBytes', { kind: 'long' }));
  stand.faults.set(faultOf('rawBytes', { kind: 'unknownId' }));
  await client.next('error', (_: unknown, code: number) => code === 505);
  client.api.reqCurrentTime();
  await client.next('currentTime');
});

test('latency: one kind of message comes later and others overtake it', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('latency', { message: 3, ms: 2000 }));
  const from = desk.client.received.length;
  place(desk);
  await heard(desk.client);
  assert.deepEqual(ids(desk.client, from), [5, 5, 49]);
  await pass(desk, 1999);
  await heard(desk.client);
  assert.ok(!ids(desk.client, from).includes(3));
  await pass(desk, 1);
  await desk.client.next(isId(3), from);
  assert.deepEqual(statuses(desk.client, from), ['PreSubmitted 0', 'Submitted 0']);
});

test('latency: on the way in, an order is accepted later; drawn delays follow from the seed', LIMIT, async (t) => {
  const acceptedAfter = async (): Promise<number> => {
    const desk = await startDesk(t);
    desk.faults.set(faultOf('latency', { message: 3, ms: 100, spread: 1000, dist: 'exponential', way: 'in' }));
    const start = desk.clock.now();
    place(desk);
    await heard(desk.client);
    assert.equal(desk.exchange.book.openOrders().length, 0);
    await pass(desk, 60_000);
    return (desk.exchange.book.openOrders()[0]?.acceptedAt ?? 0) - start;
  };
  const first = await acceptedAfter();
  assert.ok(first > 100);
  assert.equal(await acceptedAfter(), first);
});

test('reorder: what comes within the window comes in another order, and all of it', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('reorder', { window: 4, ms: 100 }));
  const from = desk.client.received.length;
  place(desk);
  place(desk, { orderId: 2 });
  await desk.client.next(isId(3), from + 7);
  const seen = ids(desk.client, from);
  assert.deepEqual(seen.toSorted(), [3, 3, 3, 3, 5, 5, 5, 5]);
  assert.notDeepEqual(seen, [5, 3, 5, 3, 5, 3, 5, 3]);
});

test('duplicate: a message comes twice, of one order only if it is named', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('duplicate', { message: 3, ref: 'mine' }));
  const from = desk.client.received.length;
  place(desk);
  place(desk, { orderId: 2, ref: 'other' });
  await heard(desk.client);
  assert.deepEqual(ids(desk.client, from), [5, 3, 3, 5, 3, 3, 5, 3, 5, 3, 49]);
});

test(
  'swallow: an order that never arrives; the second one of the kind; what is told of one order',
  LIMIT,
  async (t) => {
    const desk = await startDesk(t);
    const { client, faults } = desk;
    const from = client.received.length;
    faults.set(faultOf('swallow', { message: 3, way: 'in' }, { nth: 2, times: 1 }));
    for (const orderId of [1, 2, 3]) place(desk, { orderId, ref: `order ${orderId}` });
    await heard(client);
    assert.deepEqual(
      desk.exchange.book.openOrders().map(({ request }) => request.orderId),
      [1, 3],
    );
    faults.set(faultOf('swallow', { ref: 'order 4' }));
    place(desk, { orderId: 4, ref: 'order 4' });
    place(desk, { orderId: 5, ref: 'order 5' });
    await heard(client);
    const told = new Set(client.received.slice(from).flatMap((one) => (one[0] === '3' ? [one[1]] : [])));
    assert.deepEqual([...told], ['1', '3', '5']);
  },
);

test('swallow: the end of a list never comes', LIMIT, async (t) => {
  const { client, faults } = await startDesk(t);
  faults.set(faultOf('swallow', { message: 62 }));
  const from = client.received.length;
  client.send(61, 1);
  await heard(client);
  assert.deepEqual(ids(client, from), [49]);
});

test('error: before, after and instead of the answer to a request, and at once', LIMIT, async (t) => {
  const desk = await startDesk(t);
  const { client, faults } = desk;
  const said = async (when: 'before' | 'after' | 'instead', orderId: number) => {
    const from = client.received.length;
    faults.set(faultOf('error', { on: 3, when, code: 399, text: 'held until the open' }));
    place(desk, { orderId });
    await heard(client);
    assert.equal(client.received.slice(from).find(isError(399))?.[2], String(orderId));
    return ids(client, from);
  };
  assert.deepEqual(await said('before', 1), [4, 5, 3, 5, 3, 49]);
  assert.deepEqual(await said('after', 2), [5, 3, 5, 3, 4, 49]);
  assert.deepEqual(await said('instead', 3), [4, 49]);
  const from = client.received.length;
  faults.set(faultOf('error', { code: 1300, text: 'the port has changed' }));
  await client.next(isError(1300), from);
  assert.equal(client.received[from]?.[2], '-1');
  assert.deepEqual(errors(client, from), [1300]);
});

/** A started client that keeps what it is sent as it came. */
async function conversation(
  t: TestContext,
  port: number,
): Promise<{ chunks: Buffer[]; messages: string[]; socket: Socket }> {
  const socket = connect({ host: '127.0.0.1', port });
  t.after(() => socket.destroy());
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk as Buffer)).on('error', () => {});
  socket.write(Buffer.concat([Buffer.from('API\0'), frame('v157..178')]));
  socket.write(frame('71\x002\x001\x00\x00'));
  const text = () => Buffer.concat(chunks).toString('latin1');
  while (!text().includes('secdefil\0')) await new Promise(setImmediate);
  const messages: string[] = [];
  const bytes = Buffer.concat(chunks);
  for (let at = 0; at + 4 < bytes.length; at += 4 + bytes.readUInt32BE(at)) {
    messages.push(bytes.toString('latin1', at + 4, at + 4 + bytes.readUInt32BE(at)).split('\0')[0] as string);
  }
  return { chunks, messages, socket };
}
