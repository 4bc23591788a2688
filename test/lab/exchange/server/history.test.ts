import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BarSizeSetting, Contract, WhatToShow } from '@stoqey/ib';
import { dollars } from '../../../../agent/core/market/money.ts';
import { connectIb, type IbClient } from './ib-client.ts';
import { startStand, stepUntil } from './stand.ts';

const LIMIT = { timeout: 30_000 };
const SPY = { symbol: 'SPY', secType: 'STK', exchange: 'SMART', currency: 'USD' } as Contract;

interface Asked {
  readonly end?: string;
  readonly duration?: string;
  readonly bar?: string;
  readonly what?: string;
  readonly keep?: boolean;
}

function ask(client: IbClient, id: number, asked: Asked = {}): void {
  const { end = '', duration = '1 M', bar = '1 day', what = 'TRADES', keep = false } = asked;
  client.api.reqHistoricalData(id, SPY, end, duration, bar as BarSizeSetting, what as WhatToShow, 1, 1, keep);
}

async function bars(client: IbClient, id: number, asked?: Asked): Promise<readonly (readonly unknown[])[]> {
  ask(client, id, asked);
  await client.next('historicalData', (found: number, date: string) => found === id && date.startsWith('finished'));
  return client
    .of('historicalData')
    .filter(({ args }) => args[0] === id)
    .map(({ args }) => args.slice(1))
    .slice(0, -1);
}

test('daily bars are those of the market, oldest first, up to the day before', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectIb(t, stand.port, 1);
  const found = await bars(client, 1);
  const wanted = stand.market.history(stand.market.listings('SPY')[0]?.conId ?? 0, 21, 'trades') ?? [];
  assert.equal(found.length, 21);
  assert.deepEqual(
    found.map((bar) => bar.slice(0, 6)),
    wanted.map((bar) => [
      bar.date.replaceAll('-', ''),
      dollars(bar.open),
      dollars(bar.high),
      dollars(bar.low),
      dollars(bar.close),
      bar.volume,
    ]),
  );
  assert.equal(found.at(-1)?.[0], '20261119');
  const volatility = await bars(client, 2, { what: 'OPTION_IMPLIED_VOLATILITY', duration: '5 D' });
  assert.ok(volatility.length === 5 && (volatility[0]?.[4] as number) < 2);
  assert.deepEqual(client.undecoded, []);
});

test('an end in the past moves the window, whatever the way it is written', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectIb(t, stand.port, 1);
  for (const [i, end] of ['20261113 16:00:00 US/Eastern', '20261113-21:00:00', '20261113 23:59:59'].entries()) {
    const found = await bars(client, i, { end, duration: '3 D' });
    assert.deepEqual(
      found.map((bar) => bar[0]),
      ['20261111', '20261112', '20261113'],
      end,
    );
  }
});

test('what is not kept is refused with 162 and in words', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectIb(t, stand.port, 1);
  const wrong: Asked[] = [
    { bar: '5 mins' },
    { what: 'BID_ASK' },
    { duration: 'long' },
    { end: 'yesterday' },
    { keep: true, end: '20261113-21:00:00' },
  ];
  for (const [i, asked] of wrong.entries()) {
    ask(client, i, asked);
    const { args } = await client.next('error', (_text: string, code: number, id: number) => code === 162 && id === i);
    assert.match(args[0] as string, /^Historical Market Data Service error message:.{10}/);
  }
});

test('bars kept up to date grow with the day until they are cancelled', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectIb(t, stand.port, 1);
  const found = await bars(client, 1, { keep: true, duration: '2 D' });
  assert.equal(found.at(-1)?.[0], '20261120');
  await stepUntil(stand, () => client.of('historicalDataUpdate').length > 2);
  const quote = stand.market.quote(stand.market.listings('SPY')[0]?.conId ?? 0) ?? assert.fail();
  const last = client.of('historicalDataUpdate').at(-1)?.args ?? [];
  assert.deepEqual(last.slice(0, 6), [
    1,
    '20261120',
    ...[quote.open, quote.high, quote.low, quote.last].map((price) => dollars(price ?? assert.fail())),
  ]);
  client.api.cancelHistoricalData(1);
  client.api.cancelHistoricalData(1);
  await client.next('error', (_text: string, code: number) => code === 366);
});

test('the head of the data is the open of its first day', LIMIT, async (t) => {
  const stand = await startStand(t);
  const client = await connectIb(t, stand.port, 1);
  client.api.reqHeadTimestamp(1, SPY, 'TRADES' as never, true, 1);
  const { args } = await client.next('headTimestamp');
  assert.match(args[1] as string, /^\d{8}-1[34]:30:00$/);
});
