import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { connectRaw, isError, type RawClient } from '../lab/exchange/server/raw-client.ts';
import { type Stand, startStand } from '../lab/exchange/server/stand.ts';
import { ROOT } from '../run-node.ts';
import { orderFields } from './order-frames.ts';
import { freePort, guardFiles, type Rig, type RigWish, spawnGuard } from './rig.ts';

const LIMIT = { timeout: 30_000 };
const ENV = { ...process.env, NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/compile') };

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 8_000) throw new Error('it did not come to that');
    await wait(3);
  }
}

/** Guard and agent as processes of their own, the exchange in this one; the agent has orders working. */
async function staged(t: TestContext, mode: string, wish: Partial<RigWish> = {}) {
  const stand = await startStand(t);
  const rig = await guardFiles(t, { gatewayPort: stand.port, ...wish });
  const guard = await spawnGuard(t, rig);
  await rig.until((status) => status.closed === null);
  startAgent(t, rig.port, stand, mode);
  await until(() => working(stand) >= 3);
  return { stand, rig, guard };
}

function startAgent(t: TestContext, port: number, stand: Stand, mode: string): void {
  const script = join(ROOT, 'scripts/bench-data/guard-agent.ts');
  const args = [script, String(port), String(stand.put(20).conId), mode];
  const agent = spawn(process.execPath, args, { env: ENV, stdio: ['ignore', 'ignore', 'inherit'] });
  t.after(() => agent.kill('SIGKILL'));
}

const working = (stand: Stand): number => stand.exchange.book.openOrders().length;

/** Presses, and looks whether anything that came after the cancel keeps working. */
async function pressed(rig: Rig, stand: Stand): Promise<void> {
  rig.press();
  const halted = await rig.until((status) => status.halted === 'confirmed');
  assert.equal(working(stand), 0);
  assert.ok((halted.lastTrip?.cancelMs ?? 1e9) < 500, String(halted.lastTrip?.cancelMs));
  const accepted = stand.exchange.book.completedOrders().length;
  for (let n = 0; n < 3; n += 1) {
    await rig.status();
    assert.equal(working(stand), 0);
  }
  assert.equal(stand.exchange.book.completedOrders().length, accepted);
}

test('pressed while the agent is in an endless loop', LIMIT, async (t) => {
  const { stand, rig } = await staged(t, 'loop');
  await wait(350);
  await pressed(rig, stand);
});

test('pressed while the agent floods and every limiter is full', LIMIT, async (t) => {
  const { stand, rig } = await staged(t, 'flood', {
    config: { messagesPerSecond: 100, reserve: 20 },
    // The flood must not trip it before the press does.
    limits: { ordersPerMinute: 1_000_000, ordersPerDay: 1_000_000, contractsPerDay: 1_000_000 },
    timing: { beat: 500 },
  });
  await pressed(rig, stand);
});

test('pressed while the agent comes and goes', LIMIT, async (t) => {
  const { stand, rig } = await staged(t, 'reconnect');
  await pressed(rig, stand);
});

test(
  'a guard that is killed takes the way to the broker with it; one that starts with the latch set cancels again',
  LIMIT,
  async (t) => {
    const { stand, rig, guard } = await staged(t, 'idle');
    const agent = await connectRaw(t, stand.port, 5);
    rig.press();
    await rig.until((status) => status.latch === null && status.state === 'tripped');
    guard.kill('SIGKILL');
    await new Promise((resolve) => guard.once('exit', resolve));
    rig.release();
    agent.send(...orderFields({ orderId: 1, conId: stand.put(20).conId, limit: 90, ref: 'left' }));
    await agent.next((message) => message[0] === '3' && message[2] === 'Submitted');
    await spawnGuard(t, rig);
    const halted = await rig.until((status) => status.halted === 'confirmed');
    assert.match(halted.cause, /red switch/);
    assert.equal(working(stand), 0);
  },
);

test('pressed while the disk is full: it works from memory, says so and lets no order pass', LIMIT, async (t) => {
  const stand = await startStand(t);
  const rig = await guardFiles(t, { gatewayPort: stand.port });
  symlinkSync('/dev/full', join(rig.folder, 'latch.json.new'));
  symlinkSync('/dev/full', join(rig.folder, 'journal.jsonl'));
  await spawnGuard(t, rig);
  const closed = await rig.until((status) => status.link === null && status.journal !== null);
  assert.match(closed.closed ?? '', /the journal cannot be written: ENOSPC/);
  const agent = await rig.agent();
  agent.send(...orderFields({ orderId: 1, conId: stand.put(20).conId, limit: 90 }));
  assert.match((await agent.next(isError(201)))[4] ?? '', /journal/);
  const other = await connectRaw(t, stand.port, 5);
  other.send(...orderFields({ orderId: 1, conId: stand.put(20).conId, limit: 90 }));
  await other.next((message) => message[0] === '3' && message[2] === 'Submitted');
  rig.press();
  const halted = await rig.until((status) => status.halted === 'confirmed');
  assert.match(halted.latch ?? '', /could not be stored: ENOSPC/);
  assert.equal(working(stand), 0);
});

