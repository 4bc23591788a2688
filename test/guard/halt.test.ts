import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { GatewayLink } from '../../agent/ground/relay/gateway-link.ts';
import { Evidence } from '../../agent/guard/evidence.ts';
import { isError } from '../lab/exchange/server/raw-client.ts';
import { type Stand, startStand } from '../lab/exchange/server/stand.ts';
import { orderFields } from './order-frames.ts';
import { ARMED, askControl, type Rig, type RigWish, startGuard } from './rig.ts';

const LIMIT = { timeout: 20_000 };

async function both(t: TestContext, wish: Partial<RigWish> = {}): Promise<{ stand: Stand; rig: Rig }> {
  const stand = await startStand(t);
  return { stand, rig: await startGuard(t, { gatewayPort: stand.port, ...wish }) };
}

async function whyRefused(rig: Rig, stand: Stand, orderId = 1): Promise<string> {
  const agent = await rig.agent();
  agent.send(...orderFields({ orderId, conId: stand.put(20).conId, limit: 90 }));
  const refused = await agent.next(isError(201));
  assert.equal(stand.exchange.book.openOrders().length, 0);
  agent.end();
  return refused[4] ?? '';
}

test('release alone resumes nothing: reset, then arm, each by the administrator', LIMIT, async (t) => {
  const { stand, rig } = await both(t, { timing: { settled: 150 } });
  rig.press();
  await rig.until((status) => status.halted === 'confirmed');
  assert.match((await rig.ask({ do: 'reset' })).error ?? '', /the red switch is pressed/);
  rig.release();
  await rig.until((status) => status.contacts === 'normal');
  assert.match((await rig.ask({ do: 'reset' })).error ?? '', /has not been normal for 150 ms yet/);
  assert.match(await whyRefused(rig, stand), /halted/);
  assert.match((await rig.ask({ do: 'arm' })).error ?? '', /not reset/);
  await rig.until((status) => status.halted === 'confirmed');
  assert.match((await rig.ask({ do: 'reset' }, 'open')).error ?? '', /only the administrator/);
  let answer = await rig.ask({ do: 'reset', by: 'me' });
  while (!answer.ok) answer = await rig.ask({ do: 'reset', by: 'me' });
  assert.equal(answer.status.state, 'prep');
  assert.equal(answer.status.afterReset, 'reducing');
  assert.match(await whyRefused(rig, stand, 2), /not armed after a reset/);
  assert.match((await rig.ask({ do: 'arm' }, 'open')).error ?? '', /only the administrator/);
  assert.equal((await rig.ask({ do: 'arm' })).status.state, 'armed');
  const agent = await rig.agent();
  agent.send(...orderFields({ orderId: 3, conId: stand.put(20).conId, limit: 90 }));
  await agent.next((message) => message[0] === '3' && message[2] === 'Submitted');
});

for (const [contacts, state] of [
  ['1 0', 'pressed'],
  ['1 1', 'broken'],
  ['0 0', 'shorted'],
] as const) {
  test(`contacts that read ${state} trip`, LIMIT, async (t) => {
    const { rig } = await both(t);
    rig.set(contacts);
    assert.match((await rig.until((status) => status.state === 'tripped')).cause, new RegExp(`red switch: ${state}`));
  });
}

test('contacts that disappear trip', LIMIT, async (t) => {
  const { rig } = await both(t);
  rmSync(join(rig.folder, 'contacts'));
  assert.match((await rig.until((status) => status.state === 'tripped')).cause, /broken/);
});

for (const [what, spoil] of [
  ['removed', (path: string) => rmSync(path)],
  ['spoiled', (path: string) => writeFileSync(path, 'armed')],
] as const) {
  test(`a latch file that is ${what} while it is armed trips`, LIMIT, async (t) => {
    const { rig } = await both(t);
    spoil(join(rig.folder, 'latch.json'));
    assert.match((await rig.until((status) => status.state === 'tripped')).cause, /latch cannot be read/);
  });
}

test('without a latch file it starts tripped', LIMIT, async (t) => {
  const { stand, rig } = await both(t, { latch: null });
  assert.equal((await rig.until((status) => status.halted === 'confirmed')).state, 'tripped');
  assert.match(await whyRefused(rig, stand), /halted/);
});

for (const [title, limits] of [
  ['missing limits', null],
  ['wrong limits', { ordersPerDay: 'many' }],
] as const) {
  test(`${title}: no order passes, and the halt works`, LIMIT, async (t) => {
    const { stand, rig } = await both(t, { limits, latch: ARMED });
    await rig.until((status) => status.limits.length > 0 && status.link === null);
    assert.match(await whyRefused(rig, stand), /the limits cannot be used/);
    rig.press();
    await rig.until((status) => status.halted === 'confirmed');
  });
}

