import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../../../agent/core/calendar/new-york.ts';
import { isoDate } from '../../../../agent/core/calendar/time.ts';
import { CALL, type Chain, MISSING, PUT } from '../../../../agent/core/market/chain.ts';
import { countsOf, csv, folderWith, readHistory } from './written-files.ts';

const INTRADAY = 'ts_utc,expiration,strike,type,bid,ask,last,volume,open_interest,iv,spot';
const TRADES = 'date,expiration,strike,type,last,delta,iv_pct,volume,open_interest';
const CLOSES = 'date,symbol,close,call_volume,put_volume,call_oi,put_oi';
const QUOTES =
  'underlying,underlying_last,optionroot,type,expiration,quotedate,strike,last,bid,ask,volume,openinterest,impliedvol,delta,gamma,theta,vega,optionalias';
const PRE_OPEN =
  'contractSymbol,expiry,type,strike,lastPrice,bid,ask,volume,openInterest,impliedVolatility,inTheMoney,lastTradeDate,spot,session';
const PUBLIC =
  'date,expiration,strike,type,bid,ask,last,volume,open_interest,implied_volatility,delta,gamma,theta,vega,rho';

/** What a row says, in words that are easy to compare. */
function rowOf(chain: Chain | undefined, row: number) {
  assert.ok(chain !== undefined);
  const money = (column: Int32Array) => (column[row] === MISSING ? null : (column[row] as number) / 10_000);
  return {
    contract: `${isoDate(chain.expiration[row] as number)} ${money(chain.strike)} ${chain.right[row] === PUT ? 'P' : 'C'}`,
    bid: money(chain.bid),
    ask: money(chain.ask),
    last: money(chain.last),
    volume: chain.volume[row] === MISSING ? null : chain.volume[row],
    openInterest: chain.openInterest[row] === MISSING ? null : chain.openInterest[row],
    iv: chain.impliedVolatility[row],
    delta: chain.delta[row],
  };
}

test('a snapshot of an intraday file is a sorted chain of the second it was taken in, with the spot', async (t) => {
  const at = instantInNewYork('2026-03-20', '10:00') / 1000;
  const text = csv(INTRADAY, [
    `${at},2026-03-27,655.0,put,8.1,8.2,8.15,120.0,900.0,0.21,652.475`,
    `${at},2026-03-27,650.0,call,9.3,9.4,9.35,,10.0,0.22,652.475`,
    `${at + 300},2026-03-27,650.0,call,9.4,9.5,9.35,1.0,10.0,0.22,653.1`,
  ]);
  const { chains, reports } = await readHistory(folderWith(t, { 'SPY.csv.gz': text }));
  assert.deepEqual(
    chains.map(({ symbol, takenAt, spot, complete, size }) => [symbol, takenAt, spot, complete, size]),
    [
      ['SPY', at * 1000, 6_524_750, true, 2],
      ['SPY', (at + 300) * 1000, 6_531_000, true, 1],
    ],
  );
  assert.deepEqual(rowOf(chains[0], 0), {
    contract: '2026-03-27 650 C',
    bid: 9.3,
    ask: 9.4,
    last: 9.35,
    volume: null,
    openInterest: 10,
    iv: 0.22,
    delta: Number.NaN,
  });
  assert.equal(rowOf(chains[0], 1).contract, '2026-03-27 655 P');
  assert.deepEqual([chains[0]?.quotedAt[0], chains[0]?.spotAt], [at * 1000, at * 1000]);
  const [report] = reports;
  assert.deepEqual([report?.format, report?.rows, report?.kept, report?.complete], ['intraday-snapshots', 3, 3, true]);
});

test('a snapshot from outside the session has quotes as old as the close before it', async (t) => {
  const after = instantInNewYork('2026-03-20', '16:00') / 1000;
  const sunday = instantInNewYork('2026-03-22', '12:00') / 1000;
  const rows = [after, sunday].map((at) => `${at},2026-03-27,650.0,call,9.3,9.4,9.35,,10.0,0.22,652`);
  const { chains, reports } = await readHistory(folderWith(t, { 'SPY.csv': csv(INTRADAY, rows) }));
  assert.deepEqual(
    chains.map(({ takenAt }) => takenAt),
    [after * 1000, sunday * 1000],
  );
  for (const { quotedAt, spotAt } of chains) assert.deepEqual([quotedAt[0], spotAt], [after * 1000, after * 1000]);
  assert.deepEqual(countsOf(reports[0]), { 'taken outside the session': 2 });
});

