import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contract, Order } from '@stoqey/ib';
import { dollars } from '../../../../agent/core/market/money.ts';
import type { Listing } from '../../../../agent/lab/exchange/market.ts';
import { connectIb, type IbClient, type IbEvent } from './ib-client.ts';
import { connectRaw, isError, isId, type Message, placeOrderFields } from './raw-client.ts';
import { ACCOUNT, type Stand, startStand, stepUntil } from './stand.ts';

const LIMIT = { timeout: 30_000 };
const VERSIONS = [193, 178];

type Loose = Record<string, unknown>;

const bid = (stand: Stand, put: Listing) => dollars(stand.market.quote(put.conId)?.bid ?? assert.fail('no bid'));
const contract = (put: Listing) => ({ conId: put.conId, symbol: 'SPY', secType: 'OPT', exchange: 'SMART' }) as Contract;
const order = (over: Partial<Order>) =>
  ({
    action: 'SELL',
    totalQuantity: 1,
    orderType: 'LMT',
    tif: 'DAY',
    transmit: true,
    orderRef: 'ref',
    ...over,
  }) as Order;

const first = (events: readonly IbEvent[]) => events[0]?.args ?? assert.fail('nothing came');
const last = (events: readonly IbEvent[]) => events.at(-1)?.args ?? assert.fail('nothing came');

/** Order messages in the order of arrival, in short: `open Submitted`, `status Filled 1`, `fill`, `commission`, `error 202`. */
function story(client: IbClient, from = 0): string[] {
  return client.events.slice(from).flatMap(({ name, args }) => {
    if (name === 'openOrder') return [`open ${(args[3] as Loose).status}`];
    if (name === 'orderStatus') return [`status ${args[1]} ${args[2]}`];
    if (name === 'execDetails') return ['fill'];
    if (name === 'commissionReport') return ['commission'];
    if (name === 'error') return [`error ${args[1]}`];
    return [];
  });
}

