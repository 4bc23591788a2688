import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer } from '../../../../agent/edges/broker/answer.ts';
import type { Log } from '../../../../agent/edges/system/log.ts';
import { encodePosition, encodePositionEnd } from '../../../../agent/ground/wire/account-messages.ts';
import type { WireContract } from '../../../../agent/ground/wire/contract-fields.ts';
import { encodeExecution, encodeExecutionsEnd } from '../../../../agent/ground/wire/execution-messages.ts';
import { REQUEST } from '../../../../agent/ground/wire/message-ids.ts';
import { encodeCompletedOrdersEnd, encodeOpenOrderEnd } from '../../../../agent/ground/wire/order-messages.ts';
import { completedOrder, OPTION, openOrder, orderStatus } from './order-frames.ts';
import { type Bench, bench } from './puppet-gateway.ts';

const STOCK: WireContract = {
  ...OPTION,
  conId: 12,
  symbol: 'QQQ',
  secType: 'STK',
  lastTradeDate: '',
  strike: 0,
  right: '',
};
const HELD = { account: 'DU1', contract: STOCK, quantity: 100, averageCost: 400 };
const EXECUTION = {
  orderId: 1,
  contract: OPTION,
  execId: '0001.01',
  time: '20260320 10:00:05 US/Eastern',
  account: 'DU1',
  exchange: 'CBOE',
  side: 'SLD',
  shares: 1,
  price: 1.15,
  permId: 900_001,
  clientId: 7,
  cumulative: 1,
  averagePrice: 1.15,
  orderRef: 'intent-1',
} as const;

function open({ gateway, broker }: Bench, ...frames: Buffer[]): Promise<Answer<readonly unknown[]>> {
  gateway.replies.set(REQUEST.allOpenOrders, () => gateway.send(openOrder(), ...frames, encodeOpenOrderEnd()));
  return broker.openOrders();
}

function held({ gateway, broker }: Bench, ...frames: Buffer[]): Promise<Answer<readonly unknown[]>> {
  gateway.replies.set(REQUEST.positions, () => gateway.send(encodePosition(HELD), ...frames, encodePositionEnd()));
  return broker.positions();
}

type Execution = Parameters<typeof encodeExecution>[1];

function executed({ gateway, broker }: Bench, changes: Partial<Execution>): Promise<Answer<readonly unknown[]>> {
  gateway.replies.set(REQUEST.executions, (fields) => {
    const id = Number(fields[2]);
    const rows = [EXECUTION, { ...EXECUTION, execId: '0002.01', ...changes }];
    gateway.send(...rows.map((row) => encodeExecution(id, row, 193)), encodeExecutionsEnd(id));
  });
  return broker.executions();
}

function isUnknown(answer: Answer<unknown>, reason: RegExp): void {
  assert.ok(!answer.ok, 'a row was left out in silence');
  assert.equal(answer.failure, 'unknown');
  assert.match(answer.reason, reason);
}

const OTHER = { orderId: 2, permId: 900_002, orderRef: 'other' };

for (const [what, frames, reason] of [
  ['in an unknown state', [openOrder({ ...OTHER, status: 'ApiPending' })], /open orders: .*ApiPending/],
  [
    'whose state changes to an unknown word',
    [openOrder(OTHER), orderStatus({ orderId: 2, permId: 900_002, status: 'Gone' })],
    /order 2 .*Gone/,
  ],
  ['without a strike', [openOrder({ ...OTHER, contract: { ...OPTION, strike: 0 } })], /strike/],
  ['without a security type', [openOrder({ ...OTHER, contract: { ...OPTION, secType: '' } })], /security type/],
  ['filled in an unknown amount', [openOrder(OTHER), orderStatus({ ...OTHER, filled: Number.NaN })], /order 2 .*NaN/],
] as const) {
  test(`an open order ${what} makes the answer unknown`, async (t) => {
    const at = await bench(t);
    await at.ready();
    isUnknown(await open(at, ...frames), reason);
  });
}

