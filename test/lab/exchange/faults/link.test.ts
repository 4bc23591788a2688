import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultOf } from '../../../../agent/lab/exchange/faults/fault.ts';
import { connectIb } from '../server/ib-client.ts';
import { connectRaw, isError, isId, type RawClient } from '../server/raw-client.ts';
import { startStand, stepUntil } from '../server/stand.ts';
import { type Desk, errors, heard, ids, LIMIT, pass, place, startDesk, statuses, subscribe } from './desk.ts';

const TICKS = [1, 2, 21, 45, 46];

function ticksOf(client: RawClient, from = 0): number {
  return ids(client, from).filter((id) => TICKS.includes(id)).length;
}

async function watching(desk: Desk, requestId = 7): Promise<void> {
  subscribe(desk.client, requestId, desk.option.conId);
  await desk.client.next(isId(58));
}

/** Steps until the quote has moved, and hears what was said of it. */
async function move(desk: Desk): Promise<void> {
  const before = desk.market.quote(desk.option.conId);
  await stepUntil(desk, () => desk.market.quote(desk.option.conId) !== before);
  await heard(desk.client);
}

test(
  'connectivity: 1100, silence while things happen, 1102; the fill is there when it is asked for',
  LIMIT,
  async (t) => {
    const desk = await startDesk(t);
    desk.faults.set(faultOf('fillPlan', { steps: '2+5000' }));
    place(desk);
    await heard(desk.client);
    const from = desk.client.received.length;
    desk.faults.set(faultOf('connectivity', { ms: 20_000 }));
    desk.client.send(61, 1);
    desk.client.send(4, 1, 1, '');
    await heard(desk.client);
    await pass(desk, 19_999);
    await heard(desk.client);
    assert.deepEqual(ids(desk.client, from), [4, 49, 49]);
    await pass(desk, 1);
    await desk.client.next(isError(1102), from);
    assert.deepEqual(errors(desk.client, from), [1100, 1102]);
    desk.client.send(7, 3, 9, 0, '', '', '', '', '', '');
    assert.equal((await desk.client.next(isId(11), from))[19], '2');
  },
);

test('connectivity: after 1101 nothing is subscribed to any more, and can be again', LIMIT, async (t) => {
  const desk = await startDesk(t);
  await watching(desk);
  desk.faults.set(faultOf('connectivity', { ms: 1000, code: '2110', restored: '1101' }));
  await pass(desk, 1000);
  await desk.client.next(isError(1101));
  const from = desk.client.received.length;
  await move(desk);
  assert.equal(ticksOf(desk.client, from), 0);
  await watching(desk);
  await desk.client.next(isId(1), from);
  assert.deepEqual(errors(desk.client, from), []);
});

test('farm: quotes stop with 2103 and go on with 2104, or do not until they are asked for again', LIMIT, async (t) => {
  for (const resume of [true, false]) {
    const desk = await startDesk(t);
    await watching(desk);
    const lost = desk.client.received.length;
    desk.faults.set(faultOf('farm', { ms: 60_000, resume }));
    await move(desk);
    assert.deepEqual([ticksOf(desk.client, lost), errors(desk.client, lost)], [0, [2103]]);
    await pass(desk, 60_000);
    await desk.client.next(isError(2104), lost);
    const from = desk.client.received.length;
    await move(desk);
    assert.equal(ticksOf(desk.client, from) > 0, resume);
    desk.client.send(2, 2, 7);
    await watching(desk, 8);
    await desk.client.next((message) => message[0] === '1' && message[2] === '8', from);
  }
});

test('farm: without the history farm there are no bars, without sec-def no contracts', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('farm', { farm: 'history' }));
  desk.faults.set(faultOf('farm', { farm: 'secdef' }));
  const from = desk.client.received.length;
  bars(desk.client, 5, '1 M');
  desk.client.send(78, 6, 'SPY', '', 'STK', 1);
  await heard(desk.client);
  assert.deepEqual(errors(desk.client, from), [2105, 2157, 162]);
  await pass(desk, 10_000);
  await heard(desk.client);
  assert.deepEqual(errors(desk.client, from), [2105, 2157, 162, 2106, 2158]);
  bars(desk.client, 7, '1 M');
  await desk.client.next(isId(17), from);
});