for (const version of VERSIONS) {
  const title = (text: string) => `${text}, at ${version}`;
  const forced = { forceServerVersion: version };

  test(title('an order is accepted, filled on a newer quote and reported with its commission'), LIMIT, async (t) => {
    const stand = await startStand(t, forced);
    const client = await connectIb(t, stand.port, 3);
    const put = stand.put(20);
    const price = bid(stand, put);
    client.api.placeOrder(
      client.nextId,
      contract(put),
      order({ lmtPrice: price, orderRef: 'entry-1', totalQuantity: 2 }),
    );
    await client.next('orderStatus', (_id: number, status: string) => status === 'Submitted');
    assert.deepEqual(story(client), [
      'open PreSubmitted',
      'status PreSubmitted 0',
      'open Submitted',
      'status Submitted 0',
    ]);
    await stepUntil(stand, () => client.of('orderStatus').some(({ args }) => args[1] === 'Filled'));
    await client.next('commissionReport');
    assert.deepEqual(story(client).slice(-4), ['fill', 'open Filled', 'status Filled 2', 'commission']);
    const [, filledContract, execution] = last(client.of('execDetails')) as [number, Loose, Loose];
    assert.deepEqual([filledContract.conId, filledContract.secType, filledContract.right], [put.conId, 'OPT', 'P']);
    assert.deepEqual(
      [execution.side, execution.orderRef, execution.clientId, execution.acctNumber],
      ['SLD', 'entry-1', 3, ACCOUNT],
    );
    assert.match(execution.time as string, /^20261120 10:\d\d:\d\d US\/Eastern$/);
    const [report] = last(client.of('commissionReport')) as [Loose];
    assert.deepEqual(
      [report.execId, report.currency, (report.commission as number) > 0],
      [execution.execId, 'USD', true],
    );
    const [, , told] = first(client.of('openOrder')) as [number, Loose, Loose, Loose];
    assert.deepEqual([told.lmtPrice, told.orderRef, told.account, told.totalQuantity], [price, 'entry-1', ACCOUNT, 2]);
    assert.deepEqual(client.undecoded, []);
  });

  test(title('a combo fills as a whole and in legs, and a credit has a negative price'), LIMIT, async (t) => {
    const stand = await startStand(t, forced);
    const client = await connectIb(t, stand.port, 3);
    const [short, long] = [stand.put(15), stand.put(25)];
    const legs = [
      { conId: short.conId, ratio: 1, action: 'SELL', exchange: 'SMART' },
      { conId: long.conId, ratio: 1, action: 'BUY', exchange: 'SMART' },
    ];
    const bag = { symbol: 'SPY', secType: 'BAG', exchange: 'SMART', currency: 'USD', comboLegs: legs };
    const credit = -Math.round((bid(stand, short) - bid(stand, long)) * 50) / 100;
    client.api.placeOrder(
      client.nextId,
      bag as Contract,
      order({ action: 'BUY' as Order['action'] & string, lmtPrice: credit }),
    );
    await stepUntil(stand, () => client.of('orderStatus').some(({ args }) => args[1] === 'Filled'));
    await client.next('commissionReport');
    const fills = client
      .of('execDetails')
      .map(({ args }) => [(args[1] as Loose).secType, (args[1] as Loose).conId, (args[2] as Loose).side]);
    assert.deepEqual(fills, [
      ['BAG', 28_812_380, 'BOT'],
      ['OPT', short.conId, 'SLD'],
      ['OPT', long.conId, 'BOT'],
    ]);
    const price = client.of('orderStatus').at(-1)?.args[4] as number;
    assert.ok(price < 0 && price <= credit, `${price} for a limit of ${credit}`);
    assert.equal(client.of('commissionReport').length, 2);
    const [, told] = last(client.of('openOrder')) as [number, Loose];
    assert.deepEqual(
      (told.comboLegs as Loose[]).map((leg) => leg.conId),
      [short.conId, long.conId],
    );
    assert.deepEqual(client.undecoded, []);
  });

  test(title('a changed order keeps its permId, and a cancelled one ends with 202'), LIMIT, async (t) => {
    const stand = await startStand(t, forced);
    const client = await connectIb(t, stand.port, 3);
    const put = stand.put(20);
    const id = client.nextId;
    client.api.placeOrder(id, contract(put), order({ lmtPrice: 50 }));
    await client.next('orderStatus', (_id: number, status: string) => status === 'Submitted');
    const from = client.events.length;
    client.api.placeOrder(id, contract(put), order({ lmtPrice: 49 }));
    await client.next('orderStatus', () => true, from);
    assert.deepEqual(story(client, from), ['open Submitted', 'status Submitted 0']);
    assert.equal((first(client.of('openOrder', from))[2] as Loose).lmtPrice, 49);
    const permIds = new Set(client.of('orderStatus').map(({ args }) => args[5]));
    assert.equal(permIds.size, 1);
    const cancelled = client.events.length;
    client.api.cancelOrder(id);
    await client.next('error', (_text: string, code: number) => code === 202, cancelled);
    assert.deepEqual(story(client, cancelled), ['status Cancelled 0', 'error 202']);
    client.api.reqCompletedOrders(false);
    await client.next('completedOrdersEnd');
    const [, completed, state] = first(client.of('completedOrder')) as [Loose, Loose, Loose];
    assert.deepEqual([completed.permId, completed.lmtPrice, state.status], [[...permIds][0], 49, 'Cancelled']);
    assert.deepEqual(client.undecoded, []);
  });

  test(title('a what-if tells margins and leaves no order'), LIMIT, async (t) => {
    const stand = await startStand(t, forced);
    const client = await connectIb(t, stand.port, 3);
    client.api.placeOrder(client.nextId, contract(stand.put(20)), order({ lmtPrice: 5, whatIf: true }));
    const [, , told, state] = (await client.next('openOrder')).args as [number, Loose, Loose, Loose];
    assert.equal(told.whatIf, true);
    assert.ok((state.initMarginAfter as number) > (state.initMarginBefore as number));
    assert.ok((state.commission as number) > 0);
    client.api.reqAllOpenOrders();
    await client.next('openOrderEnd');
    assert.equal(client.of('orderStatus').length, 0);
    assert.deepEqual(client.undecoded, []);
  });

  test(title('wrong orders are refused with the codes of the broker'), LIMIT, async (t) => {
    const stand = await startStand(t, forced);
    const client = await connectIb(t, stand.port, 3);
    const put = contract(stand.put(20));
    const refusal = async (wanted: Partial<Order>, what: Partial<Contract> = put) => {
      const from = client.events.length;
      const id = from + 10;
      client.api.placeOrder(id, what as Contract, order({ lmtPrice: 5, ...wanted }));
      const { args } = await client.next('error', () => true, from);
      assert.equal(args[2], id);
      return args[1];
    };
    assert.equal(await refusal({}, { ...put, conId: 999_999_999 }), 200);
    assert.equal(await refusal({}, { symbol: 'SPY', secType: 'OPT', exchange: 'SMART' } as Contract), 200);
    assert.equal(await refusal({ lmtPrice: 5.001 }), 110);
    assert.equal(await refusal({ orderType: 'STP' as Order['orderType'] & string }), 387);
    assert.equal(await refusal({ ocaGroup: 'G' }), 321);
    assert.equal(await refusal({ algoStrategy: 'Adaptive', algoParams: [] }), 321);
    assert.equal(await refusal({ lmtPrice: undefined } as unknown as Order), 321);
    assert.equal(await refusal({ totalQuantity: 1.5 }), 10243);
    assert.equal(await refusal({ account: 'DU999' }), 321);
    assert.equal(await refusal({ totalQuantity: 5000 }), 201);
    const from = client.events.length;
    client.api.placeOrder(1, put, order({ lmtPrice: 5 }));
    assert.equal((await client.next('error', () => true, from)).args[1], 103);
  });
}

