import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { encodeFrame } from '../../agent/ground/wire/frame.ts';
import { encodeError } from '../../agent/ground/wire/session-messages.ts';
import { PuppetGateway } from '../edges/broker/ib/puppet-gateway.ts';
import { frame, greet, isError, isId, openSocket, type RawClient } from '../lab/exchange/server/raw-client.ts';
import { orderFields } from './order-frames.ts';
import { type Rig, type RigWish, startGuard } from './rig.ts';

const LIMIT = { timeout: 20_000 };

/** A guard before a gateway that does what the test tells it. */
async function before(t: TestContext, wish: Partial<RigWish> = {}): Promise<{ puppet: PuppetGateway; rig: Rig }> {
  const puppet = new PuppetGateway();
  const gatewayPort = await puppet.start();
  t.after(() => puppet.stop());
  return { puppet, rig: await startGuard(t, { gatewayPort, ...wish }) };
}

async function started(t: TestContext, rig: Rig): Promise<RawClient> {
  const agent = await greet(t, rig.port, 'v100..193');
  agent.send(71, 2, 1, '');
  await agent.next(isId(9));
  return agent;
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 2_000) throw new Error('it did not come to that');
    await wait(2);
  }
}

const ORDER = (orderId: number) => orderFieldsAt193({ orderId, limit: 1 });

/** Behind the fields of 178 come a customer account, a professional flag, overnight and the tag of manual orders. */
function orderFieldsAt193(order: Parameters<typeof orderFields>[0]): (string | number)[] {
  const put = { symbol: 'SPY', secType: 'OPT', strike: 500, right: 'P' };
  return [...orderFields(order, put), '', 0, 0, ''];
}

