import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runOn } from '../../agent/ground/time/clock.ts';
import type { Security } from '../../agent/ground/wire/broker-reports.ts';
import { bodyOf, encodeFrame } from '../../agent/ground/wire/frame.ts';
import { Positions } from '../../agent/ground/wire/positions.ts';
import { Cover } from '../../agent/guard/cover.ts';
import type { DayTotals } from '../../agent/guard/journal.ts';
import type { Limits } from '../../agent/guard/limits.ts';
import { OrderCheck } from '../../agent/guard/order-check.ts';
import { orderFields } from './order-frames.ts';
import { ACCOUNT, LIMITS } from './rig.ts';

const PUT: Security = { conId: 11, symbol: 'SPY', secType: 'OPT', right: 'P', strike: 500, multiplier: 100 };
const CALL: Security = { conId: 12, symbol: 'SPY', secType: 'OPT', right: 'C', strike: 600, multiplier: 100 };
const OTHER: Security = { conId: 13, symbol: 'GME', secType: 'OPT', right: 'P', strike: 20, multiplier: 100 };
const SHARES: Security = { conId: 1, symbol: 'SPY', secType: 'STK', right: '', strike: 0, multiplier: 1 };
const KNOWN = new Map([PUT, CALL, OTHER, SHARES].map((security) => [security.conId, security]));

interface Desk {
  readonly check: OrderCheck;
  readonly trips: string[];
  readonly positions: Positions;
  readonly cover: Cover;
  readonly day: { today: DayTotals };
}

function desk(limits: object = {}, closed: () => string | null = () => null): Desk {
  const trips: string[] = [];
  const positions = new Positions();
  const cover = new Cover(positions);
  positions.ask({ send: () => true });
  const day = { today: { date: '', orders: 0, contracts: 0, notional: 0 } };
  const check = new OrderCheck({
    ...{ cover, journal: day, closed },
    limits: { value: { ...LIMITS, ...limits } as Limits },
    questions: { contracts: async (ids) => new Map([...KNOWN].filter(([conId]) => ids.includes(conId))) },
    trip: (cause) => trips.push(cause),
  });
  return { check, trips, positions, cover, day };
}

type Changed = Parameters<typeof orderFields>[1];

const body = (order: Parameters<typeof orderFields>[0], changes: Changed = {}) =>
  bodyOf(encodeFrame(orderFields({ conId: PUT.conId, limit: 2, ...order }, changes)));

async function verdict(on: Desk, order: Parameters<typeof orderFields>[0], changes: Changed = {}): Promise<string> {
  const answer = await on.check.judge(body(order, changes), 178);
  return answer.refused ?? (answer.whatIf ? 'asks' : 'passes');
}

function position(security: Security, quantity: number): string[] {
  const { conId, symbol, secType, right, strike, multiplier } = security;
  const contract = [conId, symbol, secType, '', strike, right, multiplier, '', 'USD', '', ''];
  return ['61', '3', ACCOUNT, ...contract.map(String), String(quantity), '0'];
}

const OTHERS = /more than it says/;