test('without transmit an order is held and never fills', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectIb(t, stand.port, 3);
  client.api.placeOrder(
    client.nextId,
    contract(stand.put(20)),
    order({ lmtPrice: 0.05, transmit: undefined } as unknown as Order),
  );
  await client.next('orderStatus');
  for (let i = 0; i < 50; i += 1) stand.step(5);
  client.api.reqCurrentTime();
  await client.next('currentTime');
  assert.deepEqual(story(client), ['open PreSubmitted', 'status PreSubmitted 0']);
});

test('two clients of different versions trade at the same time and hear only of their own', LIMIT, async (t) => {
  const stand = await startStand(t);
  const modern = await connectIb(t, stand.port, 1);
  const raw = await connectRaw(t, stand.port, 2);
  assert.equal(modern.serverVersion, 193);
  const put = stand.put(20);
  const fields = placeOrderFields({
    orderId: 1,
    conId: put.conId,
    action: 'SELL',
    quantity: 1,
    limit: bid(stand, put),
    ref: 'raw',
  });
  assert.equal(fields.length, 114);
  raw.send(...fields);
  modern.api.placeOrder(modern.nextId, contract(put), order({ lmtPrice: bid(stand, put), orderRef: 'modern' }));
  const rawFilled = (message: Message) => message[0] === '3' && message[2] === 'Filled';
  const modernFilled = () => modern.of('orderStatus').some(({ args }) => args[1] === 'Filled');
  await stepUntil(stand, () => raw.received.some(rawFilled) && modernFilled());
  assert.deepEqual(
    raw.received.filter(isId(11)).map((message) => message[26]),
    ['raw'],
  );
  assert.equal(raw.received.find(isId(11))?.length, 32);
  assert.equal(raw.received.find(isId(5))?.length, 135);
  await raw.next(isId(59));
  assert.deepEqual(
    modern.of('execDetails').map(({ args }) => (args[2] as Loose).orderRef),
    ['modern'],
  );
  raw.send(7, 3, 40, 0, '', '', '', '', '', '');
  await raw.next(isId(55));
  const asked = raw.received.filter((message) => message[0] === '11' && message[1] === '40');
  assert.deepEqual(
    asked.map((message) => message[26]),
    ['raw'],
  );
  modern.api.reqExecutions(50, { clientId: '2' });
  await modern.next('execDetailsEnd');
  assert.deepEqual(
    modern
      .of('execDetails')
      .filter(({ args }) => args[0] === 50)
      .map(({ args }) => (args[2] as Loose).orderRef),
    ['raw'],
  );
});