test(
  'limits that are spoiled or disappear while it is armed let no order pass, and mended ones do again',
  LIMIT,
  async (t) => {
    const { stand, rig } = await both(t);
    const path = join(rig.folder, 'limits.json');
    const good = readFileSync(path, 'utf8');
    writeFileSync(path, 'garbage\n');
    const spoiled = await rig.until((status) => status.limits.length > 0);
    assert.match(spoiled.closed ?? '', /the limits cannot be used: .*garbage.* is not valid JSON$/);
    assert.match(await whyRefused(rig, stand), /the limits cannot be used/);
    rmSync(path);
    assert.match((await rig.until((status) => /ENOENT/.test(status.limits[0] ?? ''))).closed ?? '', /cannot be used/);
    writeFileSync(path, good, { mode: 0o644 });
    assert.equal((await rig.until((status) => status.closed === null)).state, 'armed');
  },
);

test('a breach of the limits refuses the order, trips and cancels what works', LIMIT, async (t) => {
  const { stand, rig } = await both(t, { limits: { contractsPerOrder: 1 } });
  const agent = await rig.agent();
  agent.send(...orderFields({ orderId: 1, conId: stand.put(20).conId, limit: 90 }));
  await agent.next((message) => message[0] === '3' && message[2] === 'Submitted');
  agent.send(...orderFields({ orderId: 2, conId: stand.put(20).conId, limit: 90, quantity: 2 }));
  assert.match((await agent.next(isError(201)))[4] ?? '', /2 contracts in one order/);
  const halted = await rig.until((status) => status.halted === 'confirmed');
  assert.match(halted.cause, /limit: order 2 \(r\): 2 contracts/);
  assert.equal(stand.exchange.book.openOrders().length, 0);
});

test('a latch that cannot be stored: the trip works from memory, says so, and stores it later', LIMIT, async (t) => {
  const { stand, rig } = await both(t);
  const temporary = join(rig.folder, 'latch.json.new');
  mkdirSync(temporary);
  rig.press();
  const halted = await rig.until((status) => status.halted === 'confirmed' && status.latch !== null);
  assert.match(halted.latch ?? '', /the latch could not be stored/);
  assert.match(readFileSync(join(rig.folder, 'latch.json'), 'utf8'), /"armed"/);
  assert.match(await whyRefused(rig, stand), /halted/);
  rmSync(temporary, { recursive: true });
  await rig.until((status) => status.latch === null);
  assert.match(readFileSync(join(rig.folder, 'latch.json'), 'utf8'), /"tripped"/);
});

test('orders after the trip, on another connection, are cancelled again and show while they work', LIMIT, async (t) => {
  const { stand, rig } = await both(t);
  await rig.ask({ do: 'halt', reason: 'first' });
  await rig.until((status) => status.halted === 'confirmed');
  const { connectRaw } = await import('../lab/exchange/server/raw-client.ts');
  const manual = await connectRaw(t, stand.port, 8);
  manual.send(...orderFields({ orderId: 1, conId: stand.put(20).conId, limit: 90, ref: 'late' }));
  await manual.next((message) => message[0] === '3' && message[2] === 'Cancelled');
  await rig.until((status) => status.halted === 'confirmed');
});

test('the open socket is for everybody, the one of the administrator is not', LIMIT, async (t) => {
  const { rig } = await both(t);
  assert.equal(statSync(join(rig.folder, 'open.sock')).mode & 0o777, 0o666);
  assert.equal(statSync(join(rig.folder, 'admin.sock')).mode & 0o777, 0o600);
});

