import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import type { StockContract } from '../../../agent/core/market/contract.ts';
import { money } from '../../../agent/core/market/money.ts';
import type { Fill } from '../../../agent/core/orders/fill.ts';
import type { ReportedPosition } from '../../../agent/core/portfolio/position.ts';
import { answered } from '../../../agent/edges/broker/answer.ts';
import type { ReportedOrder } from '../../../agent/edges/broker/broker.ts';
import type { Adoption } from '../../../agent/edges/store/records.ts';
import { placeOrder } from '../../../agent/work/workflows/place-order.ts';
import { type Desk, desk, fill, intent, NOW, PUT } from './desk.ts';

const SHARES: StockContract = { kind: 'stock', symbol: 'SPY' };

function holds(quantity: number, instrument: ReportedPosition['instrument'] = PUT): ReportedPosition {
  return { instrument, conId: instrument === PUT ? 7 : 3, quantity, averagePrice: money(8.2) };
}

function stranger(signed: number, more: Partial<Fill> = {}): Fill {
  const side = signed > 0 ? 'buy' : 'sell';
  const price = money(5);
  return fill({
    execId: `9${signed}.01.01`,
    orderRef: '',
    permId: 55,
    side,
    quantity: Math.abs(signed),
    price,
    ...more,
  });
}

/** Two puts sold and filled, the books compared, and the broker's next answers still to be set. */
async function holding(): Promise<Desk> {
  const parts = await desk();
  await parts.reconciler.run();
  await placeOrder(intent(), parts);
  parts.broker.fills = answered([fill()]);
  parts.broker.held = answered([holds(-2)]);
  await parts.reconciler.run();
  assert.equal(parts.reconciler.current.state, 'agreed');
  parts.clock.set(NOW + 5 * MINUTE_MS);
  return parts;
}

async function adoptions(parts: Desk): Promise<readonly Adoption[]> {
  return (await parts.store.list('adoptions')).map(([, adoption]) => adoption);
}

for (const [kind, more] of [
  ['manual', {}],
  ['liquidation', { liquidation: true }],
] as const) {
  test(`what somebody else closed of ours is booked with a record, halts, and can be resumed: ${kind}`, async () => {
    const parts = await holding();
    parts.broker.fills = answered([fill(), stranger(2, more)]);
    parts.broker.held = answered([]);
    await parts.reconciler.run();
    assert.equal(parts.reconciler.current.state, 'agreed');
    assert.deepEqual(parts.blotter.openPositions, []);
    assert.equal(parts.blotter.positions[0]?.realized, money(640));
    assert.equal(parts.tradingSwitch.state.state, 'halted');
    const [record, ...rest] = await adoptions(parts);
    assert.deepEqual([record?.kind, record?.by, record?.fills, rest], [kind, 'appliance', ['92.01.01'], []]);
    assert.match(record?.evidence[0] ?? '', /execution 92\.01\.01 of order 55 without a reference/);
    assert.match((await parts.halt.resume('test')).text, /active again/);
    await parts.reconciler.run();
    assert.equal(parts.tradingSwitch.state.state, 'active');
  });
}

test('a crash between the halt and the booking finds the same again, still halted', async () => {
  const parts = await holding();
  parts.broker.fills = answered([fill(), stranger(2)]);
  parts.broker.held = answered([]);
  const { commit } = parts.store;
  parts.store.commit = async (writes, durability) => {
    if (writes.some(({ table }) => table === 'adoptions')) throw new Error('the power went');
    return commit.call(parts.store, writes, durability);
  };
  await assert.rejects(parts.reconciler.run());
  parts.store.commit = commit;
  const again = await desk(parts.store);
  assert.equal(again.tradingSwitch.state.state, 'halted');
  again.broker.fills = parts.broker.fills;
  again.broker.held = parts.broker.held;
  await again.reconciler.run();
  assert.equal((await adoptions(again)).length, 1);
  assert.deepEqual(again.blotter.openPositions, []);
});

test('a stranger’s part is remembered over a restart', async () => {
  const parts = await holding();
  parts.broker.fills = answered([fill(), stranger(-1)]);
  parts.broker.held = answered([holds(-3)]);
  await parts.reconciler.run();
  assert.deepEqual(
    parts.reconciler.current.foreignPositions.map(({ quantity }) => quantity),
    [-1],
  );
  const again = await desk(parts.store);
  again.clock.set(instantInNewYork('2026-03-23', '08:00'));
  again.broker.held = answered([holds(-3)]);
  await again.reconciler.run();
  assert.equal(again.reconciler.current.state, 'agreed');
  assert.deepEqual([again.blotter.openPositions[0]?.quantity, again.tradingSwitch.state.state], [-2, 'active']);
});

