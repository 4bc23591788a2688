import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectRaw, isId, placeOrderFields } from '../lab/exchange/server/raw-client.ts';
import { runNode } from '../run-node.ts';
import { sharedData } from '../shared-data.ts';
import { callsInTurn } from './calls-in-turn.ts';
import { RunningExchange } from './running-exchange.ts';

const LIMIT = { timeout: 60_000 };

test(
  'it prints its address first, a line for each client and order, keeps its state and stops on Ctrl-C',
  LIMIT,
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'exchange-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const args = ['--symbols', 'SPY', '--from', '2026-11-20T10:00', '--speed', '60', '--state', join(folder, 'book')];
    const first = new RunningExchange(t, args);
    const client = await connectRaw(t, await first.port(), 3);
    await first.says(/Synthetic market, seed 1: SPY; account DU0000001; market time 2026-11-20 10:00:/);
    await first.says(/client connected {2}clientId=3 {2}version=178/);
    client.send(9, 8, 1, 0, 'SPY', 'OPT', '202612', 500, 'P', '', 'SMART', '', 'USD', '', '', 0, '', '', '');
    const conId = Number((await client.next(isId(10)))[12]);
    client.send(...placeOrderFields({ orderId: 1, conId, action: 'BUY', quantity: 1, limit: 0.01, ref: 'kept' }));
    await first.says(/order accepted {2}permId=\d+ {2}clientId=3 {2}orderId=1 {2}orderRef=kept/);
    assert.equal(await first.stop('SIGINT'), 0);
    assert.match(first.out, /Exchange stopped\.\n$/);

    const second = new RunningExchange(t, args);
    const again = await connectRaw(t, await second.port(), 3);
    again.send(16, 1);
    assert.equal((await again.next(isId(5)))[23], 'kept');
    assert.equal(await second.stop('SIGTERM'), 0);
  },
);

test('a recorded day is served from its files', LIMIT, async (t) => {
  const data = sharedData(t, 'intraday_2026');
  if (data === null) return;
  const args = [
    '--market',
    'recorded',
    '--data',
    data,
    '--date',
    '2026-03-20',
    '--symbols',
    'TSLA',
    '--force-version',
    '180',
  ];
  const running = new RunningExchange(t, args);
  const client = await connectRaw(t, await running.port(), 3);
  assert.equal(client.received[0]?.[0], '180');
  await running.says(/Recorded market of 2026-03-20: TSLA;.*2026-03-20 09:30/);
  client.send(81, 1, 'TS');
  assert.equal((await client.next(isId(79)))[4], 'TSLA');
});

test('a port in use is one clear sentence and exit code 1', LIMIT, async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.after(() => taken.close());
  const { port } = taken.address() as { port: number };
  const { code, out, err } = runNode(['agent/main.ts', 'exchange', '--port', String(port)]);
  assert.deepEqual([code, out], [1, '']);
  assert.equal(err, `wheelhouse: cannot listen on 127.0.0.1:${port}: another program is using it\n`);
});

test('a day without a session has no recorded market, and the reason is named', LIMIT, () => {
  const recorded = ['agent/main.ts', 'exchange', '--market', 'recorded', '--data', '.', '--symbols', 'SPY'];
  const { code, err } = runNode([...recorded, '--date', '2026-03-21']);
  assert.equal(code, 2);
  assert.match(err, /2026-03-21 is no trading day: weekend/);
});

test('a call that makes no sense is exit code 2 and starts nothing', LIMIT, () => {
  const wrong = [
    ['--symbols', 'NOPE'],
    ['--market', 'recorded'],
    ['--market', 'recorded', '--data', '.', '--symbols', 'SPY', '--date', '2026-03-21'],
    ['--market', 'recorded', '--data', '.', '--symbols', 'SPY', '--date', '2026-04-03'],
    ['--market', 'real'],
    ['--port', '70000'],
    ['--force-version', '201'],
    ['--from', 'noon'],
    ['--from', '1991-01-02T10:00'],
    ['--speed', '0'],
    ['--sped', '2'],
  ];
  for (const [i, { code, out, err }] of callsInTurn(wrong.map((args) => ['exchange', ...args])).entries()) {
    assert.deepEqual([code, out], [2, ''], wrong[i]?.join(' '));
    assert.match(err, /^wheelhouse: .+\n/);
  }
});
