import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../../../agent/core/calendar/new-york.ts';
import { isoDate } from '../../../../agent/core/calendar/time.ts';
import { MISSING } from '../../../../agent/core/market/chain.ts';
import { money } from '../../../../agent/core/market/money.ts';
import { countsOf, csv, folderWith, readHistory } from './written-files.ts';

const UNIVERSE =
  '#expiry,strike,right,open,high,low,close,volume,open_interest,implied_volatility,delta,gamma,vega,theta,rho';
const FACTORS = [
  '20140507,0.8961764,0.0357143,592.33',
  '20140606,0.9011818,0.0357143,645.57',
  '20501231,0.9011818,0.25,0',
].join('\n');
const CALL = 'american_call_6450000_20140613.csv';
const PUT = 'american_put_6450000_20140621.csv';

test('factor files tell of splits and dividends, on the session after their date', async (t) => {
  const { actions } = await readHistory(folderWith(t, { 'equity/usa/factor_files/aapl.csv': FACTORS }));
  assert.deepEqual(actions, [
    { kind: 'dividend', date: '2014-05-08', amount: money(3.29) },
    { kind: 'split', date: '2014-06-09', from: 1, to: 7 },
  ]);
});

test('a row before which the ticker was another company’s, by the map file, is rejected', async (t) => {
  const bar = (date: string): string => `${date} 00:00,100000,110000,90000,105000,1000`;
  const folder = folderWith(t, {
    'equity/usa/daily/bac.zip': { 'bac.csv': ['19980929', '19980930', '19981001'].map(bar).join('\n') },
    'equity/usa/map_files/bac.csv': '19980102,nb,N\n19980930,nb,N\n20501231,bac,N',
    'equity/usa/daily/uso.zip': { 'uso.csv': ['20060407', '20060410'].map(bar).join('\n') },
    'equity/usa/map_files/uso.csv': '20060410,uso,P\n20501231,uso,P',
  });
  const { bars, reports } = await readHistory(folder);
  assert.deepEqual(
    bars.map(({ symbol, day }) => [symbol, [...day].map(isoDate)]),
    [
      ['BAC', ['1998-10-01']],
      ['USO', ['2006-04-10']],
    ],
  );
  assert.deepEqual(
    reports.slice(2).map(({ rejected }) => rejected),
    [
      [{ reason: 'an earlier holder of the ticker', count: 2, line: 1, entry: 'bac.csv' }],
      [{ reason: 'an earlier holder of the ticker', count: 1, line: 1, entry: 'uso.csv' }],
    ],
  );
  assert.deepEqual([bars[0]?.open[0], bars[0]?.close[0], bars[0]?.volume[0]], [100_000, 105_000, 1000]);
});

test('daily quotes, trades and open interest of a day are one chain at its close, with the close as spot', async (t) => {
  const folder = folderWith(t, {
    'option/usa/daily/aapl_2014_quote_american.zip': {
      [`aapl_quote_${CALL}`]: '20140606 00:00,1,1,1,12100,30,1,1,1,13300,6\n20140609 00:00,1,1,1,200,30,1,1,1,300,6',
      [`aapl_quote_${PUT}`]: '20140606 00:00,,,,,0,1,1,1,500,6',
    },
    'option/usa/daily/aapl_2014_trade_american.zip': { [`aapl_trade_${CALL}`]: '20140606 00:00,1,1,1,13500,257' },
    'option/usa/daily/aapl_2014_openinterest_american.zip': {
      [`aapl_openinterest_${CALL}`]: '20140606 00:00,9325\n20140610 00:00,1',
      'aapl_openinterest_american_call_1_20140613.csv': '20140606 00:00,5',
    },
    'equity/usa/daily/aapl.zip': { 'aapl.csv': '20140606 00:00,6400000,6500000,6300000,6455700,1' },
  });
  const { chains, reports } = await readHistory(folder);
  const [first, second] = chains;
  assert.deepEqual([first?.takenAt, first?.spot, first?.size], [instantInNewYork('2014-06-06', '16:00'), 6_455_700, 2]);
  assert.deepEqual([second?.takenAt, second?.spot, second?.size], [instantInNewYork('2014-06-09', '16:00'), null, 1]);
  assert.deepEqual([...(first?.expiration ?? [])].map(isoDate), ['2014-06-13', '2014-06-20']);
  assert.deepEqual([...(first?.strike ?? [])], [6_450_000, 6_450_000]);
  assert.deepEqual([...(first?.bid ?? [])], [12_100, MISSING]);
  assert.deepEqual([...(first?.ask ?? [])], [13_300, 500]);
  assert.deepEqual([first?.last[0], first?.volume[0], first?.openInterest[0]], [13_500, 257, 9325]);
  assert.deepEqual([second?.last[0], second?.volume[0], second?.openInterest[0]], [MISSING, MISSING, MISSING]);
  const interest = reports.find(({ path }) => path.includes('openinterest'));
  assert.deepEqual([interest?.rows, interest?.kept], [3, 1]);
  assert.deepEqual(countsOf(interest), { 'open interest without a quote or trade': 2 });
});

