import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FAULT_NAMES, knobText } from '../../agent/lab/exchange/faults/fault.ts';
import { connectRaw, isError, isId } from '../lab/exchange/server/raw-client.ts';
import { type Ran, runNode } from '../run-node.ts';
import { RunningExchange } from './running-exchange.ts';

const LIMIT = { timeout: 60_000 };
const MARKET = ['--symbols', 'SPY', '--from', '2026-11-20T10:00'];

function ctl(control: string, ...args: readonly string[]): Ran {
  return runNode(['agent/main.ts', 'exchange', 'ctl', ...args, '--control', control]);
}

test('faults are on from the start, steered while it runs, and each is a line of the log', LIMIT, async (t) => {
  const exchange = new RunningExchange(t, [
    ...MARKET,
    '--control',
    '0',
    '--fault',
    'clockSkew=60000',
    '--fault',
    'lines=1',
  ]);
  const port = await exchange.port();
  const control = (await exchange.says(/^Control on 127\.0\.0\.1:(\d+)$/m))[1] as string;
  const client = await connectRaw(t, port, 1);
  assert.match(client.received[0]?.[1] ?? '', /^20261120 10:01/);
  assert.match(
    ctl(control, 'status').out,
    /^market time 2026-11-20 10:00.*on are\nclockSkew=ms:60000 .*\nlines=count:1 /,
  );
  const { out } = ctl(control, 'list');
  for (const name of FAULT_NAMES) assert.ok(out.includes(`${knobText(name)}\n`), name);
  assert.match(
    ctl(control, 'set', 'swallow', 'message:49,way:in,times:1').out,
    /^swallow=message:49,way:in,ref:,times:1 /,
  );
  const from = client.received.length;
  client.send(49, 1);
  client.send(17, 1);
  await client.next(isId(15), from);
  assert.ok(!client.received.slice(from).some(isId(49)));
  await exchange.says(/fault ended {2}fault=swallow=/);
  assert.equal(ctl(control, 'clear', 'lines').out, '1 switched off\n');
  ctl(control, 'set', 'error', '{"code":1300,"text":"moved, really"}');
  assert.equal((await client.next(isError(1300), from))[4], 'moved, really');
  assert.deepEqual(JSON.parse(ctl(control, 'book').out).positions, []);
  assert.match(ctl(control, 'random', '3', '--for', '3600000').out, /^\d+ faults scheduled\n$/);
  const wrong = ctl(control, 'set', 'freez');
  assert.deepEqual([wrong.code, wrong.err], [2, 'wheelhouse: there is no fault "freez"; nearest is "freeze"\n']);
  assert.equal(await exchange.stop('SIGTERM'), 0);
  const gone = ctl(control, 'status');
  assert.equal(gone.code, 1);
  assert.match(gone.err, /^wheelhouse: no exchange answers at 127\.0\.0\.1:\d+: .*; is it run with --control\?\n$/);
});

test('a file says which faults come when, and what is wrong in it is told with its entry', LIMIT, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'faults-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'faults.json');
  writeFileSync(file, JSON.stringify([{ fault: 'rst', after: 'connection', count: 2 }]));
  const exchange = new RunningExchange(t, [...MARKET, '--faults', file]);
  const port = await exchange.port();
  const client = await connectRaw(t, port, 1);
  await connectRaw(t, port, 2).catch(() => undefined);
  await client.whenClosed();
  writeFileSync(file, JSON.stringify([{ fault: 'rst' }, { fault: 'lines=x' }]));
  const wrong = runNode(['agent/main.ts', 'exchange', '--port', '0', '--faults', file]);
  assert.deepEqual(
    [wrong.code, wrong.err],
    [2, `wheelhouse: ${file}: entry 2: lines: count must be a whole number from 0 to 100000\n`],
  );
  writeFileSync(file, '[{');
  assert.equal(runNode(['agent/main.ts', 'exchange', '--port', '0', '--faults', file]).code, 2);
  assert.equal(runNode(['agent/main.ts', 'exchange', '--port', '0', '--faults', join(folder, 'none')]).code, 2);
});

test('a wrong fault starts nothing, and a control port that is taken is said', LIMIT, async (t) => {
  const wrong = runNode(['agent/main.ts', 'exchange', '--port', '0', '--fault', 'swalow=3']);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /there is no fault "swalow"; nearest is "swallow"/);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const taken = runNode(['agent/main.ts', 'exchange', '--port', '0', '--control', String(port), ...MARKET]);
  assert.deepEqual(
    [taken.code, taken.out, taken.err],
    [1, '', `wheelhouse: cannot listen on 127.0.0.1:${port} for control: another program is using it\n`],
  );
});