test('what nothing explains blocks at once and halts when it is seen again', async () => {
  const parts = await holding();
  parts.broker.held = answered([holds(-5)]);
  await parts.reconciler.run();
  assert.deepEqual([parts.reconciler.current.state, parts.tradingSwitch.state.state], ['differs', 'active']);
  parts.clock.set(parts.clock.now() + 5_000);
  await parts.reconciler.run();
  assert.equal(parts.tradingSwitch.state.state, 'halted');
  assert.match(parts.tradingSwitch.state.reason, /broker's books differ: SPY 620 put 2026-04-24: -2 in our books, -5/);
  assert.match((await parts.halt.resume('test')).text, /^Not resumed: the books are not reconciled/);
  assert.deepEqual(await adoptions(parts), []);
});

test('a difference that goes away by itself halts nothing', async () => {
  const parts = await holding();
  parts.broker.held = answered([holds(-5)]);
  await parts.reconciler.run();
  parts.broker.held = answered([holds(-2)]);
  parts.clock.set(parts.clock.now() + 5_000);
  await parts.reconciler.run();
  assert.deepEqual([parts.reconciler.current.state, parts.tradingSwitch.state.state], ['agreed', 'active']);
});

test('the owner may take the broker’s word: it is booked with his name, and then he may resume', async () => {
  const parts = await holding();
  parts.broker.held = answered([holds(-1)]);
  await parts.reconciler.run();
  assert.equal(parts.reconciler.current.state, 'waiting');
  assert.match(await parts.reconciler.run({ by: 'command line' }), /^agreed/);
  assert.equal(parts.blotter.openPositions[0]?.quantity, -1);
  const [record] = await adoptions(parts);
  assert.deepEqual([record?.kind, record?.by], ['accepted', 'command line']);
  assert.match(record?.evidence[0] ?? '', /the two halves of an assignment do not fit yet/);
});

test('half an assignment blocks its symbol and no other, and the other half settles it', async () => {
  const parts = await holding();
  parts.broker.held = answered([]);
  await parts.reconciler.run();
  const { reconciler } = parts;
  assert.deepEqual([reconciler.current.state, reconciler.obstacle], ['waiting', null]);
  assert.match(reconciler.obstacleFor('SPY') ?? '', /the books of SPY are not settled/);
  assert.equal(reconciler.obstacleFor('KO'), null);
  parts.broker.held = answered([holds(200, SHARES)]);
  await reconciler.run();
  assert.deepEqual([reconciler.current.state, reconciler.obstacleFor('SPY')], ['agreed', null]);
  assert.deepEqual(
    parts.blotter.openPositions.map(({ quantity, averagePrice }) => [quantity, averagePrice]),
    [[200, money(620)]],
  );
  assert.equal((await adoptions(parts))[0]?.kind, 'assignment');
  assert.equal(parts.tradingSwitch.state.state, 'active');
});

test('the night after an expiration is no trouble: told, its symbol blocked, and settled in the morning', async () => {
  const parts = await holding();
  parts.clock.set(instantInNewYork('2026-04-24', '16:15'));
  parts.broker.fills = answered([]);
  parts.broker.held = answered([]);
  await parts.reconciler.run();
  const { reconciler, alerts } = parts;
  assert.deepEqual([reconciler.current.state, reconciler.isQuiet, alerts.open[0]?.severity], ['waiting', true, 'info']);
  assert.match(reconciler.obstacleFor('SPY') ?? '', /assignments are booked during the night/);
  parts.clock.set(instantInNewYork('2026-04-27', '08:00'));
  await reconciler.run();
  assert.deepEqual([reconciler.current.state, parts.blotter.openPositions], ['agreed', []]);
  assert.equal((await adoptions(parts))[0]?.kind, 'expiry');
});

test('a half that waits beyond the next morning halts', async () => {
  const parts = await holding();
  parts.broker.fills = answered([]);
  parts.broker.held = answered([]);
  await parts.reconciler.run();
  parts.clock.set(instantInNewYork('2026-03-23', '08:14'));
  await parts.reconciler.run();
  assert.equal(parts.tradingSwitch.state.state, 'active');
  parts.clock.set(instantInNewYork('2026-03-23', '08:15'));
  await parts.reconciler.run();
  assert.deepEqual([parts.reconciler.current.state, parts.tradingSwitch.state.state], ['differs', 'halted']);
});

test('one intent that works twice at the broker halts, and both orders are taken back', async () => {
  const parts = await desk();
  await parts.reconciler.run();
  await placeOrder(intent(), parts);
  const { id, side, quantity, limit, instrument, conId } = intent();
  const one: ReportedOrder = {
    ...{ orderRef: id, orderId: 2, clientId: 1, permId: 900, instrument, conId, side, quantity, limit },
    ...{ filled: 0, status: 'Submitted', reason: '' },
  };
  parts.broker.open = answered([one, { ...one, orderId: 3, permId: 901 }]);
  await parts.reconciler.run();
  assert.equal(parts.tradingSwitch.state.state, 'halted');
  assert.match(parts.reconciler.obstacle ?? '', /one intent works more than once.*order 2 \(900\) and order 3 \(901\)/);
  assert.ok(['cancel 2', 'cancel 3'].every((cancel) => parts.broker.told.includes(cancel)));
});

test('expiry and assignment leave books that the integrity audit finds whole', async () => {
  const { integrityAudit } = await import('../../../agent/work/workflows/integrity-audit.ts');
  const parts = await holding();
  parts.broker.held = answered([holds(200, SHARES)]);
  await parts.reconciler.run();
  const { signal } = new AbortController();
  const occasion = { task: 'audit', now: NOW, tradingDay: '2026-03-20', until: NOW, signal, progress: () => undefined };
  assert.match(await integrityAudit(parts)(occasion), /agree with each other/);
});