test('an hour is known when it is over, the last one at the close; volumes add up and the last price stays', async (t) => {
  const quote = (hour: string): string => `20140606 ${hour}:00,1,1,1,12100,30,1,1,1,13300,6`;
  const folder = folderWith(t, {
    'option/usa/hour/aapl_2014_quote_american.zip': {
      [`aapl_quote_${CALL}`]: ['09', '10', '15'].map(quote).join('\n'),
    },
    'option/usa/hour/aapl_2014_trade_american.zip': {
      [`aapl_trade_${CALL}`]: '20140606 09:00,1,1,1,11000,20\n20140606 15:00,1,1,1,12000,5',
    },
    'option/usa/hour/aapl_2014_openinterest_american.zip': { [`aapl_openinterest_${CALL}`]: '20140606 06:00,77' },
    'equity/usa/daily/aapl.zip': { 'aapl.csv': '20140606 00:00,6400000,6500000,6300000,6455700,1' },
  });
  const { chains } = await readHistory(folder);
  assert.deepEqual(
    chains.map(({ takenAt, spot, last, volume, openInterest }) => [takenAt, spot, last[0], volume[0], openInterest[0]]),
    [
      [instantInNewYork('2014-06-06', '10:00'), null, 11_000, 20, 77],
      [instantInNewYork('2014-06-06', '11:00'), null, 11_000, 20, 77],
      [instantInNewYork('2014-06-06', '16:00'), 6_455_700, 12_000, 25, 77],
    ],
  );
});

test('a universe is the chain of the session before its date, its first row the underlying', async (t) => {
  const rows = [
    ',,,633.4900,633.5000,633.2800,633.4000,131,,,,,,,',
    '20140606,490,C,142.9,145.2,132.9,138.325,7,12,1.4964998,0.9684187,0.0007859,0.0381194,-0.5170732,0.03',
  ];
  const { chains, reports } = await readHistory(
    folderWith(t, { 'option/usa/universes/aapl/20140602.csv.gz': csv(UNIVERSE, rows) }),
  );
  const [chain] = chains;
  assert.deepEqual(
    [chain?.symbol, chain?.takenAt, chain?.spot],
    ['AAPL', instantInNewYork('2014-05-30', '16:00'), 6_334_000],
  );
  assert.deepEqual(
    [chain?.last[0], chain?.volume[0], chain?.openInterest[0], chain?.bid[0]],
    [1_383_250, 7, 12, MISSING],
  );
  assert.deepEqual([chain?.delta[0], chain?.theta[0], chain?.vega[0]], [0.9684187, -0.5170732, 0.0381194]);
  assert.deepEqual([reports[0]?.rows, reports[0]?.kept], [2, 2]);
});

