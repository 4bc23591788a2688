import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrokerEvent } from '../../../../agent/edges/broker/broker.ts';
import { encodeFrame } from '../../../../agent/ground/wire/frame.ts';
import { REQUEST } from '../../../../agent/ground/wire/message-ids.ts';
import {
  encodeCurrentTime,
  encodeError,
  encodeManagedAccounts,
} from '../../../../agent/ground/wire/session-messages.ts';
import { bench, T0 } from './puppet-gateway.ts';

function states(events: readonly BrokerEvent[]): string[] {
  return events.flatMap((event) => (event.kind === 'link' ? [event.link.state] : []));
}

test('the link is ready when the next valid id and the accounts have both come', async (t) => {
  const { broker, gateway, events, until } = await bench(t);
  gateway.accounts = [];
  gateway.givesNextId = false;
  await broker.start();
  await until('the session is greeted', () => gateway.clientIds.length === 1);
  assert.equal(broker.link.state, 'connecting');
  assert.equal(broker.nextOrderId, null);
  gateway.send(encodeFrame([9, 1, 41]));
  await until('it is ready', () => broker.link.state === 'ready');
  assert.deepEqual(gateway.clientIds, [7]);
  assert.equal(broker.nextOrderId, 41);
  assert.equal(broker.link.serverVersion, 193);
  assert.deepEqual(states(events), ['connecting', 'ready']);
});

test('accounts are named by the link', async (t) => {
  const { broker, ready } = await bench(t);
  await ready();
  assert.deepEqual(broker.link.accounts, ['DU1', 'DU2']);
});

test('a lost connection is made again with the same client id after a growing pause', async (t) => {
  const { broker, gateway, clock, ready, until } = await bench(t);
  await ready();
  gateway.drop();
  await until('it is down', () => broker.link.state === 'down');
  assert.equal(broker.nextOrderId, null);
  await clock.advanceTo(T0 + 249);
  assert.equal(gateway.connections, 1);
  await clock.advanceTo(T0 + 250);
  await until('it is ready again', () => broker.link.state === 'ready');
  gateway.drop();
  await until('it is down again', () => broker.link.state === 'down');
  await clock.advanceTo(T0 + 749);
  assert.equal(gateway.connections, 2);
  await clock.advanceTo(T0 + 750);
  await until('it is ready for the third time', () => broker.link.state === 'ready');
  assert.deepEqual(gateway.clientIds, [7, 7, 7]);
});

