import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { nearest } from '../../../../agent/config/suggestion.ts';
import { ControlPort } from '../../../../agent/lab/exchange/faults/control-port.ts';
import { FAULT_NAMES } from '../../../../agent/lab/exchange/faults/fault.ts';
import { isError } from '../server/raw-client.ts';
import { type Desk, heard, LIMIT, pass, place, startDesk } from './desk.ts';

type Answer = Readonly<Record<string, unknown>> & { readonly ok: boolean; readonly error?: string };

/** Puts lines to a control port and brings its answers. */
type Caller = (...calls: unknown[]) => Promise<Answer[]>;

async function startControl(t: TestContext): Promise<{ desk: Desk; call: Caller; port: ControlPort }> {
  const desk = await startDesk(t);
  const port = new ControlPort(0, { board: desk.faults, exchange: desk.exchange, nearest });
  await port.start();
  t.after(() => port.stop());
  return { desk, port, call: (...calls) => put(port.port, calls) };
}

function put(port: number, calls: readonly unknown[]): Promise<Answer[]> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', reject).on('data', (chunk) => {
      text += String(chunk);
      const lines = text.split('\n').slice(0, -1);
      if (lines.length < calls.length) return;
      socket.destroy();
      resolve(lines.map((line) => JSON.parse(line) as Answer));
    });
    for (const call of calls) socket.write(`${typeof call === 'string' ? call : JSON.stringify(call)}\n`);
  });
}

test('faults are set, listed, shown and cleared while the exchange runs', LIMIT, async (t) => {
  const { desk, call } = await startControl(t);
  const [set, list, status] = await call(
    { do: 'set', name: 'readOnly', forMs: 5000 },
    { do: 'list' },
    { do: 'status' },
  );
  assert.equal(set?.ok, true);
  const knobs = list?.knobs as { name: string; on: string[] }[];
  assert.deepEqual(
    knobs.map(({ name }) => name),
    FAULT_NAMES,
  );
  assert.deepEqual(
    knobs.filter(({ on }) => on.length > 0).map(({ on }) => on),
    [['readOnly']],
  );
  const { active, newYork } = status as unknown as { active: { fault: string; until: number }[]; newYork: string };
  assert.deepEqual([active[0]?.fault, active[0]?.until], ['readOnly', desk.clock.now() + 5000]);
  assert.equal(newYork, '2026-11-20 10:00:00 ET');
  place(desk);
  await desk.client.next(isError(321));
  assert.deepEqual(await call({ do: 'clear', name: 'readOnly' }, { do: 'clear' }), [
    { ok: true, cleared: 1 },
    { ok: true, cleared: 0 },
  ]);
});

test('a schedule and faults from a seed are added while the exchange runs', LIMIT, async (t) => {
  const { desk, call } = await startControl(t);
  const entries = [{ fault: 'readOnly', after: 'order', count: 1 }];
  assert.deepEqual(await call({ do: 'schedule', entries }), [{ ok: true, scheduled: 1 }]);
  place(desk);
  await heard(desk.client);
  assert.equal(desk.faults.has('readOnly'), true);
  desk.faults.clear();
  const [random] = await call({ do: 'random', seed: 3, forMs: 3_600_000, perHour: 60 });
  assert.ok(Number(random?.scheduled) > 30);
  let seen = false;
  desk.faults.onChange(() => {
    seen = true;
  });
  await pass(desk, 600_000);
  assert.equal(seen, true);
});

test('what the exchange holds to be true is told whatever its clients were told', LIMIT, async (t) => {
  const { desk, call } = await startControl(t);
  await call({ do: 'set', name: 'swallow', value: { way: 'out' } }, { do: 'set', name: 'fillPlan=steps:1@5' });
  place(desk);
  while (desk.exchange.book.openOrders().length === 0) await new Promise(setImmediate);
  await pass(desk, 1);
  const [book] = await call({ do: 'book' });
  const { open, executions, positions } = book as unknown as Record<string, { filled: number; quantity: number }[]>;
  assert.deepEqual([open?.[0]?.filled, executions?.length, positions?.[0]?.quantity], [1, 1, -1]);
});

test('a wrong call is answered with what is wrong, and the next is heard', LIMIT, async (t) => {
  const { call } = await startControl(t);
  const answers = await call(
    'nonsense',
    '7',
    { do: 'dance' },
    { do: 'set', name: 'freez' },
    { do: 'set', name: 'lines', value: 'many' },
    { do: 'set', name: 'readOnly', forMs: -1 },
    { do: 'clear', name: 'fil' },
    { do: 'schedule', entries: [{ fault: 'lines' }] },
    { do: 'random' },
    { do: 'status' },
  );
  assert.deepEqual(
    answers.map(({ error }) => error),
    [
      'a call is one line of JSON',
      'a call is an object with "do"',
      '"do" must be list, set, clear, status, book, schedule or random',
      'there is no fault "freez"; nearest is "freeze"',
      'lines: count must be a whole number from 0 to 100000',
      'forMs must be from 1',
      'there is no fault "fil"; nearest is "fillPlan"',
      'entry 1: lines: count must be a whole number from 0 to 100000',
      'random needs a seed, a whole number',
      undefined,
    ],
  );
});

test('a port that is taken is an error that says so', LIMIT, async (t) => {
  const { desk, port } = await startControl(t);
  const second = new ControlPort(port.port, { board: desk.faults, exchange: desk.exchange, nearest });
  await assert.rejects(second.start(), { code: 'EADDRINUSE' });
});
