import assert from 'node:assert/strict';
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import type { Chain } from '../../../agent/core/market/chain.ts';
import { money } from '../../../agent/core/market/money.ts';
import { planFiles } from '../../../agent/edges/history/files/plan.ts';
import type { HistoryPart, HistorySource } from '../../../agent/edges/history/history.ts';
import {
  storedActions,
  storedBars,
  storedRate,
  storedVolatility,
  viewBars,
  viewChainAt,
} from '../../../agent/edges/store/history-view.ts';
import { MemoryStore } from '../../../agent/edges/store/memory/memory-store.ts';
import { dayKey, type Store } from '../../../agent/edges/store/store.ts';
import { importSource, type SourceImport } from '../../../agent/work/workflows/import-history.ts';
import { csv, folderWith } from '../../edges/history/files/written-files.ts';

const INTRADAY = 'ts_utc,expiration,strike,type,bid,ask,last,volume,open_interest,iv,spot';
const PUBLIC =
  'date,expiration,strike,type,bid,ask,last,volume,open_interest,implied_volatility,delta,gamma,theta,vega,rho';
const TRADES = 'date,expiration,strike,type,last,delta,iv_pct,volume,open_interest';
const CLOSES = 'date,symbol,close';
const T0 = instantInNewYork('2026-03-20', '10:00');

async function started(t: TestContext): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.start();
  t.after(() => store.stop());
  return store;
}

async function imported(store: Store, ...paths: string[]): Promise<SourceImport[]> {
  const results: SourceImport[] = [];
  for (const source of (await planFiles(paths, { format: null })).sources)
    results.push(await importSource(source, store));
  return results;
}

function snapshots(count: number): string {
  const rows = Array.from({ length: count }, (_, n) =>
    ['call', 'put'].map(
      (right) => `${T0 / 1000 + n * 60},2026-04-17,650,${right},${5 + n / 100},${5.1 + n / 100},5,1,1,0.${200 + n},650`,
    ),
  );
  return csv(INTRADAY, rows.flat());
}

async function chainsOf(store: Store, symbol: string): Promise<Chain[]> {
  const chains: Chain[] = [];
  for await (const chain of store.chains(symbol, 0, Number.MAX_SAFE_INTEGER)) chains.push(chain);
  return chains;
}

/** The same source, which stops with an error after so many parts, as a process that is killed. */
function breakingOff(source: HistorySource, after: number): HistorySource {
  return {
    paths: source.paths,
    fingerprint: () => source.fingerprint(),
    reports: () => source.reports(),
    async *read(known): AsyncGenerator<HistoryPart> {
      let parts = 0;
      for await (const part of source.read(known)) {
        if (parts === after) throw new Error('killed');
        parts += 1;
        yield part;
      }
    },
  };
}

test('what files tell is in the store: chains, bars, actions, earnings, rates', async (t) => {
  const store = await started(t);
  const folder = folderWith(t, {
    'SPY.csv.gz': snapshots(3),
    'underlying.csv.gz': csv('symbol,date,close,high,low,open,volume,adjClose,divCash,splitFactor', [
      'SPY,2026-03-20,650,652,648,649,1,1,1.8,1.0',
    ]),
    'earnings.csv': csv('Ticker,Earnings_Date', ['KO,2026-04-28', 'KO,2026-02-10']),
    'interest-rate.csv': csv('DATE,PCREDIT8', ['2025-12-11,3.75']),
  });
  await imported(store, folder);
  assert.equal((await chainsOf(store, 'SPY')).length, 3);
  const bars = await storedBars(store, 'SPY');
  assert.deepEqual([bars.size, bars.open[0], bars.close[0], bars.volume[0]], [1, 6_490_000, 6_500_000, 1]);
  assert.deepEqual(await storedActions(store, 'SPY'), [{ kind: 'dividend', date: '2026-03-20', amount: money(1.8) }]);
  assert.deepEqual(await store.get('earnings', 'KO'), { dates: ['2026-02-10', '2026-04-28'] });
  assert.deepEqual(await storedRate(store, '2026-03-20'), { rate: Math.log1p(0.0375), since: '2025-12-11' });
  assert.equal(await storedRate(store, '2025-12-10'), null);
});

