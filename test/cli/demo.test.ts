import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { StatusSnapshot } from '../../agent/edges/status/snapshot.ts';
import { askControl } from '../guard/rig.ts';
import { connectRaw, isId } from '../lab/exchange/server/raw-client.ts';
import { DemoProcess } from './demo-process.ts';

/** Sixteen minutes before the execution, at a minute a second and faster. */
const MORNING = ['--from', '2026-11-20T09:44', '--speed', '120', '--port', '0'];

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'wheelhouse-demo-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function started(t: TestContext, ...args: string[]): DemoProcess {
  const demo = new DemoProcess(...args);
  t.after(() => demo.end('SIGKILL'));
  return demo;
}

async function status(demo: DemoProcess): Promise<StatusSnapshot> {
  const answer = await fetch(`${await demo.page()}api/status`);
  return (await answer.json()) as StatusSnapshot;
}

/** Local symbol and quantity of what the account holds, as another client of the exchange is told. */
async function positionsAt(t: TestContext, port: number): Promise<(readonly [string, number])[]> {
  const client = await connectRaw(t, port, 99);
  client.send(61, 1);
  await client.next(isId(62));
  return client.received.filter(isId(61)).map((message) => [message[12] as string, Number(message[14])]);
}

async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let i = 0; i < 400; i += 1) {
    const value = await read();
    if (holds(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail('it did not come true in twenty seconds');
}

test('killed in the middle of the day and started again, no order is doubled and positions equal the exchange', async (t) => {
  const here = folder(t);
  const first = started(t, ...MORNING, '--folder', here);
  const filled = await first.hears(/SELL (\d) .*: \1 filled at/);
  await first.end('SIGKILL');
  const second = started(t, '--folder', here, '--port', '0');
  await second.hears(/Goes on with the day that was interrupted/);
  const shown = await until(
    () => status(second),
    ({ connections }) => connections.some(({ name, state }) => name === 'Books' && state === 'ok'),
  );
  const held = await positionsAt(t, await second.exchangePort());
  assert.deepEqual(
    shown.positions.map(({ key, quantity }) => [key, quantity]),
    held,
  );
  assert.deepEqual(
    held.map(([, quantity]) => quantity),
    [-Number(filled[1])],
  );
  assert.equal(shown.orders.length, 1);
  assert.equal(await second.end('SIGINT'), 0);
  assert.match(second.said, /orders {5}1, 1 fill/);
});

test('after HALT no order leaves any more, and resume needs the token and a guard that is armed', async (t) => {
  const here = folder(t);
  const demo = started(t, ...MORNING, '--folder', here);
  const page = await demo.page();
  const token = await demo.token();
  const post = (path: string, headers: Record<string, string>) =>
    fetch(`${page}${path}`, { method: 'POST', headers, redirect: 'manual' });
  assert.equal((await post('halt', { authorization: 'Bearer wrong' })).status, 401);
  assert.ok((await post('halt', { authorization: `Bearer ${token}` })).status < 400);
  await demo.hears(/execute TSLA: no trade, trading is halted/);
  const halted = await status(demo);
  assert.equal(halted.trading.state, 'halted');
  assert.deepEqual([halted.orders, halted.positions], [[], []]);
  assert.equal((await post('resume', { authorization: 'Bearer wrong' })).status, 401);
  assert.ok((await post('resume', { authorization: `Bearer ${token}` })).status < 400);
  assert.equal((await status(demo)).trading.state, 'halted');
  for (const act of ['reset', 'arm']) {
    while (!(await askControl(join(here, 'guard/admin.sock'), { do: act })).ok) await wait(50);
  }
  await until(
    () => status(demo),
    ({ guard }) => guard?.open === true,
  );
  assert.ok((await post('resume', { authorization: `Bearer ${token}` })).status < 400);
  await until(
    () => status(demo),
    ({ trading }) => trading.state === 'active',
  );
  assert.equal(await demo.end('SIGTERM'), 0);
});

test('a taken port and a store that another process has open are one clear sentence each', async (t) => {
  const here = folder(t);
  const first = started(t, ...MORNING, '--folder', here);
  const port = new URL(await first.page()).port;
  const second = started(t, ...MORNING, '--folder', folder(t), '--port', port);
  await second.hears(/wheelhouse: .*port.*\n/i);
  assert.equal(await second.ended(), 1);
  const third = started(t, '--folder', here, '--port', '0');
  await third.hears(/wheelhouse: .*(another process|locked|in use).*\n/i);
  assert.equal(await third.ended(), 1);
  const fresh = started(t, '--folder', here, '--fresh', '--port', '0');
  await fresh.hears(/wheelhouse: .*(another process|locked|in use).*\n/i);
  assert.equal(await fresh.ended(), 1);
  assert.deepEqual(
    ['demo.json', 'exchange.jsonl', 'store/CURRENT'].map((name) => existsSync(join(here, name))),
    [true, true, true],
  );
  assert.equal((await status(first)).run, 'demo');
});