const BREACHES: readonly (readonly [string, object, Parameters<typeof orderFields>[0], Changed, RegExp])[] = [
  ['an account that is not its own', {}, {}, { account: 'DU9' }, /account "DU9"/],
  ['no account', {}, {}, { account: '' }, /account ""/],
  ['a market order', {}, {}, { type: 'MKT' }, /not a limit order/],
  ['a symbol that is not allowed', {}, { conId: OTHER.conId }, { symbol: 'GME' }, /symbol GME/],
  ['a contract of another symbol than is written', {}, { conId: OTHER.conId }, {}, /symbol GME/],
  ['a symbol that is written but not of the contract', {}, {}, { symbol: 'GME' }, /symbol GME/],
  ['a security type that is not allowed', { secTypes: ['STK'] }, {}, {}, /security type OPT/],
  ['too many contracts in an order', { contractsPerOrder: 1 }, { quantity: 2 }, {}, /2 contracts in one order/],
  ['a negative quantity', {}, { quantity: -1 }, {}, /quantity of -1/],
  ['too much notional in an order', { notionalPerOrder: 49_999 }, {}, {}, /\$50000 in one order/],
  ['a parent order', {}, {}, { parentId: 5 }, OTHERS],
  ['another type later on', {}, {}, { adjustedType: 'MKT' }, OTHERS],
  ['a price beyond its limit', {}, {}, { discretionary: 5 }, OTHERS],
  ['a sum of money', {}, {}, { cash: 50_000 }, OTHERS],
  ['a group of accounts', {}, {}, { faGroup: 'all' }, OTHERS],
  ['a model of accounts', {}, {}, { modelCode: 'all' }, OTHERS],
  ['no order in a minute', { ordersPerMinute: 0 }, {}, {}, /more than 0 orders in a minute/],
  ['no order in a day', { ordersPerDay: 0 }, {}, {}, /more than 0 orders today/],
  ['no contracts in a day', { contractsPerDay: 0 }, {}, {}, /1 contracts today/],
  ['no notional in a day', { notionalPerDay: 1 }, {}, {}, /\$50000 today/],
];

for (const [title, limits, order, changes, expected] of BREACHES) {
  test(`${title}: refused, and it trips`, async () => {
    const on = desk(limits);
    assert.match(await verdict(on, order, changes), expected);
    assert.equal(on.trips.length, 1);
    assert.match(on.trips[0] ?? '', expected);
    assert.equal(on.day.today.orders, 0);
  });
}

test('an order within all limits passes and is counted', async () => {
  const on = desk();
  assert.equal(await verdict(on, { quantity: 3 }), 'passes');
  const { orders, contracts, notional } = on.day.today;
  assert.deepEqual({ orders, contracts, notional }, { orders: 1, contracts: 3, notional: 150_000 });
  assert.deepEqual(on.trips, []);
});

test('the limits of a day add up over orders, and start anew on another day', async () => {
  const on = desk({ contractsPerDay: 3 });
  assert.equal(await verdict(on, { quantity: 2 }), 'passes');
  assert.match(await verdict(on, { quantity: 2 }), /4 contracts today/);
  on.day.today = { ...on.day.today, date: '2020-01-01' };
  assert.equal(await verdict(on, { quantity: 2 }), 'passes');
});

test('orders per minute count what passed', async () => {
  const on = desk({ ordersPerMinute: 2 });
  assert.equal(await verdict(on, {}), 'passes');
  assert.equal(await verdict(on, {}), 'passes');
  assert.match(await verdict(on, {}), /more than 2 orders in a minute/);
});

test('a bought option counts with its price, a sold one with its strike, 100 shares as one contract', async () => {
  const on = desk();
  await verdict(on, { action: 'BUY', quantity: 2, limit: 1.5 });
  assert.equal(on.day.today.notional, 300);
  await verdict(on, { conId: SHARES.conId, action: 'BUY', quantity: 250, limit: 10 }, { secType: 'STK' });
  assert.equal(on.day.today.notional, 2_800);
  assert.equal(on.day.today.contracts, 5);
});

test('a contract that the gateway does not know is refused without a trip', async () => {
  const on = desk();
  assert.match(await verdict(on, { conId: 999 }), /does not say what contract 999 is/);
  assert.deepEqual(on.trips, []);
});

test('what cannot be read is refused without a trip', async () => {
  const on = desk();
  const answer = await on.check.judge(bodyOf(encodeFrame([3, 1, 'x'])), 178);
  assert.match(answer.refused ?? '', /cannot be read/);
  assert.deepEqual(on.trips, []);
});

test('what only asks for margins passes although the gate is shut', async () => {
  const on = desk({}, () => 'halted');
  assert.equal(await verdict(on, {}, { whatIf: 1, account: '' }), 'asks');
  assert.equal(await verdict(on, {}), 'halted');
});