test('a second run reads nothing and writes nothing; a file that has changed is read again', async (t) => {
  const store = await started(t);
  const folder = folderWith(t, { 'SPY.csv.gz': snapshots(3) });
  const [first] = await imported(store, folder);
  const before = await Promise.all([chainsOf(store, 'SPY'), store.list('imports'), store.list('volatility')]);
  const [source] = (await planFiles([folder], { format: null })).sources as [HistorySource];
  const again = await importSource({ ...breakingOff(source, 0), fingerprint: () => source.fingerprint() }, store);
  assert.deepEqual([again.unchanged, again.progress], [true, first?.progress]);
  assert.deepEqual(
    await Promise.all([chainsOf(store, 'SPY'), store.list('imports'), store.list('volatility')]),
    before,
  );
  utimesSync(join(folder, 'SPY.csv.gz'), 1, 1);
  assert.equal((await imported(store, folder))[0]?.unchanged, false);
  writeFileSync(join(folder, 'SPY.csv.gz'), snapshots(4));
  assert.equal((await imported(store, folder))[0]?.progress.chains, 4);
  assert.equal((await chainsOf(store, 'SPY')).length, 4);
});

test('an import that was interrupted goes on where it was saved, and ends with the same store', async (t) => {
  const folder = folderWith(t, { 'SPY.csv.gz': snapshots(180) });
  const whole = await started(t);
  await imported(whole, folder);
  for (const after of [0, 1, 49, 50, 51, 130, 179]) {
    const store = await started(t);
    const [source] = (await planFiles([folder], { format: null })).sources as [HistorySource];
    await assert.rejects(importSource(breakingOff(source, after), store), /killed/);
    const [progress] = await store.list('imports');
    assert.equal(progress?.[1].finished, after < 50 ? undefined : false);
    assert.equal((await chainsOf(store, 'SPY')).length, after);
    const result = await importSource(source, store);
    assert.deepEqual([result.unchanged, result.progress.finished, result.progress.rows], [false, true, 360]);
    assert.deepEqual(await chainsOf(store, 'SPY'), await chainsOf(whole, 'SPY'));
    for (const table of ['imports', 'volatility'] as const)
      assert.deepEqual(await store.list(table), await whole.list(table));
  }
});

test('of two chains of one instant the one with more quotes stays, in whichever order they come', async (t) => {
  const quotes = csv(PUBLIC, ['2026-03-20,2026-04-17,650,call,5,5.1,5,1,1,0.2,0.5,0,0,0,0']);
  const trades = csv(
    TRADES,
    Array.from({ length: 5 }, (_, n) => `2026-03-20,2026-04-17,${650 + n},C,5,0.5,20,1,1`),
  );
  const folder = folderWith(t, { 'a/SPY.csv': quotes, 'b/SPY.csv': trades });
  for (const order of [
    ['a', 'b'],
    ['b', 'a'],
  ]) {
    const store = await started(t);
    const results = [];
    for (const name of order) results.push(...(await imported(store, join(folder, name))));
    const [chain] = await chainsOf(store, 'SPY');
    assert.deepEqual([chain?.size, chain?.bid[0]], [1, 50_000]);
    assert.equal(results[1]?.outdone, order[0] === 'a' ? 1 : 0);
  }
});

test('of a day two files tell of the fuller bar stays; of two as full the newer one counts', async (t) => {
  const store = await started(t);
  const folder = folderWith(t, {
    'a/SPY.csv': csv('date,open,high,low,close', ['2026-03-19,1,3,1,2', '2026-03-20,1,3,1,2']),
    'b/underlying.csv': csv(CLOSES, ['2026-03-20,SPY,9', '2026-03-23,SPY,9']),
    'c/SPY.csv': csv('date,open,high,low,close', ['2026-03-19,4,4,4,4']),
  });
  for (const name of ['a', 'b', 'c']) await imported(store, join(folder, name));
  assert.deepEqual([...(await storedBars(store, 'SPY')).close], [40_000, 20_000, 90_000]);
});

test('a split that was told of is not overruled by one read off the strikes', async (t) => {
  const store = await started(t);
  const told = { kind: 'split', date: '2026-07-02', from: 2, to: 8 } as const;
  await store.commit([{ table: 'actions', key: 'CRWD/2026-07-02/split', put: told }], 'sync');
  const strikes = [700, 710, 720, 730, 740];
  const day = (date: string, scale: number) => strikes.map((k) => `${date},2026-07-17,${k / scale},C,1,0.5,57,1,10`);
  const folder = folderWith(t, {
    'CRWD.csv': csv(TRADES, [...day('2026-07-01', 1), ...day('2026-07-02', 4)]),
    'underlying.csv': csv(CLOSES, ['2026-07-01,CRWD,725', '2026-07-02,CRWD,182']),
  });
  await imported(store, folder);
  assert.deepEqual(await storedActions(store, 'CRWD'), [told]);
});