test('values that are none are left out and the row is kept; odd quotes are kept and flagged; each is counted with its first line', async (t) => {
  const at = instantInNewYork('2026-03-20', '10:00') / 1000;
  const row = (n: number, bid: string, ask: string, iv: string) =>
    `${at},2026-03-27,${600 + n},call,${bid},${ask},1,1,1,${iv},650`;
  const text = csv(INTRADAY, [
    row(1, '1.0', '1.1', '0.2'),
    row(2, '0.0', '0.0', '0.125'),
    row(3, '1.2', '1.1', '1e-05'),
    row(4, '1.1', '1.1', '0'),
    row(5, '0.0', '0.01', '0.0005'),
    row(6, '', '0.01', 'nan'),
    row(7, '-1', '-1', '12'),
  ]);
  const { chains, reports } = await readHistory(folderWith(t, { 'SPY.csv.gz': text }));
  const { rejected, blanked, flagged, kept } = reports[0] as (typeof reports)[0];
  assert.deepEqual([rejected, kept], [[], 7]);
  assert.deepEqual(blanked, [
    { reason: 'bid and ask both zero', count: 1, line: 3 },
    { reason: 'implied volatility of a quote of zero', count: 1, line: 3 },
    { reason: 'implied volatility of 0.00001 or less', count: 1, line: 4 },
    { reason: 'implied volatility of zero', count: 1, line: 5 },
    { reason: 'implied volatility below 0.1 % or above 1,000 %', count: 2, line: 6 },
    { reason: 'negative price or size', count: 2, line: 8 },
  ]);
  assert.deepEqual(flagged, [
    { reason: 'bid above ask', count: 1, line: 4 },
    { reason: 'bid equals ask', count: 2, line: 5 },
  ]);
  const quotes = [0, 1, 2, 3, 4, 5, 6].map((n) => [rowOf(chains[0], n).bid, rowOf(chains[0], n).ask]);
  assert.deepEqual(quotes, [
    [1, 1.1],
    [null, null],
    [1.2, 1.1],
    [1.1, 1.1],
    [0, 0.01],
    [null, 0.01],
    [null, null],
  ]);
  assert.deepEqual(
    [...(chains[0]?.impliedVolatility ?? [])].map((v) => (Number.isNaN(v) ? null : v)),
    [0.2, null, null, null, null, null, null],
  );
});

test('end-of-day trades take their time from the close and their spot from the closes beside them', async (t) => {
  const folder = folderWith(t, {
    'CRWD.csv.gz': csv(TRADES, [
      '2026-07-01,2026-07-10,770.0,C,12.5,0.51,57.12,3,44',
      '2026-11-27,2026-12-18,770.0,P,0.0,-0.51,0,0,44',
    ]),
    'underlying.csv.gz': csv(CLOSES, ['2026-07-01,CRWD,772.74,1.0,2.0,3.0,4.0', '2026-11-27,CRWD,,1.0,2.0,3.0,4.0']),
  });
  const { chains, reports } = await readHistory(folder);
  assert.deepEqual(
    chains.map(({ takenAt }) => takenAt),
    [instantInNewYork('2026-07-01', '16:00'), instantInNewYork('2026-11-27', '13:00')],
  );
  assert.deepEqual(
    chains.map(({ spot }) => spot),
    [7_727_400, null],
  );
  assert.deepEqual(rowOf(chains[0], 0), {
    contract: '2026-07-10 770 C',
    bid: null,
    ask: null,
    last: 12.5,
    volume: 3,
    openInterest: 44,
    iv: 57.12 / 100,
    delta: 0.51,
  });
  assert.deepEqual(countsOf(reports[0]), { 'empty close': 1 });
  assert.deepEqual(countsOf(reports[1]), { 'last price of zero': 1, 'implied volatility of zero': 1 });
});