test('pauses grow to thirty seconds and no further, and start anew after a session that lasted', async (t) => {
  const { broker, gateway, clock, until } = await bench(t);
  gateway.busy = 9;
  await broker.start();
  const pauses: number[] = [];
  for (let attempt = 0; attempt < 9; attempt += 1) {
    await until('it is turned away', () => broker.link.state === 'down');
    assert.match(broker.link.reason, /^326 /);
    const before = clock.now();
    await clock.advanceTo(clock.nextAlarm as number);
    pauses.push(clock.now() - before);
  }
  assert.deepEqual(pauses, [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  await until('it is ready', () => broker.link.state === 'ready');
  await clock.advanceTo(clock.now() + 30_000);
  gateway.drop();
  await until('it is down', () => broker.link.state === 'down');
  assert.equal((clock.nextAlarm as number) - clock.now(), 250);
  assert.deepEqual(new Set(gateway.clientIds), new Set([7]));
});

for (const silence of ['greets', 'givesNextId'] as const) {
  test(`connecting is given up in time when the gateway never ${silence}`, async (t) => {
    const { broker, gateway, clock, until } = await bench(t, { connectTimeoutMs: 3_000 });
    gateway[silence] = false;
    await broker.start();
    await until('it is connected', () => gateway.connections === 1);
    await until('it has said what it can', () => silence === 'greets' || gateway.clientIds.length === 1);
    await clock.advanceTo(T0 + 2_999);
    assert.equal(broker.link.state, 'connecting');
    await clock.advanceTo(T0 + 3_000);
    assert.equal(broker.link.state, 'down');
    gateway[silence] = true;
    await clock.advanceTo(T0 + 4_000);
    await until('it is ready', () => broker.link.state === 'ready');
  });
}

test('a refused connection is tried again', async (t) => {
  const { broker, gateway, until } = await bench(t);
  await gateway.stop();
  await broker.start();
  await until('it is down', () => broker.link.state === 'down');
  assert.match(broker.link.reason, /ECONNREFUSED/);
});

test('a gateway that falls silent is noticed within heartbeat and deadline', async (t) => {
  const { broker, gateway, clock, ready, until } = await bench(t, { heartbeatMs: 5_000, heartbeatTimeoutMs: 2_000 });
  await ready();
  await clock.advanceTo(T0 + 5_000);
  await until('it was asked', () => gateway.of(REQUEST.currentTime).length === 1);
  await until('it has answered', () => clock.nextAlarm === T0 + 10_000);
  gateway.frozen = true;
  await clock.advanceTo(T0 + 11_999);
  assert.equal(broker.link.state, 'ready');
  await clock.advanceTo(T0 + 12_000);
  assert.equal(broker.link.state, 'down');
});

test('no heartbeat is sent while messages arrive', async (t) => {
  const { broker, gateway, clock, ready, until } = await bench(t, { heartbeatMs: 5_000 });
  await ready();
  let heard = 0;
  broker.onEvent((event) => {
    if (event.kind === 'notice') heard += 1;
  });
  for (let beat = 1; beat <= 3; beat += 1) {
    gateway.send(encodeError(-1, 2104, 'Market data farm connection is OK'));
    await until('it was heard', () => heard === beat);
    await clock.advanceTo(T0 + beat * 5_000);
  }
  assert.equal(gateway.of(REQUEST.currentTime).length, 0);
});

for (const [lost, back] of [
  [1100, 1102],
  [2110, 1102],
  [1100, 1101],
]) {
  test(`${lost} degrades the link, ${back} makes it ready again, over one connection`, async (t) => {
    const { broker, gateway, events, ready, until } = await bench(t);
    await ready();
    gateway.send(encodeError(-1, lost as number, 'lost'));
    await until('it is degraded', () => broker.link.state === 'degraded');
    const refused = await broker.openOrders();
    assert.equal(refused.ok ? '' : refused.failure, 'offline');
    gateway.send(encodeError(-1, back as number, 'restored'));
    await until('it is ready', () => broker.link.state === 'ready');
    assert.match(broker.link.reason, new RegExp(`^${back}`));
    assert.equal(gateway.connections, 1);
    assert.deepEqual(states(events), ['connecting', 'ready', 'degraded', 'ready']);
    const codes = events.flatMap((event) => (event.kind === 'notice' ? [event.code] : []));
    assert.deepEqual(codes, [lost, back]);
  });
}

test('a port that changed makes a new connection', async (t) => {
  const { broker, gateway, events, ready, until } = await bench(t);
  await ready();
  gateway.send(encodeError(-1, 1300, 'The socket port has been reset'), encodeError(-1, 2104, 'too late'));
  await until('it is down', () => broker.link.state === 'down');
  assert.deepEqual(
    events.flatMap((event) => (event.kind === 'notice' ? [event.code] : [])),
    [1300],
    'a session that was given up is silent',
  );
  assert.match(broker.link.reason, /^1300/);
});

test('after stop nothing connects any more', async (t) => {
  const { broker, gateway, clock, ready } = await bench(t);
  await ready();
  await broker.stop();
  assert.equal(broker.link.state, 'down');
  assert.equal(clock.nextAlarm, null);
  assert.equal(gateway.connections, 1);
});

test('a listener that throws keeps neither other listeners nor later messages of the same chunk from being heard', async (t) => {
  const { broker, gateway, ready, until } = await bench(t);
  await ready();
  broker.onEvent(() => {
    throw new Error('a listener of the test');
  });
  const seen: number[] = [];
  broker.onEvent((event) => {
    if (event.kind === 'notice') seen.push(event.code);
  });
  gateway.send(encodeError(-1, 2104, 'one'), encodeError(-1, 2106, 'two'));
  await until('both were heard', () => seen.length === 2);
  assert.deepEqual(seen, [2104, 2106]);
});

for (const [what, bytes] of [
  ['a negative frame length', Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 2])],
  ['a reject document that is no JSON', encodeFrame([4, 2, 5, 201, 'rejected', '{'])],
] as const) {
  test(`${what} ends the session, not the process, and the next one works`, async (t) => {
    const { broker, gateway, clock, ready, until } = await bench(t);
    await ready();
    gateway.send(bytes);
    await until('it is down', () => broker.link.state === 'down');
    await clock.advanceTo(T0 + 1_000);
    await until('it is ready again', () => broker.link.state === 'ready');
    assert.equal((await broker.time()).ok, true);
  });
}

test('unknown messages are passed over', async (t) => {
  const { broker, gateway, ready } = await bench(t);
  await ready();
  gateway.send(encodeFrame([9_999, 'x']), encodeFrame([61, 3, 'DU1']), encodeManagedAccounts(['DU1']));
  assert.deepEqual(await broker.time(), { ok: true, value: T0 });
  assert.equal(broker.link.state, 'ready');
});

test('settled waits for all that the gateway had sent, and does not wait without a link', async (t) => {
  const { broker, gateway, ready } = await bench(t);
  await broker.settled();
  await ready();
  const heard: number[] = [];
  broker.onEvent((event) => {
    if (event.kind === 'notice') heard.push(event.code);
  });
  let rounds = 0;
  gateway.replies.set(REQUEST.currentTime, () => {
    rounds += 1;
    gateway.send(...(rounds < 3 ? [encodeError(-1, 2100 + rounds, 'more')] : []), encodeCurrentTime(T0 / 1000));
  });
  await broker.settled();
  assert.deepEqual(heard, [2101, 2102]);
  assert.equal(rounds, 3);
});