test('a client cancels its own orders only, but a global cancel ends those of all', LIMIT, async (t) => {
  const stand = await startStand(t, { masterClientId: 9 });
  const one = await connectIb(t, stand.port, 1);
  const two = await connectRaw(t, stand.port, 2);
  const master = await connectIb(t, stand.port, 9);
  const put = stand.put(20);
  one.api.placeOrder(one.nextId, contract(put), order({ lmtPrice: 50 }));
  two.send(...placeOrderFields({ orderId: 5, conId: put.conId, action: 'SELL', quantity: 1, limit: 51, ref: 'two' }));
  await master.next('orderStatus', (id: number, status: string) => id === 5 && status === 'Submitted');
  two.send(4, 1, 1, '');
  assert.equal((await two.next((message) => message[0] === '4' && message[2] === '1'))[3], '10147');
  one.api.reqAllOpenOrders();
  await one.next('openOrderEnd');
  const own = one.events.length;
  assert.deepEqual(new Set(one.of('openOrder').map(({ args }) => (args[2] as Loose).clientId)), new Set([1, 2]));
  one.api.reqOpenOrders();
  await one.next('openOrderEnd', () => true, own);
  assert.deepEqual(
    one.of('openOrder', own).map(({ args }) => (args[2] as Loose).clientId),
    [1],
  );
  two.send(58, 1);
  await two.next(isError(202));
  await one.next('error', (_text: string, code: number) => code === 202);
  assert.equal(master.of('orderStatus').filter(({ args }) => args[1] === 'Cancelled').length, 2);
  two.send(4, 1, 5, '');
  await two.next(isError(161));
  const again = one.events.length;
  one.api.reqAllOpenOrders();
  await one.next('openOrderEnd', () => true, again);
  assert.equal(one.of('openOrder', again).length, 0);
});

test('a client that comes back is told of its working orders, and can cancel them', LIMIT, async (t) => {
  const stand = await startStand(t);
  const gone = await connectRaw(t, stand.port, 2);
  gone.send(
    ...placeOrderFields({
      orderId: 5,
      conId: stand.put(20).conId,
      action: 'SELL',
      quantity: 1,
      limit: 51,
      ref: 'kept',
    }),
  );
  await gone.next((message) => message[0] === '3' && message[2] === 'Submitted');
  gone.end();
  while (!stand.lines.some(({ sentence }) => sentence === 'client disconnected')) await new Promise(setImmediate);
  const again = await connectRaw(t, stand.port, 2);
  assert.deepEqual(
    again.received.slice(1, 5).map((message) => Number(message[0])),
    [15, 9, 5, 3],
  );
  assert.equal(again.received[2]?.[2], '6');
  again.send(4, 1, 5, '');
  await again.next(isError(202));
});

test('exercise instructions and binding by others than client 0 are refused in words', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectIb(t, stand.port, 3);
  client.api.exerciseOptions(12, contract(stand.put(20)), 1, 1, ACCOUNT, 0);
  await client.next(
    'error',
    (text: string, code: number, id: number) => code === 321 && id === 12 && text.includes('exercise'),
  );
  client.api.reqAutoOpenOrders(true);
  await client.next('info', (text: string, code: number) => code === 321 && text.includes('default client'));
});

test('an order that cannot be read is refused by its id', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectRaw(t, stand.port, 2);
  const fields = placeOrderFields({ orderId: 5, conId: 1, action: 'SELL', quantity: 1, limit: 5, ref: 'x' });
  client.send(...fields.slice(0, -1));
  assert.deepEqual((await client.next(isError(320))).slice(0, 4), ['4', '2', '5', '320']);
});
