import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Contract, EventName } from '@stoqey/ib';
import { dollars } from '../../../../agent/core/market/money.ts';
import type { Market } from '../../../../agent/lab/exchange/market.ts';
import { SyntheticMarket } from '../../../../agent/lab/exchange/synthetic-market.ts';
import { connectIb } from './ib-client.ts';
import { connectRaw, isError, isId, type RawClient } from './raw-client.ts';
import { startStand, stepUntil } from './stand.ts';

const LIMIT = { timeout: 30_000 };

const subscribe = (client: RawClient, id: number, conId: number, lists = '', snapshot = 0) =>
  client.send(1, 11, id, conId, '', '', '', '', '', '', 'SMART', '', '', '', '', 0, lists, snapshot, 0, '');

/** `58`, `81`, then ticks as `1.4` for the price tick of type 4. */
const kinds = (client: RawClient, id: number) =>
  client.received.flatMap((message) => {
    const [kind] = message;
    if (kind === '58' && message[2] === String(id)) return ['58'];
    if (kind === '81' && message[1] === String(id)) return ['81'];
    if (kind === '21' && message[1] === String(id)) return [`21.${message[2]}`];
    return ['1', '2', '45', '46'].includes(kind as string) && message[2] === String(id)
      ? [`${kind}.${message[3]}`]
      : [];
  });

/** The same market, whose data is of another kind. */
function marketWith(kind: 'delayed' | 'frozen'): Market {
  const market = new SyntheticMarket({ seed: 1 });
  const quote = market.quote.bind(market);
  return Object.assign(market, {
    quote: (conId: number) => {
      const found = quote(conId);
      return found === null ? null : { ...found, data: kind };
    },
  });
}

test('a subscription begins with type and parameters, then ticks in the order of a gateway', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectRaw(t, stand.port, 1);
  const put = stand.put(10);
  subscribe(client, 5, put.conId, '101');
  client.send(49, 1);
  await client.next(isId(49));
  const told = kinds(client, 5);
  assert.deepEqual(told.slice(0, 2), ['58', '81']);
  for (const tick of ['45.49', '1.1', '2.0', '1.2', '2.3', '21.10', '21.11', '21.13', '2.27', '2.28']) {
    assert.ok(told.includes(tick), `${tick} in ${told}`);
  }
  assert.ok(told.indexOf('1.1') < told.indexOf('1.2') && told.indexOf('1.2') < told.indexOf('21.13'));
});

for (const version of [193, 178]) {
  test(`the real client reads quote, greeks and open interest as the market says, at ${version}`, LIMIT, async (t) => {
    const stand = await startStand(t, { forceServerVersion: version });
    const client = await connectIb(t, stand.port, 1);
    const put = stand.put(10);
    client.api.reqMktData(5, { conId: put.conId, exchange: 'SMART' } as Contract, '100,101,106', false, false);
    client.api.reqCurrentTime();
    await client.next('currentTime');
    const quote = stand.market.quote(put.conId) ?? assert.fail();
    const price = (type: number) => client.of('tickPrice').find(({ args }) => args[1] === type)?.args[2];
    const size = (type: number) => client.of('tickSize').find(({ args }) => args[1] === type)?.args[2];
    assert.deepEqual([price(1), price(2)], [dollars(quote.bid ?? assert.fail()), dollars(quote.ask ?? assert.fail())]);
    assert.deepEqual([size(0), size(3), size(28), size(27)], [quote.bidSize, quote.askSize, quote.openInterest, 0]);
    assert.deepEqual(client.of('marketDataType')[0]?.args, [5, 1]);
    const greeks = client.of('tickOptionComputation').find(({ args }) => args[1] === 13)?.args ?? [];
    const model = quote.model ?? assert.fail();
    const near = (value: unknown, wanted: number) => assert.ok(Math.abs((value as number) - wanted) < 1e-6, `${value}`);
    [model.impliedVolatility, model.delta].forEach((wanted, i) => {
      near(greeks[3 + i], wanted);
    });
    [model.gamma, model.vega, model.theta, dollars(model.underlying)].forEach((wanted, i) => {
      near(greeks[7 + i], wanted);
    });
    const volatility = (type: number) =>
      client.of('tickOptionComputation').find(({ args }) => args[1] === type)?.args[3] as number;
    assert.ok(volatility(10) < volatility(13) && volatility(13) < volatility(11));
    assert.deepEqual(client.undecoded, []);
  });
}

test('steps tell what changed and nothing else, until the subscription is cancelled', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectIb(t, stand.port, 1);
  const put = stand.put(10);
  client.api.reqMktData(5, { conId: put.conId, exchange: 'SMART' } as Contract, '', false, false);
  await client.next('tickOptionComputation', (_id: number, type: number) => type === 13);
  const seen = client.events.length;
  await stepUntil(stand, () => client.of('tickPrice', seen).length > 3);
  const bids = client
    .of('tickPrice')
    .filter(({ args }) => args[1] === 1)
    .map(({ args }) => args[2]);
  assert.equal(bids.at(-1), dollars(stand.market.quote(put.conId)?.bid ?? assert.fail()));
  assert.ok(bids.every((bid, i) => i === 0 || bid !== bids[i - 1]));
  client.api.cancelMktData(5);
  client.api.reqCurrentTime();
  await client.next('currentTime');
  const cancelled = client.events.length;
  for (let i = 0; i < 30; i += 1) stand.step(5);
  client.api.reqCurrentTime();
  await client.next('currentTime', () => true, cancelled);
  assert.equal(client.of('tickPrice', cancelled).length, 0);
  client.api.cancelMktData(5);
  await client.next('error', (_text: string, code: number, id: number) => code === 300 && id === 5);
});