test('frames pass unchanged both ways, byte by byte and many at once', LIMIT, async (t) => {
  const { puppet, rig } = await before(t);
  const agent = await started(t, rig);
  const question = frame(`9\0${'8\0'.repeat(17)}ü\0`);
  for (const byte of question) {
    agent.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  agent.write(Buffer.concat([question, question, frame('104\x001\0')]));
  await until(() => puppet.of(9).length === 3 && puppet.of(104).length === 1);
  assert.equal(puppet.of(9)[0]?.at(-1), 'ü');
  const from = agent.received.length;
  puppet.send(...Array.from({ length: 500 }, (_, n) => encodeFrame([2, 6, n, 0, 'x'.repeat(n * 7)])));
  await agent.next((message) => message[2] === '499', from);
  const got = agent.received.slice(from).filter(([id]) => id === '2');
  assert.deepEqual(
    got.map((message) => message[4]?.length),
    Array.from({ length: 500 }, (_, n) => n * 7),
  );
});

test(
  'an agent that does not read stops the gateway side, and nothing is lost when it reads again',
  LIMIT,
  async (t) => {
    const { puppet, rig } = await before(t);
    const agent = await started(t, rig);
    agent.pause();
    const many = 20_000;
    for (let n = 0; n < many; n += 1) puppet.send(encodeFrame([2, 6, n, 0, 'x'.repeat(200)]));
    assert.equal((await rig.status()).agent, 'connected');
    agent.resume();
    await agent.next((message) => message[2] === String(many - 1));
    assert.equal(agent.received.filter(([id]) => id === '2').length, many);
  },
);

test('a second agent is refused while the first goes on', LIMIT, async (t) => {
  const { rig } = await before(t);
  const agent = await started(t, rig);
  const [second, third] = [await openSocket(t, rig.port), await openSocket(t, rig.port)];
  await Promise.all([second.whenClosed(), third.whenClosed()]);
  agent.send(49, 1);
  await agent.next(isId(49));
  await until(() => rig.journal().some((line) => line.text === 'a second agent was refused'));
});

test('an agent that comes back at once is let in when its last connection has ended', LIMIT, async (t) => {
  const { rig } = await before(t);
  for (let n = 0; n < 5; n += 1) {
    const agent = await started(t, rig);
    agent.end();
  }
});

const BAD: readonly (readonly [string, Buffer | string])[] = [
  ['no greeting', 'GET / HTTP/1.1\r\n\r\n'],
  ['a negative length', Buffer.from([0xff, 0xff, 0xff, 0xff])],
  ['a length beyond what requests have', Buffer.from([0x00, 0x20, 0x00, 0x00])],
  ['an empty message', Buffer.from([0, 0, 0, 0])],
  ['a message id that is no number', frame('x\0')],
  ['a message id with a sign', frame('+3\x001\0')],
  ['a message without its end', frame('3\x001')],
];

for (const [what, bytes] of BAD) {
  test(`${what} from the agent ends that connection with a record, and the guard goes on`, LIMIT, async (t) => {
    const { puppet, rig } = await before(t);
    const agent = what === 'no greeting' ? await openSocket(t, rig.port) : await started(t, rig);
    agent.write(bytes);
    await agent.whenClosed();
    await rig.until((status) => status.agent === 'absent');
    await until(() => rig.journal().some((line) => line.kind === 'connection' && /^the agent: /.test(`${line.text}`)));
    const again = await started(t, rig);
    again.send(49, 1);
    await again.next(isId(49));
    rig.press();
    await until(() => puppet.of(58).length > 0);
  });
}

for (const [what, bytes] of [
  ['a negative length', Buffer.from([0x80, 0, 0, 1])],
  ['a message id that is no number', frame('gateway\0')],
] as const) {
  test(`${what} from the gateway ends all connections, and they are made anew`, LIMIT, async (t) => {
    const { puppet, rig } = await before(t);
    const agent = await started(t, rig);
    puppet.send(bytes);
    await agent.whenClosed();
    await rig.until((status) => status.agent === 'absent' && status.link === null);
    await started(t, rig);
  });
}

test('a frame that begins and does not go on ends its connection', LIMIT, async (t) => {
  const { rig } = await before(t);
  const agent = await started(t, rig);
  agent.write(Buffer.from([0, 0, 0, 9, 51]));
  await agent.whenClosed();
  await rig.until((status) => status.agent === 'absent');
  await until(() => /took too long/.test(JSON.stringify(rig.journal())));
});

test('a gateway that never greets ends the agent, not the guard', LIMIT, async (t) => {
  const { puppet, rig } = await before(t);
  puppet.greets = false;
  const agent = await openSocket(t, rig.port);
  agent.write(Buffer.concat([Buffer.from('API\0'), frame('v100..193')]));
  await agent.whenClosed();
});

test('orders before the session is started and instructions to exercise are refused', LIMIT, async (t) => {
  const { puppet, rig } = await before(t);
  const agent = await greet(t, rig.port, 'v100..193');
  agent.send(...ORDER(4));
  assert.equal((await agent.next(isError(201)))[2], '4');
  agent.send(71, 2, 1, '');
  agent.send(21, 2, 55, 1);
  assert.match((await agent.next((m) => isError(201)(m) && m[2] === '55'))[4] ?? '', /exercising does not pass/);
  assert.equal(puppet.of(3).length + puppet.of(21).length, 0);
});

test('cancels overtake, and take their own order out of the queue instead of leaving it behind', LIMIT, async (t) => {
  const { puppet, rig } = await before(t, {
    config: { messagesPerSecond: 20, reserve: 10 },
    timing: { beat: 500, stale: 4_000 },
  });
  const agent = await started(t, rig);
  const frames = Array.from({ length: 40 }, (_, n) => frame(`104\0${n}\0`));
  agent.write(Buffer.concat(frames));
  agent.send(...ORDER(7));
  agent.send(...ORDER(8));
  agent.send(4, 7, '', 2147483647);
  await until(() => puppet.of(4).length === 1);
  assert.ok(puppet.of(104).length < 40, String(puppet.of(104).length));
  const refused = await agent.next(isError(201));
  assert.equal(refused[2], '7');
  assert.match(refused[4] ?? '', /cancelled before it was sent/);
  rig.press();
  assert.equal((await agent.next((m) => isError(201)(m) && m[2] === '8'))[4]?.includes('halted'), true);
  assert.deepEqual(puppet.of(3), []);
});

test('the budget of all messages is kept in any second', LIMIT, async (t) => {
  const { puppet, rig } = await before(t, { config: { messagesPerSecond: 45, reserve: 5 }, timing: { beat: 1_000 } });
  const agent = await started(t, rig);
  agent.write(Buffer.concat(Array.from({ length: 60 }, (_, n) => frame(`104\0${n}\0`))));
  const start = performance.now();
  await until(() => puppet.of(104).length >= 30);
  await until(() => puppet.of(104).length === 60);
  assert.ok(performance.now() - start > 900);
});

test('a change of a known order is refused as a change, a new order as rejected', LIMIT, async (t) => {
  const { puppet, rig } = await before(t);
  const agent = await started(t, rig);
  agent.send(...ORDER(5));
  await until(() => puppet.of(3).length === 1);
  await rig.ask({ do: 'halt' });
  agent.send(...ORDER(5));
  agent.send(...ORDER(6));
  assert.equal((await agent.next(isError(105)))[2], '5');
  assert.equal((await agent.next(isError(201)))[2], '6');
});

test('while the gateway has lost the exchange nothing may be ordered and nothing is confirmed', LIMIT, async (t) => {
  const { puppet, rig } = await before(t);
  puppet.send(encodeError(-1, 1100, 'Connectivity between IB and TWS has been lost'));
  assert.match((await rig.until((status) => status.closed !== null)).closed ?? '', /1100/);
  puppet.send(encodeError(-1, 1102, 'restored'));
  await rig.until((status) => status.closed === null);
});

test('a gateway that falls silent is found by the heartbeat, and found back', LIMIT, async (t) => {
  const { puppet, rig } = await before(t);
  puppet.frozen = true;
  const since = performance.now();
  assert.match((await rig.until((status) => status.link !== null)).closed ?? '', /not fresh/);
  assert.ok(performance.now() - since < 2_000);
  puppet.frozen = false;
  await rig.until((status) => status.closed === null);
});

test('a flood of halts is one cancel, and a halt after it is another', LIMIT, async (t) => {
  const { puppet, rig } = await before(t, { timing: { settled: 500, retry: 5_000, stale: 4_000 } });
  const caller = connect(join(rig.folder, 'open.sock'));
  t.after(() => caller.destroy());
  let told = 0;
  caller.setEncoding('utf8').on('data', (text) => {
    told += String(text).split('\n').length - 1;
  });
  caller.write('{"do":"halt"}\n'.repeat(300));
  await until(() => told === 300);
  assert.equal(puppet.of(58).length, 1);
  assert.equal((await rig.status()).state, 'tripped');
  await wait(500);
  await rig.ask({ do: 'halt' });
  await until(() => puppet.of(58).length === 2);
});

test('the journal proves what was sent and what was refused, with the bytes of every order', LIMIT, async (t) => {
  const { puppet, rig } = await before(t);
  const agent = await started(t, rig);
  agent.send(...ORDER(5));
  await until(() => puppet.of(3).length === 1);
  puppet.send(encodeFrame([3, 5, 'Submitted', 0, 1, 0, 70, 0, 0, 1, '', 0]));
  await agent.next(isId(3));
  await rig.ask({ do: 'halt', reason: 'enough', by: 'me' });
  agent.send(...ORDER(6));
  await agent.next(isError(201));
  await until(() => /refused: halted/.test(JSON.stringify(rig.journal())));
  const lines = rig.journal().filter((line) => line.kind === 'frame');
  const said = lines.map((line) => `${line.direction} ${(line.fields as string[])[0]} ${line.verdict}`);
  assert.deepEqual(said.slice(0, 2), ['out 3 passed', 'in 3 passed']);
  assert.ok(said.includes('out 3 refused: halted (enough (me))'));
  assert.deepEqual(lines[0]?.fields, puppet.of(3)[0]);
  assert.ok(rig.journal().some((line) => line.kind === 'trip' && line.cause === 'enough (me)'));
});

test('an agent that goes away leaves no order in the queue', LIMIT, async (t) => {
  const { puppet, rig } = await before(t, {
    config: { messagesPerSecond: 20, reserve: 10 },
    timing: { beat: 500, stale: 4_000 },
  });
  const agent = await started(t, rig);
  agent.write(Buffer.concat(Array.from({ length: 40 }, (_, n) => frame(`104\0${n}\0`))));
  agent.send(...ORDER(7));
  agent.send(58, '', 2147483647);
  agent.send(...ORDER(8));
  await until(() => puppet.of(58).length === 1);
  agent.end();
  await rig.until((status) => status.agent === 'absent');
  assert.deepEqual(puppet.of(3), []);
  const port = rig.port;
  await new Promise((resolve) => connect(port, '127.0.0.1', () => resolve(null)).unref());
});
