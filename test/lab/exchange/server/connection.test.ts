import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectIb, IbClient } from './ib-client.ts';
import { connectRaw, frame, greet, isError, isId, openSocket } from './raw-client.ts';
import { ACCOUNT, startStand } from './stand.ts';

const LIMIT = { timeout: 20_000 };

test(
  'the highest version that both speak is agreed on, with the time of the exchange in two fields',
  LIMIT,
  async (t) => {
    const { port } = await startStand(t, { time: '07:15' });
    const at = async (versions: string) => (await greet(t, port, versions)).received[0];
    assert.deepEqual(await at('v157..178'), ['178', '20261120 07:15:00 EST']);
    assert.deepEqual(await at('v100..193'), ['193', '20261120 07:15:00 EST']);
    assert.deepEqual(await at('v100..226 +PACEAPI'), ['193', '20261120 07:15:00 EST']);
  },
);

test('a client that speaks no version in common is disconnected', LIMIT, async (t) => {
  const { port } = await startStand(t);
  const client = await openSocket(t, port);
  client.write(Buffer.concat([Buffer.from('API\0'), frame('v100..176')]));
  await client.whenClosed();
  assert.deepEqual(client.received, []);
});

test('a forced version is told whatever the client speaks', LIMIT, async (t) => {
  const { port } = await startStand(t, { forceServerVersion: 178 });
  const client = await connectIb(t, port, 4);
  assert.equal(client.serverVersion, 178);
});

test('accounts, next order id and farm notices follow the start, in this order', LIMIT, async (t) => {
  const { port } = await startStand(t);
  const client = await connectRaw(t, port, 7);
  assert.deepEqual(client.received.slice(1), [
    ['15', '1', ACCOUNT],
    ['9', '1', '1'],
    ['4', '2', '-1', '2104', 'Market data farm connection is OK:usfarm', ''],
    ['4', '2', '-1', '2106', 'HMDS data farm connection is OK:ushmds', ''],
    ['4', '2', '-1', '2158', 'Sec-def data farm connection is OK:secdefil', ''],
  ]);
});

test('a client id in use is refused with 326, and free again when its owner has gone', LIMIT, async (t) => {
  const { port, lines } = await startStand(t);
  const first = await connectRaw(t, port, 7);
  const second = await greet(t, port);
  second.send(71, 2, 7, '');
  assert.equal((await second.next(isError(326)))[2], '-1');
  await second.whenClosed();
  first.send(49, 1);
  await first.next(isId(49));
  first.end();
  const gone = () => lines.some(({ sentence }) => sentence === 'client disconnected');
  while (!gone()) await new Promise(setImmediate);
  await connectRaw(t, port, 7);
});

test('the real client is told of 326 as info and disconnected', LIMIT, async (t) => {
  const { port } = await startStand(t);
  await connectRaw(t, port, 7);
  const client = new IbClient(port, 7);
  client.api.connect();
  await client.next('info', (_text: string, code: number) => code === 326);
  await client.next('disconnected');
});

test('the clock of the exchange is told, not that of the machine', LIMIT, async (t) => {
  const { port, clock } = await startStand(t);
  const client = await connectRaw(t, port, 1);
  client.send(49, 1);
  assert.deepEqual(await client.next(isId(49)), ['49', '1', String(clock.now() / 1000)]);
  client.send(104, 5);
  assert.deepEqual(await client.next(isId(107)), ['107', '5', '']);
  client.send(17, 1);
  await client.next(isId(15), client.received.length);
});

test(
  'requests before the start, unknown ones and those not offered are answered, and the client lives on',
  LIMIT,
  async (t) => {
    const { port } = await startStand(t);
    const client = await greet(t, port);
    client.send(3, 1, 'x');
    assert.match((await client.next(isError(321)))[4] as string, /has not been started/);
    client.send(71, 2, 'seven', '');
    client.send(71, 2, 9, '');
    await client.next(isError(2158));
    client.send(4711, 1);
    client.send('what', 1);
    await client.next(isError(505));
    client.send(10, 5, 321, 0);
    assert.match((await client.next((message) => message[2] === '321'))[4] as string, /market depth/);
    client.send(9, 8, 12, 'many');
    assert.match((await client.next(isError(320)))[4] as string, /request 9/);
    client.write(frame(''));
    client.write(frame('49\x001'));
    client.send(49, 1);
    await client.next(isId(49));
    assert.equal(client.closed, false);
  },
);

test('broken frames end their own connection and no other', LIMIT, async (t) => {
  const { port } = await startStand(t);
  const healthy = await connectRaw(t, port, 1);
  const negative = await connectRaw(t, port, 2);
  negative.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 2, 3]));
  await negative.whenClosed();
  assert.ok(negative.received.some(isError(507)));
  const huge = await connectRaw(t, port, 3);
  huge.write(Buffer.from([0, 0xff, 0xff, 0xff]));
  await huge.whenClosed();
  const web = await openSocket(t, port);
  web.write('GET / HTTP/1.1\r\n\r\n');
  await web.whenClosed();
  const noVersions = await openSocket(t, port);
  noVersions.write(Buffer.concat([Buffer.from('API\0'), frame('hello')]));
  await noVersions.whenClosed();
  healthy.send(49, 1);
  await healthy.next(isId(49));
});

test('requests may come byte by byte or many in one piece', LIMIT, async (t) => {
  const { port } = await startStand(t);
  const client = await openSocket(t, port);
  const stream = [frame('v157..178'), frame('71\x002\x005\x00\x00'), frame('49\x001\x00')];
  for (const byte of Buffer.concat([Buffer.from('API\0'), ...stream])) client.write(Buffer.from([byte]));
  await client.next(isId(49));
  const before = client.received.length;
  client.write(Buffer.concat(Array.from({ length: 50 }, () => frame('49\x001\x00'))));
  while (client.received.length < before + 50) await new Promise(setImmediate);
});

test('a client that does not read is closed before it can fill the memory', { timeout: 60_000 }, async (t) => {
  const { port, lines } = await startStand(t);
  const deaf = await connectRaw(t, port, 1);
  const healthy = await connectRaw(t, port, 2);
  deaf.pause();
  const closed = () => lines.some(({ sentence }) => sentence.includes('does not read'));
  for (let i = 0; !closed(); i += 1) {
    deaf.send(9, 8, i, 0, 'SPY', 'OPT', '', 0, '', '', 'SMART', '', 'USD', '', '', 0, '', '', '');
    await new Promise(setImmediate);
  }
  healthy.send(49, 1);
  await healthy.next(isId(49));
});