test('a snapshot ends with its end and streams nothing', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectRaw(t, stand.port, 1);
  const put = stand.put(10);
  subscribe(client, 5, put.conId, '', 1);
  assert.deepEqual(await client.next(isId(57)), ['57', '1', '5']);
  const count = client.received.length;
  for (let i = 0; i < 30; i += 1) stand.step(5);
  client.send(49, 1);
  await client.next(isId(49));
  assert.equal(client.received.length, count + 1);
});

test('snapshots give their line back', LIMIT, async (t) => {
  const stand = await startStand(t, { marketDataLines: 1 });
  const client = await connectRaw(t, stand.port, 1);
  const stock = stand.market.listings('SPY')[0]?.conId ?? 0;
  for (const id of [1, 2]) {
    subscribe(client, id, stock, '', 1);
    await client.next((message) => message[0] === '57' && message[2] === String(id));
  }
});

test(
  'beyond a hundred lines 101 is the answer, for all clients together, and a cancel frees a line',
  LIMIT,
  async (t) => {
    const stand = await startStand(t, { marketDataLines: 3 });
    const one = await connectRaw(t, stand.port, 1);
    const two = await connectRaw(t, stand.port, 2);
    const stock = stand.market.listings('SPY')[0]?.conId ?? 0;
    for (const id of [1, 2, 3]) subscribe(one, id, stock);
    one.send(49, 1);
    await one.next(isId(49));
    subscribe(two, 7, stock);
    assert.equal((await two.next(isError(101)))[2], '7');
    one.send(2, 1, 2);
    one.send(49, 1);
    await one.next(isId(49), one.received.length);
    subscribe(two, 8, stock);
    await two.next((message) => message[0] === '58' && message[2] === '8');
    one.end();
    while (!stand.lines.some(({ sentence }) => sentence === 'client disconnected')) await new Promise(setImmediate);
    for (const id of [10, 11]) subscribe(two, id, stock);
    await two.next((message) => message[0] === '58' && message[2] === '11');
  },
);

test('wrong market data requests are refused with the codes of the broker', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectRaw(t, stand.port, 1);
  const stock = stand.market.listings('SPY')[0]?.conId ?? 0;
  subscribe(client, 1, 424_242);
  await client.next(isError(200));
  subscribe(client, 2, stock, '999');
  assert.equal((await client.next(isError(321)))[2], '2');
  subscribe(client, 3, stock, '101', 1);
  await client.next((message) => message[3] === '321' && message[2] === '3');
  subscribe(client, 4, stock);
  subscribe(client, 4, stock);
  assert.equal((await client.next(isError(322)))[2], '4');
});

test('delayed data is refused unless asked for, and then marked and numbered as such', LIMIT, async (t) => {
  const stand = await startStand(t, { market: marketWith('delayed') });
  const client = await connectIb(t, stand.port, 1);
  const put = { conId: stand.put(10).conId, exchange: 'SMART' } as Contract;
  client.api.reqMktData(1, put, '', false, false);
  await client.next('error', (_text: string, code: number, id: number) => code === 354 && id === 1);
  client.api.reqMarketDataType(3);
  client.api.reqMktData(2, put, '', false, false);
  await client.next('error', (_text: string, code: number, id: number) => code === 10167 && id === 2);
  assert.deepEqual((await client.next('marketDataType')).args, [2, 3]);
  await client.next('tickPrice', (_id: number, type: number) => type === 66);
  await client.next('tickOptionComputation', (_id: number, type: number) => type === 83);
  assert.ok(client.of('tickPrice').every(({ args }) => (args[1] as number) >= 66));
});

test('frozen data comes with its type and the numbers of live data', LIMIT, async (t) => {
  const stand = await startStand(t, { market: marketWith('frozen') });
  const client = await connectIb(t, stand.port, 1);
  client.api.reqMktData(1, { conId: stand.put(10).conId, exchange: 'SMART' } as Contract, '', false, false);
  assert.deepEqual((await client.next('marketDataType')).args, [1, 2]);
  await client.next('tickPrice', (_id: number, type: number) => type === 1);
});

test('before the open bid and ask are told as none, and greeks as not computed', LIMIT, async (t) => {
  const stand = await startStand(t, { time: '08:30' });
  const client = await connectIb(t, stand.port, 1);
  const put = stand.market.listings('SPY').find(({ instrument }) => instrument.kind === 'option') ?? assert.fail();
  client.api.reqMktData(1, { conId: put.conId, exchange: 'SMART' } as Contract, '', false, false);
  assert.deepEqual((await client.next('tickPrice', (_id: number, type: number) => type === 1)).args.slice(1), [
    1,
    -1,
    false,
  ]);
  const model = await client.next('tickOptionComputation', (_id: number, type: number) => type === 13);
  assert.deepEqual(model.args.slice(3), new Array(8).fill(undefined));
});

test('a combination is quoted from its legs', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectIb(t, stand.port, 1);
  const [short, long] = [stand.put(15), stand.put(25)];
  const leg = { ratio: 1, exchange: 'SMART' };
  const comboLegs = [
    { ...leg, conId: short.conId, action: 'SELL' },
    { ...leg, conId: long.conId, action: 'BUY' },
  ];
  client.api.reqMktData(
    1,
    { symbol: 'SPY', secType: 'BAG', exchange: 'SMART', currency: 'USD', comboLegs } as Contract,
    '',
    false,
    false,
  );
  await client.next(EventName.tickPrice, (_id: number, type: number) => type === 2);
  const quotes = [short, long].map((listing) => stand.market.quote(listing.conId) ?? assert.fail());
  const bid = ((quotes[1]?.bid ?? 0) - (quotes[0]?.ask ?? 0)) / 10_000;
  assert.equal(client.of('tickPrice').find(({ args }) => args[1] === 1)?.args[2], bid);
});
