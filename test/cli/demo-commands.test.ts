import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { OptionType, OrderAction, OrderType, SecType } from '@stoqey/ib';
import { connectIb } from '../lab/exchange/server/ib-client.ts';
import { DemoProcess } from './demo-process.ts';
import { wheelhouse } from './wheelhouse-process.ts';

/** The owner buys one back in a program of his own. */
async function closeByHand(t: TestContext, port: number, name: string): Promise<void> {
  const [symbol = '', strike = '', , date = ''] = name.split(' ');
  const client = await connectIb(t, port, 7);
  const what = { symbol, strike: Number(strike), lastTradeDateOrContractMonth: date.replaceAll('-', '') };
  const contract = {
    ...what,
    secType: SecType.OPT,
    right: OptionType.Put,
    exchange: 'SMART',
    currency: 'USD',
    multiplier: 100,
  };
  const order = {
    action: OrderAction.BUY,
    totalQuantity: 1,
    orderType: OrderType.MKT,
    tif: 'DAY',
    transmit: true,
  } as const;
  client.api.placeOrder(client.nextId, contract, order);
  await client.next('orderStatus', (_id: number, status: string) => status === 'Filled');
}

/** A command is a process: asking without a pause takes the processor from the demo that is waited for. */
async function again(patient: boolean, what: string): Promise<void> {
  assert.ok(patient, what);
  await pause(200);
}

test('beside a running demo every command finds it: orders, books, reasons, a trade by hand, halt, reset and resume', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-beside-'));
  const demo = new DemoProcess('--from', '2026-11-20T09:44', '--speed', '60', '--port', '0', '--folder', folder);
  t.after(async () => {
    await demo.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const ask = (...args: string[]): ReturnType<typeof wheelhouse> => wheelhouse(...args, '--folder', folder);
  await demo.hears(/filled at/, 60);
  const orders = JSON.parse((await ask('orders', '--json')).out).orders;
  assert.deepEqual([orders.length, orders[0].state, orders[0].foreign], [1, 'filled', false]);
  assert.match((await ask('positions')).out, /TSLA .* put .* -\d/);
  assert.match((await ask('why', 'TSLA')).out, /put-write \(execute\): trade TSLA[\s\S]*Order: sell \d TSLA .* filled/);
  const books = await ask('reconcile');
  assert.deepEqual([books.code, /^Books agreed: 1 position/.test(books.out)], [0, true], books.out + books.err);
  const status = JSON.parse((await ask('status', '--json')).out);
  assert.deepEqual([status.agent.run, status.guard.state, status.problems], ['demo', 'armed', []]);
  const { name, quantity } = orders[0];
  await closeByHand(t, await demo.exchangePort(), name);
  for (let i = 0; (await ask('resume')).out !== 'Trading is active again.\n'; i += 1) await again(i < 60, demo.said);
  const manual = await ask('reconcile');
  assert.match(manual.out, /manual: TSLA .*: not ordered here: 1 bought at .*\n {4}execution .* without a reference/);
  assert.match((await ask('positions')).out, new RegExp(`${name} +-${quantity - 1} `));
  assert.match((await ask('halt', '--reason', 'lunch')).out, /^tripped/);
  const refused = await ask('resume');
  assert.equal(refused.code, 1);
  assert.match(refused.err, /Not resumed: the guard has tripped \(lunch/);
  for (let i = 0; JSON.parse((await ask('status', '--json')).out).guard.halted !== 'confirmed'; i += 1)
    await again(i < 60, 'the halt is not confirmed');
  assert.equal((await ask('guard', 'reset')).code, 0);
  assert.equal((await ask('guard', 'arm')).code, 0);
  for (let i = 0; (await ask('resume')).code !== 0; i += 1) await again(i < 30, 'it does not resume');
  await demo.end('SIGKILL');
  const gone = await ask('orders');
  assert.deepEqual([gone.code, gone.err], [1, `wheelhouse: no appliance runs in ${folder}\n`]);
});