test('callers that say nothing do not keep a halt out', LIMIT, async (t) => {
  const { rig } = await both(t);
  const mute = Array.from({ length: 40 }, () => connect(join(rig.folder, 'open.sock')).on('error', () => undefined));
  t.after(() => {
    for (const socket of mute) socket.destroy();
  });
  await Promise.all(mute.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  assert.equal((await rig.ask({ do: 'halt', reason: 'dentist', by: 'test' }, 'open')).status.state, 'tripped');
});

test('callers who have been told something keep no halt out, and one that never reads is left', LIMIT, async (t) => {
  const { rig } = await both(t);
  const open = () => {
    const socket = connect(join(rig.folder, 'open.sock')).on('error', () => undefined);
    t.after(() => socket.destroy());
    return socket;
  };
  for (let callers = 0; callers < 20; callers += 1) {
    const caller = open();
    caller.write('{"do":"status"}\n');
    await new Promise((resolve) => caller.once('data', resolve));
  }
  assert.equal((await rig.ask({ do: 'halt' }, 'open')).status.state, 'tripped');
  const deaf = open();
  while (!deaf.destroyed) {
    deaf.write('{"do":"status"}\n'.repeat(2_000));
    await new Promise((resolve) => setImmediate(resolve));
  }
});

test('nonsense on a control socket is answered, and a line without an end is cut', LIMIT, async (t) => {
  const { rig } = await both(t);
  const path = join(rig.folder, 'open.sock');
  for (const line of ['', 'x', '[]', '{}', '{"do":"resume"}', '5', 'null']) {
    assert.equal((await askControl(path, line)).ok, false, line);
  }
  await assert.rejects(
    askControl(path, 'x'.repeat(5_000).replace(/x$/, '')).then((answer) => assert.equal(answer.ok, true)),
  );
});

/** Evidence before a link that a test plays. */
function played(drained = true) {
  const link = { ready: true, fresh: true, cancels: 0, asked: 0 };
  const asLink = {
    ...{ hurry: () => undefined, cancelAll: () => ++link.cancels },
    send: () => Boolean(++link.asked),
    get ready() {
      return link.ready;
    },
    get fresh() {
      return link.fresh;
    },
  } as unknown as GatewayLink;
  const timing = { beat: 50, stale: 60, confirm: 0, retry: 10, poll: 10, latchPatience: 5, settled: 0, frame: 100 };
  const evidence = new Evidence({
    ...{ link: asLink, timing },
    changed: () => undefined,
    drained: () => drained,
    isMeant: () => false,
  });
  evidence.begin();
  const order = (status: string | null, permId = '70'): void => {
    const fields = ['5', '3', ...new Array<string>(21).fill(''), 'ref', '1', permId];
    evidence.hear(5, fields);
    if (status !== null) evidence.hear(3, ['3', '3', status, '0', '1', '0', permId, '0', '0', '1']);
  };
  return { link, evidence, order, end: () => evidence.hear(53, ['53', '1']) };
}

test('an order that is listed without a status, inactive or pending its cancel still works', (t) => {
  for (const status of [null, 'Inactive', 'PendingCancel', 'Submitted', 'PreSubmitted', 'ApiPending']) {
    const { evidence, order, end } = played();
    t.after(() => evidence.stop());
    order(status);
    end();
    assert.equal(evidence.confirmed, false, String(status));
    assert.equal(evidence.working?.length, 1);
    assert.equal(evidence.working?.[0]?.orderRef, 'ref');
  }
  for (const status of ['Filled', 'Cancelled', 'ApiCancelled']) {
    const { evidence, order, end } = played();
    t.after(() => evidence.stop());
    order(status);
    end();
    assert.equal(evidence.confirmed, true, status);
  }
});

test('two orders under one permanent id are two, and the end of one is not the end of the other', (t) => {
  const { evidence, end } = played();
  t.after(() => evidence.stop());
  const listed = (orderId: string) =>
    evidence.hear(5, ['5', orderId, ...new Array<string>(21).fill(''), `ref ${orderId}`, '1', '70']);
  const status = (orderId: string, is: string) =>
    evidence.hear(3, ['3', orderId, is, '0', '1', '0', '70', '0', '0', '1']);
  listed('3');
  status('3', 'Submitted');
  listed('4');
  status('4', 'Cancelled');
  end();
  assert.deepEqual([evidence.confirmed, evidence.working?.map(({ orderRef }) => orderRef)], [false, ['ref 3']]);
});

test('nothing is confirmed while an order may still lie in the socket of the agent, or the link is not fresh', (t) => {
  const undrained = played(false);
  t.after(() => undrained.evidence.stop());
  undrained.end();
  assert.equal(undrained.evidence.confirmed, false);
  const stale = played();
  t.after(() => stale.evidence.stop());
  stale.link.fresh = false;
  stale.end();
  assert.equal(stale.evidence.confirmed, false);
});

test('an answer that does not come is unknown, and the cancel is sent again', LIMIT, async (t) => {
  const { link, evidence, end } = played();
  t.after(() => evidence.stop());
  end();
  assert.equal(evidence.confirmed, true);
  while (evidence.working !== null) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(evidence.confirmed, false);
  while (link.cancels === 0) await new Promise((resolve) => setTimeout(resolve, 5));
});