test('a universe dated on the day of a split is in the new shares and rejected; the next is not', async (t) => {
  const rows = [',,,92.69,92.95,92.50,92.72,1,,,,,,,', '20140613,70.71,C,21.9,23.6,20.4,23.0,0,14,0.3,0.99,0,0,0,0'];
  const folder = folderWith(t, {
    'equity/usa/factor_files/aapl.csv': FACTORS,
    'option/usa/universes/aapl/20140609.csv.gz': csv(UNIVERSE, rows),
    'option/usa/universes/aapl/20140610.csv.gz': csv(UNIVERSE, rows),
  });
  const { chains, reports } = await readHistory(folder);
  assert.deepEqual(
    chains.map(({ takenAt }) => takenAt),
    [instantInNewYork('2014-06-09', '16:00')],
  );
  assert.deepEqual(countsOf(reports[1]), { 'split day: already in the new shares': 1 });
});

test('a row of a universe that says nothing is rejected, and a close outside its own day is no spot', async (t) => {
  const rows = [
    ',,,94.28,94.29,94.28,93.77,1,,,,,,,',
    '20140613,70.71,C,0,0,0,0,0,,0,0,0,0,0,0',
    '20140613,71.43,C,1,1,1,1,0,,0,0,0,0,0,0',
  ];
  const { chains, reports } = await readHistory(
    folderWith(t, { 'option/usa/universes/aapl/20140611.csv.gz': csv(UNIVERSE, rows) }),
  );
  assert.deepEqual([chains[0]?.size, chains[0]?.spot], [1, null]);
  assert.deepEqual(countsOf(reports[0]), {
    'nothing in it': 1,
    'close outside its own day': 1,
    'implied volatility of zero': 1,
  });
});

test('broken bars, closed days, bars after the expiration and files of unknown names are rejected with their place', async (t) => {
  const good = ',1,1,1,12100,30,1,1,1,13300,6';
  const rows = [
    `20140606 00:00${good}`,
    `20140606 00:00${good}`,
    `20140605 00:00${good}`,
    `20140607 00:00${good}`,
    `20140616 00:00${good}`,
    `20140609 00:00,1`,
    `20140609 0000${good}`,
    `2014-06-09 25:00${good}`,
    `20140609 00:00${good.replace('12100', 'x')}`,
  ];
  const folder = folderWith(t, {
    'option/usa/daily/aapl_2014_quote_american.zip': {
      [`aapl_quote_${CALL}`]: rows.join('\n'),
      'aapl_quote_american_call_0_20140613.csv': rows[0] as string,
      'readme.txt': 'hello',
    },
  });
  const { reports } = await readHistory(folder);
  const entry = `aapl_quote_${CALL}`;
  assert.deepEqual(reports[0]?.rejected, [
    { reason: 'same contract or date again', count: 1, line: 2, entry },
    { reason: 'time goes backward', count: 1, line: 3, entry },
    { reason: 'no session on that date', count: 1, line: 4, entry },
    { reason: 'expiration before the date', count: 1, line: 5, entry },
    { reason: 'wrong number of columns', count: 1, line: 6, entry },
    { reason: 'broken value', count: 3, line: 7, entry },
    {
      reason: 'name of the archived file not understood',
      count: 2,
      line: 1,
      entry: 'aapl_quote_american_call_0_20140613.csv',
    },
  ]);
});

test('a universe whose name is no date, or one before all calendars, cannot be given a time', async (t) => {
  const rows = ['20140613,71.43,C,1,1,1,1,0,,0,0,0,0,0,0'];
  for (const name of ['latest.csv', '19890102.csv', '20141302.csv']) {
    const folder = folderWith(t, { [`universes/aapl/${name}`]: csv(UNIVERSE, rows) });
    const { chains, reports } = await readHistory(folder);
    assert.deepEqual(
      [chains.length, reports[0]?.trouble],
      [0, 'its name is no date that is known (expected YYYYMMDD.csv)'],
    );
  }
});
