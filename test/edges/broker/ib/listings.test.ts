import assert from 'node:assert/strict';
import { test } from 'node:test';
import { money } from '../../../../agent/core/market/money.ts';
import {
  type ContractDetails,
  encodeContractDetails,
  encodeContractDetailsEnd,
} from '../../../../agent/ground/wire/contract-messages.ts';
import { encodeHistoricalData } from '../../../../agent/ground/wire/history-messages.ts';
import { REQUEST } from '../../../../agent/ground/wire/message-ids.ts';
import { encodeError } from '../../../../agent/ground/wire/session-messages.ts';
import { granted } from '../../../contracts/broker-stage.ts';
import { OPTION } from './order-frames.ts';
import { type Bench, bench } from './puppet-gateway.ts';

const UNTOLD = {
  marketName: '',
  orderTypes: '',
  validExchanges: 'SMART',
  underlyingConId: 0,
  longName: '',
  industry: '',
  category: '',
  subcategory: '',
  timeZone: 'US/Eastern',
  tradingHours: '',
  liquidHours: '',
  underlyingSymbol: '',
  underlyingSecType: '',
  marketRuleIds: '26',
  realExpiration: '',
  stockType: '',
} as const;

const STOCK: ContractDetails['contract'] = {
  ...OPTION,
  conId: 100,
  secType: 'STK',
  lastTradeDate: '',
  strike: 0,
  right: '',
  multiplier: '',
};

const FUTURE = { ...STOCK, symbol: 'ES', secType: 'FUT', multiplier: '50', exchange: 'CME' };

function listing({ gateway }: Bench, ...contracts: (Partial<ContractDetails> & Pick<ContractDetails, 'contract'>)[]) {
  gateway.replies.set(REQUEST.contractDetails, (fields) => {
    const id = Number(fields[2]);
    const frames = contracts.map((one) =>
      encodeContractDetails(id, { ...UNTOLD, minTick: 0.01, contractMonth: '', ...one }, 193),
    );
    gateway.send(...frames, encodeContractDetailsEnd(id));
  });
}

test('a contract that the broker lists once is listed, however many exchanges it names', async (t) => {
  const at = await bench(t);
  listing(at, { contract: STOCK }, { contract: { ...STOCK, exchange: 'ARCA' } });
  await at.ready();
  const listed = granted(await at.broker.list({ kind: 'stock', symbol: 'SPY' }));
  assert.deepEqual(listed, { instrument: { kind: 'stock', symbol: 'SPY' }, conId: 100, minTick: money(0.01) });
});

test('a description that fits two contracts is refused', async (t) => {
  const at = await bench(t);
  listing(at, { contract: STOCK }, { contract: { ...STOCK, conId: 101 } });
  await at.ready();
  const answer = await at.broker.list({ kind: 'stock', symbol: 'SPY' });
  assert.ok(!answer.ok);
  assert.deepEqual([answer.failure, /2 contracts/.test(answer.reason)], ['refused', true]);
});

test('the front month of a future is the nearest of those listed', async (t) => {
  const at = await bench(t);
  const month = (conId: number, contractMonth: string) => ({
    contract: { ...FUTURE, conId, lastTradeDate: `${contractMonth}18` },
    contractMonth,
    minTick: 0.25,
  });
  listing(at, month(2, '202609'), month(1, '202606'), month(3, '202612'));
  await at.ready();
  const listed = granted(await at.broker.list({ kind: 'future', symbol: 'ES', contractMonth: '', multiplier: 50 }));
  assert.deepEqual(listed.instrument, { kind: 'future', symbol: 'ES', contractMonth: '202606', multiplier: 50 });
});

test('a refusal is asked again, an answer is kept for the day', async (t) => {
  const at = await bench(t);
  const asked = () => at.gateway.of(REQUEST.contractDetails).length;
  at.gateway.replies.set(REQUEST.contractDetails, (fields) =>
    at.gateway.send(encodeError(Number(fields[2]), 200, 'none')),
  );
  await at.ready();
  assert.equal((await at.broker.list({ kind: 'stock', symbol: 'SPY' })).ok, false);
  listing(at, { contract: STOCK });
  granted(await at.broker.list({ kind: 'stock', symbol: 'SPY' }));
  granted(await at.broker.list({ kind: 'stock', symbol: 'SPY' }));
  assert.equal(asked(), 2);
  await at.clock.advanceTo(at.clock.now() + 24 * 3_600_000);
  granted(await at.broker.list({ kind: 'stock', symbol: 'SPY' }));
  assert.equal(asked(), 3);
});

test("today's bar is left out until the session is over", async (t) => {
  const at = await bench(t);
  listing(at, { contract: STOCK });
  const prices = { open: 1, high: 3, low: 1, close: 2, volume: 10, average: 2, count: 5 };
  at.gateway.replies.set(REQUEST.historicalData, (fields) => {
    const bars = ['20260318', '20260319', '20260320'].map((date) => ({ date, ...prices }));
    at.gateway.send(encodeHistoricalData({ requestId: Number(fields[1]), start: '', end: '', bars }));
  });
  await at.ready();
  const query = { instrument: { kind: 'stock', symbol: 'SPY' }, days: 2, what: 'trades' } as const;
  const dates = async () => granted(await at.broker.history(query)).map((bar) => bar.date);
  assert.deepEqual(await dates(), ['2026-03-18', '2026-03-19']);
  await at.clock.advanceTo(at.clock.now() + 6 * 3_600_000);
  assert.deepEqual(await dates(), ['2026-03-19', '2026-03-20']);
});