test('the volatility of a day is that of its last chain within the session, and days before a date are what a rank sees', async (t) => {
  const store = await started(t);
  const at = (date: string, time: string, iv: number): string =>
    `${instantInNewYork(date, time) / 1000},2026-04-17,650,call,5,5.1,5,1,1,${iv},650`;
  const rows = [
    at('2026-03-19', '09:00', 0.9),
    at('2026-03-19', '10:00', 0.2),
    at('2026-03-19', '15:59', 0.25),
    at('2026-03-19', '16:30', 0.8),
    at('2026-03-20', '10:00', 0.3),
  ];
  await imported(store, folderWith(t, { 'SPY.csv': csv(INTRADAY, rows) }));
  assert.deepEqual(await storedVolatility(store, 'SPY', '2026-03-21'), [0.25, 0.3]);
  assert.deepEqual(await storedVolatility(store, 'SPY', '2026-03-20'), [0.25]);
  assert.deepEqual(await storedVolatility(store, 'SPYG', '2026-03-21'), []);
});

test('implied volatility is looked back on over 252 trading days, however few of them are known', async (t) => {
  const store = await started(t);
  const put = (date: string, impliedVolatility: number) =>
    ({ table: 'volatility', key: dayKey('SPY', date), put: { impliedVolatility, takenAt: T0 } }) as const;
  // 2026-01-02 is a Friday; the 252 sessions before it begin on 2024-12-30, a Monday.
  await store.commit(
    [put('2021-06-01', 0.9), put('2024-12-27', 0.8), put('2024-12-30', 0.1), put('2026-01-02', 0.2)],
    'lazy',
  );
  assert.deepEqual(await storedVolatility(store, 'SPY', '2026-01-02'), [0.1]);
});

test('a chain whose strikes are all far from the spot says nothing of the volatility at the money', async (t) => {
  const store = await started(t);
  const rows = [402, 620, 681].map((k) => `${T0 / 1000},2026-04-17,${k},call,9,9.1,9,1,1,0.9,650`);
  await imported(store, folderWith(t, { 'SPY.csv': csv(INTRADAY, rows) }));
  assert.deepEqual(await storedVolatility(store, 'SPY', '2026-03-21'), []);
});

test('where the file has no volatility it is derived from the quotes', async (t) => {
  const store = await started(t);
  const rows = ['call', 'put'].map((right) => `${T0 / 1000},2026-04-17,650,${right},14.2,14.4,5,1,1,,650`);
  await imported(store, folderWith(t, { 'SPY.csv': csv(INTRADAY, rows) }));
  const [found] = await storedVolatility(store, 'SPY', '2026-03-21');
  assert.ok(found !== undefined && found > 0.15 && found < 0.25, `${found}`);
});

test('looking back from a day nothing planted later is seen: chain, bar, split, volatility', async (t) => {
  const store = await started(t);
  const quote = (date: string, bid: number): string =>
    `${date},2026-04-17,650,call,${bid},${bid + 1},5,1,1,0.2,0.5,0,0,0,0`;
  const planted = { chains: [quote('2026-03-23', 777)], bars: ['SPY,2026-03-23,777,1,1,1,1,1,0,2.0'] };
  const folder = folderWith(t, {
    'SPY.csv': csv(PUBLIC, [quote('2026-03-19', 5), quote('2026-03-20', 6), ...planted.chains]),
    'underlying.csv': csv('symbol,date,close,high,low,open,volume,adjClose,divCash,splitFactor', [
      'SPY,2026-03-19,650,1,1,1,1,1,0,1',
      'SPY,2026-03-20,651,1,1,1,1,1,0,1',
      ...planted.bars,
    ]),
  });
  await imported(store, folder);
  const view = { asOf: '2026-03-20', adjust: 'splits and dividends' } as const;
  const close = instantInNewYork('2026-03-20', '16:00');
  const chain = await viewChainAt(store, 'SPY', { at: close, view });
  assert.deepEqual([chain?.takenAt, chain?.bid[0], chain?.spot], [close, 60_000, 6_510_000]);
  const before = await viewChainAt(store, 'SPY', { at: close - 1, view });
  assert.deepEqual([before?.takenAt, before?.bid[0]], [instantInNewYork('2026-03-19', '16:00'), 50_000]);
  assert.equal(await viewChainAt(store, 'SPY', { at: instantInNewYork('2026-03-23', '16:00'), view }), null);
  assert.deepEqual([...(await viewBars(store, 'SPY', view)).close], [6_500_000, 6_510_000]);
  assert.equal((await storedVolatility(store, 'SPY', '2026-03-20')).length, 1);
  const later = { asOf: '2026-03-23', adjust: 'splits' } as const;
  assert.deepEqual([...(await viewBars(store, 'SPY', later)).close], [3_250_000, 3_255_000, 7_770_000]);
  assert.equal((await viewChainAt(store, 'SPY', { at: close, view: later }))?.strike[0], 3_250_000);
});