test(
  'competingSession: streams get 10197 and fall silent, new ones are refused; kicked clients stay out',
  LIMIT,
  async (t) => {
    const desk = await startDesk(t);
    await watching(desk);
    const from = desk.client.received.length;
    desk.faults.set(faultOf('competingSession', { ms: 60_000 }));
    subscribe(desk.client, 8, desk.option.conId);
    await move(desk);
    assert.deepEqual([ticksOf(desk.client, from), errors(desk.client, from)], [0, [10197, 10197]]);
    await pass(desk, 60_000);
    await move(desk);
    assert.ok(ticksOf(desk.client, from) > 0);
    desk.faults.set(faultOf('competingSession', { ms: 5000, kick: true }));
    await desk.client.whenClosed();
    await assert.rejects(connectRaw(t, desk.port, 1));
    await pass(desk, 5000);
    await connectRaw(t, desk.port, 1);
  },
);

test('readOnly: orders, cancels and the cancel of everything are refused with 321', LIMIT, async (t) => {
  const desk = await startDesk(t);
  place(desk);
  await heard(desk.client);
  desk.faults.set(faultOf('readOnly'));
  const from = desk.client.received.length;
  place(desk, { orderId: 2 });
  desk.client.send(4, 1, 1, '');
  desk.client.send(58, 1);
  await heard(desk.client);
  const told = desk.client.received.slice(from, -1).map((message) => [message[2], message[3]]);
  assert.deepEqual(told, [
    ['2', '321'],
    ['1', '321'],
    ['-1', '321'],
  ]);
  assert.equal(desk.exchange.book.openOrders().length, 1);
});

test(
  'rateLimit: more than 50 messages in a second are dropped with 100, the third time ends the connection',
  LIMIT,
  async (t) => {
    const desk = await startDesk(t);
    desk.faults.set(faultOf('rateLimit', { strikes: 3 }));
    const from = desk.client.received.length;
    for (let i = 0; i < 50; i += 1) desk.client.send(49, 1);
    await desk.client.next(isId(49), from + 49);
    assert.deepEqual(errors(desk.client, from), []);
    desk.client.send(49, 1);
    assert.equal((await desk.client.next(isError(100), from))[2], '-1');
    await pass(desk, 1000);
    await heard(desk.client);
    for (let i = 0; i < 51; i += 1) desk.client.send(49, 1);
    await desk.client.whenClosed();
    assert.deepEqual(errors(desk.client, from), [100, 100, 100]);
  },
);

test('lines: there are so many and then 101, until one is given back', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('lines', { count: 1 }));
  await watching(desk);
  subscribe(desk.client, 8, desk.option.conId);
  assert.equal((await desk.client.next(isError(101)))[2], '8');
  desk.client.send(2, 2, 7);
  await watching(desk, 9);
});

test('historicalPacing: the same request too soon, and too many, get 162', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('historicalPacing', { requests: 3, ms: 600_000, sameMs: 15_000 }));
  const from = desk.client.received.length;
  const ask = async (requestId: number, duration: string) => {
    bars(desk.client, requestId, duration);
    await heard(desk.client);
  };
  await ask(1, '1 M');
  await ask(2, '1 M');
  assert.deepEqual(errors(desk.client, from), [162]);
  await pass(desk, 15_000);
  await ask(3, '1 M');
  assert.deepEqual(errors(desk.client, from), [162]);
  await ask(4, '2 M');
  assert.deepEqual(errors(desk.client, from), [162, 162]);
  await pass(desk, 600_000);
  await ask(5, '2 M');
  assert.deepEqual(ids(desk.client, from).filter((id) => id === 17).length, 3);
});

test('marketDataType: delayed data is delivered and told, with its own ticks', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('marketDataType', { type: '3', code: '10167' }));
  const ib = await connectIb(t, desk.port, 2);
  const types: number[] = [];
  ib.api.on('tickPrice' as never, ((_: number, type: number) => types.push(type)) as never);
  ib.api.reqMktData(7, { conId: desk.option.conId, exchange: 'SMART' }, '', false, false);
  await ib.next('marketDataType', (id: number, type: number) => id === 7 && type === 3);
  await ib.next('error', (_: unknown, code: number) => code === 10167);
  await ib.next('tickPrice');
  assert.ok(types.every((type) => type >= 66));
});

