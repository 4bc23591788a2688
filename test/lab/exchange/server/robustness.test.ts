import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { connectRaw, frame, greet, isId, type Message, placeOrderFields, type RawClient } from './raw-client.ts';
import { startStand } from './stand.ts';

const LIMIT = { timeout: 60_000 };

async function answersTime(client: RawClient): Promise<void> {
  const from = client.received.length;
  client.send(49, 1);
  await client.next(isId(49), from);
}

test(
  'requests full of nonsense are answered or end their connection, and the neighbour never notices',
  LIMIT,
  async (t) => {
    const stand = await startStand(t);
    const neighbour = await connectRaw(t, stand.port, 0);
    const field = fc.oneof(
      fc.constantFrom(
        '',
        '0',
        '1',
        '-1',
        'SPY',
        'OPT',
        'BAG',
        'STK',
        'LMT',
        'BUY',
        '20261218',
        '1e400',
        '99999999999999999999',
      ),
      fc.integer().map(String),
      fc.double().map(String),
      fc.string({ maxLength: 20 }),
    );
    const request = fc.tuple(
      fc.oneof(fc.integer({ min: 1, max: 110 }), fc.integer()),
      fc.array(field, { maxLength: 140 }),
    );
    let clientId = 1;
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 12 }), async (requests) => {
        const client = await connectRaw(t, stand.port, clientId++);
        for (const [id, fields] of requests) client.send(id, ...fields.map((one) => one.replaceAll('\0', '')));
        await answersTime(client);
        client.end();
        await answersTime(neighbour);
      }),
      { numRuns: 40 },
    );
    assert.deepEqual(
      stand.lines.filter(({ sentence }) => sentence.includes('request failed')),
      [],
    );
  },
);

test('streams of nonsense end their own connection and no other', LIMIT, async (t) => {
  const stand = await startStand(t);
  const neighbour = await connectRaw(t, stand.port, 0);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 6 }), async (chunks) => {
      const client = await greet(t, stand.port);
      for (const chunk of chunks) client.write(Buffer.from(chunk));
      await answersTime(neighbour);
      client.end();
    }),
    { numRuns: 40 },
  );
});

test('the same requests at the same instants give the same bytes', LIMIT, async (t) => {
  const day = async (): Promise<readonly Message[]> => {
    const stand = await startStand(t);
    const client = await connectRaw(t, stand.port, 1);
    const put = stand.put(20);
    client.send(61, 1);
    client.send(6, 2, 1, '');
    client.send(1, 11, 5, put.conId, '', '', '', '', '', '', 'SMART', '', '', '', '', 0, '101', 0, 0, '');
    const limit = (stand.market.quote(put.conId)?.bid ?? 0) / 10_000;
    client.send(...placeOrderFields({ orderId: 1, conId: put.conId, action: 'SELL', quantity: 3, limit, ref: 'r' }));
    for (let i = 0; i < 100; i += 1) {
      await answersTime(client);
      stand.step(5);
    }
    await answersTime(client);
    return client.received;
  };
  const [one, two] = [await day(), await day()];
  assert.ok(one.some((message) => message[0] === '11'));
  assert.deepEqual(one, two);
});

test('a frame longer than any request is refused before it is kept', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectRaw(t, stand.port, 1);
  client.write(frame(Buffer.alloc(1 << 20, 65)));
  await answersTime(client);
  client.write(frame(Buffer.alloc((1 << 20) + 1, 65)));
  await client.whenClosed();
});