test('without limits nothing passes', async () => {
  const on = desk();
  const check = new OrderCheck({
    ...{ cover: on.cover, journal: on.day, trip: () => undefined, closed: () => null },
    limits: { value: null },
    questions: { contracts: async () => KNOWN },
  });
  assert.equal((await check.judge(body({}), 178)).refused, 'there are no limits');
});

test('calls are sold only against shares that no other call needs', async () => {
  const on = desk({ shortCalls: 'covered' });
  const sell = (orderId: number) => verdict(on, { orderId, conId: CALL.conId }, { right: 'C' });
  assert.match(await sell(1), /positions are not known/);
  on.positions.hear(61, position(SHARES, 200));
  on.positions.hear(61, position(CALL, -1));
  on.positions.hear(62, ['62', '1']);
  assert.equal(await sell(2), 'passes');
  assert.match(await sell(3), /3 short calls of SPY would stand against 200 shares/);
  on.cover.heard(['3', '2', 'Cancelled', '0', '1']);
  assert.equal(await sell(4), 'passes');
});

test('calls that were filled are not counted twice, and what is not certain does not trip', async (t) => {
  let elapsed = 0;
  runOn({ now: () => 0, elapsed: () => elapsed, after: () => ({ cancel: () => undefined }) });
  t.after(() => runOn(null));
  const on = desk({ shortCalls: 'covered' });
  const sell = (orderId: number, quantity: number) => verdict(on, { orderId, conId: CALL.conId, quantity });
  const told = (orderId: number, status: string, filled: number) =>
    on.cover.heard(['3', String(orderId), status, String(filled), '0']);
  assert.match(await sell(1, 1), /positions are not known/);
  on.positions.hear(61, position(SHARES, 500));
  on.positions.hear(62, ['62', '1']);
  assert.equal(await sell(2, 3), 'passes');
  told(2, 'Submitted', 1);
  on.positions.hear(61, position(CALL, -1));
  assert.match(await sell(3, 2), /cannot be told yet whether 6 short calls/);
  elapsed += 5_000;
  assert.equal(await sell(4, 2), 'passes');
  told(2, 'Cancelled', 1);
  assert.equal(await sell(5, 2), 'passes', 'what the cancelled one left');
  assert.deepEqual(on.trips, []);
  assert.match(await sell(6, 1), /6 short calls of SPY would stand against 500 shares/);
  assert.equal(on.trips.length, 1);
  told(4, 'Submitted', 0);
  assert.match(await sell(4, 1), /short calls/, 'a change is an order as well');
});

test('a change of a sale to less, which may be refused, frees no shares', async () => {
  const on = desk({ shortCalls: 'covered' });
  const sell = (orderId: number, quantity: number) => verdict(on, { orderId, conId: CALL.conId, quantity });
  on.positions.hear(61, position(SHARES, 600));
  on.positions.hear(62, ['62', '1']);
  for (const quantity of [4, 1]) assert.equal(await sell(2, quantity), 'passes');
  assert.match(await sell(3, 3), /7 short calls of SPY would stand against 600 shares/);
});

test('selling the shares below short calls is seen as well as selling a call', async () => {
  const on = desk({ shortCalls: 'covered' });
  on.positions.hear(61, position(SHARES, 100));
  on.positions.hear(62, ['62', '1']);
  const shares = { conId: SHARES.conId, quantity: 100, limit: 500, orderId: 1 };
  assert.equal(await verdict(on, shares, { secType: 'STK' }), 'passes');
  assert.match(
    await verdict(on, { orderId: 2, conId: CALL.conId }),
    /1 short calls of SPY would stand against 0 shares/,
  );
});

test('a call that is held is closed without shares', async () => {
  const on = desk({ shortCalls: 'covered' });
  on.positions.hear(61, position(CALL, 2));
  on.positions.hear(62, ['62', '1']);
  assert.equal(await verdict(on, { conId: CALL.conId, quantity: 2 }), 'passes');
  assert.match(await verdict(on, { orderId: 9, conId: CALL.conId }), /short calls/);
});
