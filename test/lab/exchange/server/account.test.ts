import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contract, Order } from '@stoqey/ib';
import { dollars } from '../../../../agent/core/market/money.ts';
import { connectIb, type IbClient } from './ib-client.ts';
import { connectRaw, isError, isId } from './raw-client.ts';
import { ACCOUNT, type Stand, startStand, stepUntil } from './stand.ts';

const LIMIT = { timeout: 30_000 };

type Loose = Record<string, unknown>;

/** Sells one put and waits for the fill; returns its conId and the price. */
async function sellPut(stand: Stand, client: IbClient): Promise<{ conId: number; price: number }> {
  const put = stand.put(20);
  const price = dollars(stand.market.quote(put.conId)?.bid ?? assert.fail());
  const order = { action: 'SELL', totalQuantity: 1, orderType: 'LMT', lmtPrice: price, tif: 'DAY', transmit: true };
  client.api.placeOrder(client.nextId, { conId: put.conId, exchange: 'SMART' } as Contract, order as Order);
  await stepUntil(stand, () => client.of('execDetails').length > 0);
  const execution = client.of('execDetails')[0]?.args[2] as Loose;
  return { conId: put.conId, price: execution.price as number };
}

const value = (client: IbClient, key: string) =>
  client.of('updateAccountValue').findLast(({ args }) => args[0] === key)?.args[1];

for (const version of [193, 178]) {
  test(`account updates tell values, portfolio, time and end, and follow a fill, at ${version}`, LIMIT, async (t) => {
    const stand = await startStand(t, { forceServerVersion: version });
    const client = await connectIb(t, stand.port, 1);
    client.api.reqAccountUpdates(true, ACCOUNT);
    assert.deepEqual((await client.next('accountDownloadEnd')).args, [ACCOUNT]);
    assert.deepEqual([value(client, 'NetLiquidation'), value(client, 'AccountCode')], ['250000.00', ACCOUNT]);
    assert.deepEqual((await client.next('updateAccountTime')).args, ['10:00']);
    const { conId, price } = await sellPut(stand, client);
    const { args } = await client.next('updatePortfolio');
    const [contract, position, marketPrice, marketValue, averageCost, unrealized] = args as [Loose, ...number[]];
    assert.deepEqual([contract.conId, contract.secType, position], [conId, 'OPT', -1]);
    assert.equal(averageCost, Math.round(price * 10_000) / 100);
    assert.equal(marketValue, -Math.round((marketPrice as number) * 10_000) / 100);
    assert.ok(Math.abs((unrealized as number) - ((averageCost as number) + (marketValue as number))) < 0.01);
    assert.ok(Number(value(client, 'TotalCashValue')) > 250_000);
    assert.deepEqual(client.undecoded, []);
  });
}

test('account values that changed are told after three minutes, and no more once cancelled', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectIb(t, stand.port, 1);
  client.api.reqAccountUpdates(true, ACCOUNT);
  await client.next('accountDownloadEnd');
  const from = client.events.length;
  stand.step(10);
  stand.step(200);
  await client.next('updateAccountTime', () => true, from);
  assert.deepEqual(client.of('updateAccountValue', from), []);
  client.api.reqAccountUpdates(false, ACCOUNT);
  client.api.reqCurrentTime();
  await client.next('currentTime');
  const cancelled = client.events.length;
  stand.step(400);
  client.api.reqCurrentTime();
  await client.next('currentTime', () => true, cancelled);
  assert.equal(client.of('updateAccountTime', cancelled).length, 0);
});