test('rows of a closed day are rejected: the file repeats another session; so is an expiration before the date', async (t) => {
  const rows = [
    '2026-06-18,2026-06-18,100.0,C,1,0.5,20,1,1',
    '2026-06-18,2026-06-26,100.0,C,1,0.5,20,1,1',
    '2026-06-19,2026-06-18,100.0,C,1,0.5,20,1,1',
    '2026-06-19,2026-06-26,100.0,C,1,0.5,20,1,1',
    '2026-06-22,2026-06-21,100.0,C,1,0.5,20,1,1',
    '2026-06-22,2026-06-26,100.0,C,1,0.5,20,1,1',
  ];
  const { chains, reports } = await readHistory(folderWith(t, { 'KO.csv.gz': csv(TRADES, rows) }));
  assert.deepEqual(
    chains.map(({ size }) => size),
    [2, 1],
  );
  assert.deepEqual(reports[0]?.rejected, [
    { reason: 'expiration before the date', count: 2, line: 4 },
    { reason: 'no session on that date', count: 1, line: 5 },
  ]);
});

test('a formal Saturday expiration stands for the Friday, on Good Friday for the Thursday', async (t) => {
  const row = (expiration: string) => `2014-04-01,${expiration},100,call,1,2,1,1,1,0.2,0.5,0.01,-0.1,0.1,0.1`;
  const rows = ['2014-05-17', '2014-04-19'].map(row);
  const { chains, reports } = await readHistory(folderWith(t, { 'spy.csv.gz': csv(PUBLIC, rows) }));
  assert.deepEqual([...(chains[0]?.expiration ?? [])].map(isoDate), ['2014-04-17', '2014-05-16']);
  assert.equal(countsOf(reports[0])['expiration on a closed day, moved to the session before'], 2);
});

test('the public end-of-day schema is read with its greeks, columns in any order, the symbol from the name', async (t) => {
  const header = PUBLIC.split(',').reverse();
  const values = '2010-03-19,2010-04-16,116.0,put,1.5,1.52,1.51,1000,5000,0.17,-0.4,0.08,-0.03,0.12,-0.05'
    .split(',')
    .reverse();
  const { chains, reports } = await readHistory(
    folderWith(t, { 'iwm_eod_2010.csv.gz': csv(header.join(','), [values.join(',')]) }),
  );
  assert.equal(reports[0]?.format, 'public-eod');
  const [chain] = chains;
  assert.deepEqual(rowOf(chain, 0), {
    contract: '2010-04-16 116 P',
    bid: 1.5,
    ask: 1.52,
    last: 1.51,
    volume: 1000,
    openInterest: 5000,
    iv: 0.17,
    delta: -0.4,
  });
  assert.deepEqual([chain?.symbol, chain?.gamma[0], chain?.theta[0], chain?.vega[0]], ['IWM', 0.08, -0.03, 0.12]);
  assert.equal(chain?.takenAt, instantInNewYork('2010-03-19', '16:00'));
});

test('end-of-day quotes say their own symbol and spot', async (t) => {
  const row =
    'SPY,368.79,SPY210129P00345000,put,2021-01-29,2021-01-04,345.0,2.71,2.76,2.78,7424,48199,0.28804,-0.17798,0.00937,-0.1447,0.25147,x';
  const other = row.replace('SPY,368.79', 'QQQ,310.5');
  const { chains } = await readHistory(folderWith(t, { 'options.csv': csv(QUOTES, [row, other]) }));
  assert.deepEqual(
    chains.map(({ symbol, spot, takenAt }) => [symbol, spot, takenAt]),
    [
      ['SPY', 3_687_900, instantInNewYork('2021-01-04', '16:00')],
      ['QQQ', 3_105_000, instantInNewYork('2021-01-04', '16:00')],
    ],
  );
  assert.equal(chains[0]?.right[0], PUT);
});