test('marketDataType: a stream that runs is told when it turns, and when it is live again', LIMIT, async (t) => {
  const desk = await startDesk(t);
  await watching(desk);
  const from = desk.client.received.length;
  desk.faults.set(faultOf('marketDataType', { type: '3' }));
  desk.faults.clear();
  await heard(desk.client);
  const told = desk.client.received.slice(from).flatMap(([id, , , type]) => (id === '58' ? [type] : []));
  assert.deepEqual(told, ['3', '1']);
});

test('marketDataType: 354 ends a stream at its beginning and in the middle, 10090 does not', LIMIT, async (t) => {
  for (const code of ['354', '10197', '10090'] as const) {
    const desk = await startDesk(t);
    await watching(desk);
    const from = desk.client.received.length;
    desk.faults.set(faultOf('marketDataType', { type: '1', code }));
    await move(desk);
    assert.equal(ticksOf(desk.client, from) > 0, code === '10090');
    subscribe(desk.client, 8, desk.option.conId);
    await heard(desk.client);
    assert.deepEqual(errors(desk.client, from), [Number(code), Number(code)]);
    const second = desk.client.received.some((message) => message[0] === '1' && message[2] === '8');
    assert.equal(second, code === '10090');
  }
});

test('quotes: frozen, crossed, none, NaN, and without greeks', LIMIT, async (t) => {
  const seen = async (how: 'frozen' | 'crossed' | 'none' | 'nan' | 'noGreeks') => {
    const desk = await startDesk(t);
    desk.faults.set(faultOf('quotes', { how }));
    await watching(desk);
    await heard(desk.client);
    const price = (type: string) =>
      desk.client.received.find((message) => message[0] === '1' && message[3] === type)?.[4];
    return { bid: price('1'), ask: price('2'), greeks: ids(desk.client).includes(21) };
  };
  assert.deepEqual(await seen('frozen'), { bid: undefined, ask: undefined, greeks: false });
  const crossed = await seen('crossed');
  assert.ok(Number(crossed.bid) > Number(crossed.ask));
  assert.deepEqual(await seen('none'), { bid: '-1', ask: '-1', greeks: true });
  assert.deepEqual(await seen('nan'), { bid: 'NaN', ask: 'NaN', greeks: true });
  const plain = await seen('noGreeks');
  assert.ok(Number(plain.bid) > 0 && !plain.greeks);
});

test('clockSkew: the gateway is ahead in its greeting and when it is asked', LIMIT, async (t) => {
  const stand = await startStand(t);
  stand.faults.set(faultOf('clockSkew', { ms: 90_000 }));
  const client = await connectRaw(t, stand.port, 1);
  assert.equal(client.received[0]?.[1], '20261120 10:01:30 EST');
  client.send(49, 1);
  assert.equal(Number((await client.next(isId(49)))[2]), stand.clock.now() / 1000 + 90);
});

test('hugeReply: a reply has as many bars as are asked of it', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('hugeReply', { bars: 20_000 }));
  bars(desk.client, 5, '1 M');
  const reply = await desk.client.next(isId(17));
  assert.deepEqual([reply[4], reply.length], ['20000', 5 + 8 * 20_000]);
  assert.equal(reply[5], reply[5 + 8 * 21]);
});

test('a fault that has ended leaves no trace: the same conversation gives the same bytes', LIMIT, async (t) => {
  const talk = async (before: (desk: Desk) => void) => {
    const desk = await startDesk(t);
    before(desk);
    const from = desk.client.received.length;
    place(desk);
    subscribe(desk.client, 7, desk.option.conId);
    await heard(desk.client);
    return [desk.client.received.slice(from), statuses(desk.client)];
  };
  const plain = await talk(() => {});
  const after = await talk(({ faults }) => {
    faults.set(faultOf('readOnly'));
    faults.set(faultOf('chunking'));
    faults.set(faultOf('reorder'));
    faults.set(faultOf('commissionFirst'));
    faults.set(faultOf('fillPlan'));
    faults.clear();
  });
  assert.deepEqual(after, plain);
});

function bars(client: RawClient, requestId: number, duration: string): void {
  const contract = [0, 'SPY', 'STK', '', '0.0', '', '', 'SMART', '', 'USD', '', ''];
  client.send(20, requestId, ...contract, 0, '', '1 day', duration, 1, 'TRADES', 1, 0, '');
}
