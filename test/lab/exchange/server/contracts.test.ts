import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contract, SecType } from '@stoqey/ib';
import { dollars } from '../../../../agent/core/market/money.ts';
import { connectIb, type IbClient } from './ib-client.ts';
import { type Stand, startStand } from './stand.ts';

const LIMIT = { timeout: 30_000 };

type Loose = Record<string, unknown>;

async function details(client: IbClient, id: number, contract: object): Promise<Loose[]> {
  client.api.reqContractDetails(id, contract as Contract);
  await client.next('contractDetailsEnd', (found: number) => found === id);
  return client
    .of('contractDetails')
    .filter(({ args }) => args[0] === id)
    .map(({ args }) => args[1] as Loose);
}

function terms(stand: Stand) {
  const put = stand.put(10);
  if (put.instrument.kind !== 'option') throw new Error('not an option');
  const date = put.instrument.expiration.replaceAll('-', '');
  return { put, date, strike: dollars(put.instrument.strike) };
}

for (const version of [193, 178]) {
  test(`an option is found by its terms, by its id and by its local symbol, at ${version}`, LIMIT, async (t) => {
    const stand = await startStand(t, { forceServerVersion: version });
    const client = await connectIb(t, stand.port, 1);
    const { put, date, strike } = terms(stand);
    const byTerms = {
      symbol: 'SPY',
      secType: 'OPT',
      exchange: 'SMART',
      currency: 'USD',
      lastTradeDateOrContractMonth: date,
      strike,
      right: 'P',
    };
    const [found = assert.fail(), ...others] = await details(client, 1, byTerms);
    assert.equal(others.length, 0);
    const contract = found.contract as Loose;
    assert.deepEqual(
      [contract.conId, contract.strike, contract.right, contract.multiplier],
      [put.conId, strike, 'P', 100],
    );
    assert.deepEqual([contract.lastTradeDateOrContractMonth, contract.localSymbol], [date, put.localSymbol]);
    assert.deepEqual([found.minTick, found.underConId, found.underSymbol], [0.01, put.underlyingConId, 'SPY']);
    assert.match(found.tradingHours as string, /^20261120:0930-20261120:1600;20261121:CLOSED;/);
    assert.match(found.liquidHours as string, /20261125:0930-20261125:1600$/);
    const exchanges = (found.validExchanges as string).split(',');
    assert.equal((found.marketRuleIds as string).split(',').length, exchanges.length);
    assert.deepEqual((await details(client, 2, { conId: put.conId }))[0], found);
    assert.deepEqual(
      (await details(client, 3, { secType: 'OPT', localSymbol: put.localSymbol, exchange: 'SMART' }))[0],
      found,
    );
    assert.deepEqual(client.undecoded, []);
  });
}

test('terms left open bring all that fit, stocks and futures have their own fields', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectIb(t, stand.port, 1);
  const { date } = terms(stand);
  const chain = await details(client, 1, {
    symbol: 'SPY',
    secType: 'OPT',
    exchange: 'SMART',
    lastTradeDateOrContractMonth: date,
  });
  const listed = stand.market
    .listings('SPY')
    .filter(({ instrument }) => instrument.kind === 'option' && instrument.expiration.replaceAll('-', '') === date);
  assert.equal(chain.length, listed.length);
  const [stock = assert.fail()] = await details(client, 2, {
    symbol: 'SPY',
    secType: 'STK',
    exchange: 'SMART',
    currency: 'USD',
  });
  assert.deepEqual(
    [(stock.contract as Loose).conId, stock.stockType],
    [stand.market.listings('SPY')[0]?.conId, 'COMMON'],
  );
  const [future = assert.fail()] = await details(client, 3, { symbol: 'ES', secType: 'FUT', exchange: 'CME' });
  assert.deepEqual([(future.contract as Loose).multiplier, future.minTick], [50, 0.25]);
});

test('what is not listed is 200', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectIb(t, stand.port, 1);
  const spy = { symbol: 'SPY', secType: 'STK' as SecType, exchange: 'SMART', currency: 'USD' };
  const wrong = [
    { ...spy, symbol: 'NOPE' },
    { ...spy, currency: 'EUR' },
    { ...spy, exchange: 'MOON' },
    { ...spy, secType: 'BOND' as SecType },
    { conId: 5 },
  ];
  for (const [i, contract] of wrong.entries()) {
    client.api.reqContractDetails(i, contract as Contract);
    await client.next('error', (_text: string, code: number, id: number) => code === 200 && id === i);
  }
});

test('an option chain is told by exchange with its expirations and strikes', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectIb(t, stand.port, 1);
  const { put, date, strike } = terms(stand);
  client.api.reqSecDefOptParams(4, 'SPY', '', 'STK' as SecType, put.underlyingConId);
  await client.next('securityDefinitionOptionParameterEnd');
  const chains = client.of('securityDefinitionOptionParameter');
  assert.deepEqual(
    chains.map(({ args }) => args[1]),
    ['SMART', 'CBOE'],
  );
  const [, , underlying, tradingClass, multiplier, expirations, strikes] = chains[0]?.args ?? [];
  assert.deepEqual([underlying, tradingClass, multiplier], [put.underlyingConId, 'SPY', 100]);
  assert.ok((expirations as string[]).includes(date) && (strikes as number[]).includes(strike));
  assert.deepEqual(
    strikes,
    (strikes as number[]).toSorted((a, b) => a - b),
  );
  client.api.reqSecDefOptParams(5, 'SPY', '', 'STK' as SecType, put.conId);
  await client.next('error', (_text: string, code: number, id: number) => code === 321 && id === 5);
});

test('symbols are found by their beginning or name, and tick tables by their number', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectIb(t, stand.port, 1);
  client.api.reqMatchingSymbols(1, 'ts');
  const [, samples] = (await client.next('symbolSamples')).args as [number, Loose[]];
  assert.deepEqual(
    samples.map((sample) => (sample.contract as Loose).symbol),
    ['TSLA'],
  );
  assert.deepEqual(samples[0]?.derivativeSecTypes, ['OPT']);
  const option = stand.market.listings('TSLA').find(({ instrument }) => instrument.kind === 'option') ?? assert.fail();
  const [found = assert.fail()] = await details(client, 2, { conId: option.conId });
  const rule = Number((found.marketRuleIds as string).split(',')[0]);
  client.api.reqMarketRule(rule);
  assert.deepEqual((await client.next('marketRule')).args, [
    rule,
    [
      { lowEdge: 0, increment: 0.01 },
      { lowEdge: 3, increment: 0.05 },
    ],
  ]);
  client.api.reqMarketRule(77);
  await client.next('info', (_text: string, code: number) => code === 321);
});