/** The exchange as a process too, with an order that works. */
async function withExchange(t: TestContext, stateOf: (rig: Rig) => string) {
  const gatewayPort = await freePort();
  const rig = await guardFiles(t, { gatewayPort, timing: { stale: 400 } });
  const exchange = () => startExchange(t, gatewayPort, stateOf(rig));
  const first = await exchange();
  await spawnGuard(t, rig);
  await rig.until((status) => status.closed === null);
  const agent = await rig.agent();
  const from = agent.received.length;
  agent.send(9, 8, 1, 0, 'SPY', 'STK', '', 0, '', '', 'SMART', '', 'USD', '', '', 0, '', '', '');
  const details = await agent.next((message) => message[0] === '10', from);
  const order = orderFields({ orderId: 1, conId: Number(details[12]), limit: 1, action: 'BUY' }, { secType: 'STK' });
  agent.send(...order);
  await agent.next((message) => message[0] === '3' && /Submitted$/.test(message[2] ?? ''));
  return { rig, first, exchange, gatewayPort };
}

async function startExchange(t: TestContext, port: number, state: string): Promise<ChildProcess> {
  const args = [join(ROOT, 'agent/main.ts'), 'exchange', '--port', String(port), '--state', state];
  const from = ['--from', '2026-11-20T10:00', '--symbols', 'SPY'];
  const child = spawn(process.execPath, [...args, ...from], { env: ENV, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  child.stdout?.resume();
  return child;
}

async function openOrders(client: RawClient): Promise<number> {
  const from = client.received.length;
  client.send(16, 1);
  await client.next((message) => message[0] === '53', from);
  return client.received.slice(from).filter((message) => message[0] === '5').length;
}

test('pressed while the gateway is frozen: UNCONFIRMED at once, confirmed when it thaws', LIMIT, async (t) => {
  const { rig, first, gatewayPort } = await withExchange(t, (at) => join(at.folder, 'book.jsonl'));
  first.kill('SIGSTOP');
  await rig.until((status) => status.link !== null);
  rig.press();
  const halted = await rig.until((status) => status.state === 'tripped');
  assert.equal(halted.halted, 'UNCONFIRMED');
  assert.equal(halted.working, null);
  first.kill('SIGCONT');
  await rig.until((status) => status.halted === 'confirmed');
  assert.equal(await openOrders(await connectRaw(t, gatewayPort, 6)), 0);
});

test('pressed while the gateway is down: UNCONFIRMED until it is back and nothing works', LIMIT, async (t) => {
  const { rig, first, exchange, gatewayPort } = await withExchange(t, (at) => join(at.folder, 'book.jsonl'));
  first.kill('SIGKILL');
  await rig.until((status) => status.link !== null && status.agent === 'absent');
  rig.press();
  assert.equal((await rig.until((status) => status.state === 'tripped')).halted, 'UNCONFIRMED');
  await exchange();
  await rig.until((status) => status.halted === 'confirmed');
  assert.equal(await openOrders(await connectRaw(t, gatewayPort, 6)), 0);
});

test('pressed on contacts that are a socket; whoever serves it and dies is a broken wire', LIMIT, async (t) => {
  const stand = await startStand(t);
  const folder = mkdtempSync(join(tmpdir(), 'guard-contacts-'));
  const contacts = join(folder, 'contacts.sock');
  const callers: Socket[] = [];
  const server = createServer((caller) => {
    callers.push(caller);
    caller.on('error', () => undefined).on('data', () => caller.write('0 1\n'));
  });
  await new Promise<void>((resolve) => server.listen(contacts, resolve));
  t.after(() => {
    for (const caller of callers) caller.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const rig = await guardFiles(t, {
    gatewayPort: stand.port,
    config: { switch: 'socket', contacts },
    timing: { poll: 50 },
  });
  await spawnGuard(t, rig);
  await rig.until((status) => status.closed === null);
  callers.at(-1)?.write('1 0\n');
  assert.match((await rig.until((status) => status.halted === 'confirmed')).cause, /red switch: pressed/);
  for (const act of ['reset', 'arm']) while (!(await rig.ask({ do: act })).ok) await wait(5);
  server.close();
  for (const caller of callers) caller.destroy();
  assert.match((await rig.until((status) => status.halted === 'confirmed')).cause, /red switch: broken/);
});