test('a summary tells the tags asked for, and its end', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectIb(t, stand.port, 1);
  client.api.reqAccountSummary(5, 'All', 'NetLiquidation,BuyingPower,$LEDGER');
  await client.next('accountSummaryEnd');
  const told = client.of('accountSummary').map(({ args }) => args);
  assert.deepEqual(told[0], [5, ACCOUNT, 'NetLiquidation', '250000.00', 'USD']);
  assert.ok(told.some((args) => args[2] === 'CashBalance') && !told.some((args) => args[2] === 'Cushion'));
  client.api.reqAccountSummary(6, 'All', 'Wealth');
  await client.next('error', (_text: string, code: number, id: number) => code === 321 && id === 6);
  client.api.reqAccountSummary(7, 'All', 'Cushion');
  client.api.reqAccountSummary(8, 'All', 'Cushion');
  await client.next('error', (_text: string, code: number, id: number) => code === 322 && id === 8);
  client.api.cancelAccountSummary(7);
  client.api.reqAccountSummary(9, 'All', 'Cushion');
  await client.next('accountSummaryEnd', (id: number) => id === 9);
  const multi = client.events.length;
  client.api.reqAccountUpdatesMulti(10, ACCOUNT, '', true);
  await client.next('accountUpdateMultiEnd', () => true, multi);
  assert.ok(client.of('accountUpdateMulti').some(({ args }) => args[3] === 'NetLiquidation'));
});

test('positions stream: those held, their end, and each change', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectIb(t, stand.port, 1);
  client.api.reqPositions();
  await client.next('positionEnd');
  assert.equal(client.of('position').length, 0);
  const { conId, price } = await sellPut(stand, client);
  const [account, contract, quantity, cost] = (await client.next('position')).args as [string, Loose, number, number];
  assert.deepEqual([account, contract.conId, contract.symbol, quantity], [ACCOUNT, conId, 'SPY', -1]);
  assert.equal(cost, Math.round(price * 10_000) / 100);
  const other = await connectRaw(t, stand.port, 2);
  other.send(61, 1);
  await other.next(isId(62));
  assert.deepEqual(
    other.received.filter(isId(61)).map((message) => [message.length, message[3], message[14]]),
    [[16, String(conId), '-1']],
  );
});

test('profit and loss stream for the account and for a position', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectIb(t, stand.port, 1);
  client.api.reqPnL(1, ACCOUNT, '');
  assert.deepEqual((await client.next('pnl')).args, [1, 0, 0, 0]);
  const { conId } = await sellPut(stand, client);
  client.api.reqPnLSingle(2, ACCOUNT, '', conId);
  const single = (await client.next('pnlSingle')).args;
  assert.deepEqual([single[1], single[2]], [-1, undefined]);
  assert.ok((single[5] as number) < 0);
  await stepUntil(stand, () => client.of('pnl').length > 3 && client.of('pnlSingle').length > 2);
  client.api.cancelPnL(1);
  client.api.cancelPnLSingle(2);
  client.api.reqCurrentTime();
  await client.next('currentTime');
  const cancelled = client.events.length;
  for (let i = 0; i < 20; i += 1) stand.step(5);
  client.api.reqCurrentTime();
  await client.next('currentTime', () => true, cancelled);
  assert.equal(client.of('pnl', cancelled).length + client.of('pnlSingle', cancelled).length, 0);
  client.api.reqPnL(3, 'DU999', '');
  await client.next('error', (_text: string, code: number, id: number) => code === 321 && id === 3);
});

test('the connect sequence of the Python clients gets each of its ends at 178', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectRaw(t, stand.port, 0);
  client.send(15, 1, 1);
  client.send(61, 1);
  client.send(5, 1);
  client.send(99, 0);
  client.send(6, 2, 1, ACCOUNT);
  client.send(76, 1, 3, ACCOUNT, '', 0);
  client.send(7, 3, 4, 0, '', '', '', '', '', '');
  const ends = [isId(62), isId(53), isId(102), isId(54), isId(74), isId(55)];
  await client.next(isId(55));
  for (const [i, wanted] of ends.entries()) assert.ok(client.received.some(wanted), `end ${i}`);
  assert.deepEqual(client.received.find(isId(54)), ['54', '1', ACCOUNT]);
  assert.deepEqual(client.received.find(isId(74)), ['74', '1', '3']);
  assert.deepEqual(client.received.find(isId(55)), ['55', '1', '4']);
  assert.ok(!client.received.some(isError(321)));
});