test('a completed order in an unknown state makes the answer unknown', async (t) => {
  const { broker, gateway, ready } = await bench(t);
  await ready();
  gateway.replies.set(REQUEST.completedOrders, () =>
    gateway.send(completedOrder(), completedOrder({ permId: 2, status: 'Vanished' }), encodeCompletedOrdersEnd()),
  );
  isUnknown(await broker.completedOrders(), /completed orders: .*Vanished/);
});

for (const [what, changes, reason] of [
  ['without a cost', { averageCost: 1.7976931348623157e308 }, /QQQ without a cost/],
  ['of no number', { quantity: Number.NaN }, /QQQ/],
  ['in an option without a date', { contract: { ...OPTION, lastTradeDate: '' } }, /SPY/],
  ['without a contract id', { contract: { ...STOCK, conId: 0 } }, /QQQ without a contract id/],
] as const) {
  test(`a position ${what} makes the answer unknown`, async (t) => {
    const at = await bench(t);
    await at.ready();
    const other = { ...HELD, contract: { ...STOCK, conId: 13 } };
    isUnknown(await held(at, encodePosition({ ...other, ...changes })), reason);
  });
}

test('a position told again in full within the answer is known', async (t) => {
  const at = await bench(t);
  await at.ready();
  const row = { ...HELD, contract: { ...STOCK, conId: 13, symbol: 'IWM' } };
  const answer = await held(at, encodePosition({ ...row, quantity: Number.NaN }), encodePosition(row));
  assert.equal(answer.ok && answer.value.length, 2);
  const sold = await held(
    at,
    encodePosition({ ...row, quantity: Number.NaN }),
    encodePosition({ ...row, quantity: 0 }),
  );
  assert.equal(sold.ok && sold.value.length, 1);
});

test('without an account there is no answer about positions', async (t) => {
  const at = await bench(t);
  at.gateway.accounts = [];
  await at.ready();
  const answer = await held(at);
  assert.equal(answer.ok ? 'answered' : answer.failure, 'refused');
});

for (const [what, changes, reason] of [
  ['without a price', { price: 1.7976931348623157e308 }, /executions: .*0002\.01 without a price/],
  ['without an id', { execId: '' }, /executions: .*without an id/],
  ['of an option without a date', { contract: { ...OPTION, lastTradeDate: '' } }, /executions: .*SPY/],
] as const) {
  test(`an execution ${what} makes the answer unknown`, async (t) => {
    const at = await bench(t);
    await at.ready();
    isUnknown(await executed(at, changes), reason);
  });
}

test('bonds, currencies and options on futures are left out, and the log names each once', async (t) => {
  const lines: unknown[] = [];
  const none = (): void => undefined;
  const keep = (fields: { what?: unknown }): void => {
    if (fields.what !== undefined) lines.push(fields.what);
  };
  const log: Log = { debug: none, info: keep, warn: keep, error: keep, child: () => log };
  const at = await bench(t, { log });
  await at.ready();
  const bond = { ...STOCK, conId: 31, symbol: 'T 4', secType: 'BOND' };
  const future = { ...OPTION, conId: 32, symbol: 'ES', secType: 'FOP', lastTradeDate: '' };
  const currency = { ...STOCK, conId: 33, symbol: 'EUR', secType: 'CASH' };
  for (let time = 0; time < 2; time += 1) {
    const orders = await open(at, openOrder({ ...OTHER, contract: future, status: 'ApiPending' }));
    assert.equal(orders.ok && orders.value.length, 1);
    const positions = await held(at, encodePosition({ ...HELD, contract: bond, averageCost: Number.NaN }));
    assert.equal(positions.ok && positions.value.length, 1);
    const executions = await executed(at, { contract: currency, price: Number.NaN });
    assert.equal(executions.ok && executions.value.length, 1);
  }
  assert.deepEqual(lines, ['security type FOP of ES', 'security type BOND of T 4', 'security type CASH of EUR']);
});