test('a pre-open file counts from its newest trade, so that no trade in it is seen before it was made', async (t) => {
  const row = (strike: number, traded: string) =>
    `SPY260814C00${strike}000,2026-08-14,C,${strike}.0,9,9,9.1,3.0,3.0,0.2,True,${traded},772.489990234375,2026-08-12`;
  const rows = [row(770, '2026-08-12 19:33:06+00:00'), row(771, '2026-08-13 15:58:32+00:00'), row(772, '')];
  const { chains, reports } = await readHistory(folderWith(t, { '2026-08-12_SPY.csv.gz': csv(PRE_OPEN, rows) }));
  const [chain] = chains;
  assert.deepEqual([chain?.symbol, chain?.takenAt], ['SPY', instantInNewYork('2026-08-13', '11:58:32')]);
  assert.deepEqual([chain?.spot, chain?.spotAt], [7_724_900, instantInNewYork('2026-08-12', '16:00')]);
  assert.deepEqual(countsOf(reports[0]), { 'later than its name says: holds trades of 2026-08-13': 1 });
});

test('a pre-open file whose trades are all of the session before counts from its close', async (t) => {
  const row =
    'SPY260814C00770000,2026-08-14,C,770.0,9,9,9.1,3.0,3.0,0.2,True,2026-08-12 15:33:06+00:00,772.49,2026-08-12';
  const { chains, reports } = await readHistory(folderWith(t, { '2026-08-12_SPY.csv.gz': csv(PRE_OPEN, [row]) }));
  assert.equal(chains[0]?.takenAt, instantInNewYork('2026-08-12', '16:00'));
  assert.deepEqual(countsOf(reports[0]), {});
});

test('a split that nobody told of is read off the strikes, and the last prices of its day are left out', async (t) => {
  const strikes = [700, 710, 720, 730, 740, 750];
  const day = (date: string, scale: number) =>
    strikes.map((k) => `${date},2026-07-17,${(k / scale).toFixed(2)},C,${30 / scale},0.5,57,1,10`);
  const folder = folderWith(t, {
    'CRWD.csv.gz': csv(TRADES, [...day('2026-07-01', 1), ...day('2026-07-02', 4), ...day('2026-07-06', 4)]),
    'underlying.csv.gz': csv(CLOSES, [
      '2026-07-01,CRWD,725,1,1,1,1',
      '2026-07-02,CRWD,182,1,1,1,1',
      '2026-07-06,CRWD,183,1,1,1,1',
    ]),
  });
  const { actions, chains, reports } = await readHistory(folder);
  assert.deepEqual(actions, [{ kind: 'split', date: '2026-07-02', from: 1, to: 4, detected: true }]);
  assert.deepEqual(
    chains.map(({ last }) => last.filter((price) => price !== MISSING).length),
    [6, 0, 6],
  );
  assert.deepEqual(countsOf(reports[1]), {
    'split read off the strikes: 4 for 1 on 2026-07-02': 1,
    'split day: last price may be in the old shares': 6,
  });
});

test('calls come before puts of the same strike, whatever word the file has for them', async (t) => {
  const words = ['put', 'call', 'P', 'C', 'PUT', 'Call'];
  const rows = words.map(
    (word, n) =>
      `2026-03-20,2026-04-17,${100 + Math.floor(n / 2)},${word},1,${word[0]?.toLowerCase() === 'p' ? -0.5 : 0.5},20,1,1`,
  );
  const { chains } = await readHistory(folderWith(t, { 'KO.csv': csv(TRADES, rows) }));
  assert.deepEqual([...(chains[0]?.right ?? [])], [CALL, PUT, CALL, PUT, CALL, PUT]);
});

test('a trade in a pre-open file that lies weeks ahead, or whose time is none, breaks its row', async (t) => {
  const row = (traded: string) =>
    `SPY260814C00770000,2026-08-14,C,770.0,9,9,9.1,3.0,3.0,0.2,True,${traded},772.49,2026-08-12`;
  const rows = ['2026-09-30 15:33:06+00:00', '2026-08-12 25:33:06+00:00', '2026-02-31 15:33:06+00:00', 'noon'].map(row);
  const { chains, reports } = await readHistory(folderWith(t, { '2026-08-12_SPY.csv.gz': csv(PRE_OPEN, rows) }));
  assert.deepEqual([chains.length, countsOf(reports[0])], [0, { 'broken value': 4 }]);
});
