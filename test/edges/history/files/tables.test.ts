import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isoDate } from '../../../../agent/core/calendar/time.ts';
import { money } from '../../../../agent/core/market/money.ts';
import { planFiles } from '../../../../agent/edges/history/files/plan.ts';
import { countsOf, csv, folderWith, readHistory } from './written-files.ts';

const DATED = 'DATE,OPEN,HIGH,LOW,CLOSE';
const ADJUSTED = 'symbol,date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash,splitFactor';

test('daily bars come sorted, one per session, with odd ones flagged', async (t) => {
  const rows = [
    '1992-02-11,19.24,18.57,17.61,17.70',
    '1992-02-10,17.00,18.00,16.00,17.00',
    '1992-02-15,17.00,18.00,16.00,17.00',
    '1992-02-10,17.00,18.00,16.00,17.50',
    '1992-02-12,17.00,18.00,16.00,',
    '1992-02-13,17.00,18.00,16.00,0',
    '1992-02-14,x,18.00,16.00,17.00',
    '1992-02-14,17.00,18.00',
    'soon,17.00,18.00,16.00,17.00',
  ];
  const { bars, reports } = await readHistory(folderWith(t, { 'vix-daily.csv.gz': csv(DATED, rows) }));
  assert.deepEqual([bars[0]?.symbol, [...(bars[0]?.day ?? [])].map(isoDate)], ['VIX', ['1992-02-10', '1992-02-11']]);
  assert.deepEqual(
    [bars[0]?.open[1], bars[0]?.high[1], bars[0]?.low[1], bars[0]?.close[1]],
    [192_400, 185_700, 176_100, 177_000],
  );
  assert.ok(Number.isNaN(bars[0]?.volume[0]));
  assert.deepEqual(countsOf(reports[0]), {
    'broken value': 3,
    'wrong number of columns': 1,
    'same contract or date again': 1,
    'empty close': 1,
    'no session on that date': 1,
    'open or close outside the range of its day': 1,
  });
  assert.deepEqual([reports[0]?.rows, reports[0]?.kept], [9, 2]);
});

test('cash and splits beside the prices are actions of their day', async (t) => {
  const rows = [
    'SPY,2021-03-18,391.48,398,390,394,115349080,1,1,1,1,1,0.0,1.0',
    'SPY,2021-03-19,389.48,391,387,389,113624490,1,1,1,1,1,1.2778,1.0',
    'SPY,2021-03-22,97.5,98,96,97,1,1,1,1,1,1,0.0,4.0',
  ];
  const { bars, actions } = await readHistory(folderWith(t, { 'underlying.csv.gz': csv(ADJUSTED, rows) }));
  assert.deepEqual([bars[0]?.symbol, bars[0]?.size, bars[0]?.volume[0]], ['SPY', 3, 115_349_080]);
  assert.deepEqual(actions, [
    { kind: 'dividend', date: '2021-03-19', amount: money(1.2778) },
    { kind: 'split', date: '2021-03-22', from: 1, to: 4 },
  ]);
});

test('closes of several symbols in one file are bars of each', async (t) => {
  const rows = [
    '2026-07-02,SPY,750.5,1,1,1,1',
    '2026-07-02,KO,70,,,,',
    '2026-07-03,KO,70,1,1,1,1',
    '2026-07-06,KO,,1,1,1,1',
  ];
  const text = csv('date,symbol,close,call_volume,put_volume,call_oi,put_oi', rows);
  const { bars, reports } = await readHistory(folderWith(t, { 'underlying.csv': text }));
  assert.deepEqual(
    bars.map(({ symbol, size, close }) => [symbol, size, close[0]]),
    [
      ['SPY', 1, 7_505_000],
      ['KO', 1, 700_000],
    ],
  );
  assert.deepEqual(countsOf(reports[0]), { 'no session on that date': 1, 'empty close': 1 });
});

test('earnings are sorted dates of each ticker, each once', async (t) => {
  const rows = ['A,"2025-05-28"', 'A,"2025-02-26"', 'KO,2025-04-29', 'A,"2025-05-28"', 'A,soon', ',2025-05-28', 'A'];
  const { parts, reports } = await readHistory(
    folderWith(t, { 'dates.csv.gz': csv('"Ticker","Earnings_Date"', rows) }),
  );
  assert.deepEqual(parts, [
    { kind: 'earnings', symbol: 'A', dates: ['2025-02-26', '2025-05-28'] },
    { kind: 'earnings', symbol: 'KO', dates: ['2025-04-29'] },
  ]);
  assert.deepEqual(countsOf(reports[0]), {
    'same contract or date again': 1,
    'broken value': 2,
    'wrong number of columns': 1,
  });
});

test('interest rates in percent become continuous ones', async (t) => {
  const { parts, reports } = await readHistory(
    folderWith(t, { 'interest-rate.csv': csv('DATE,PCREDIT8', ['2023-05-04,5.25', '2023-07-27,x', '2023-07-28,']) }),
  );
  assert.deepEqual(parts, [{ kind: 'rates', rates: [{ date: '2023-05-04', rate: Math.log1p(0.0525) }] }]);
  assert.deepEqual(countsOf(reports[0]), { 'broken value': 2 });
});

test('actions are read before bars and bars before chains, whatever the names', async (t) => {
  const folder = folderWith(t, {
    'a/KO.csv.gz': csv('date,expiration,strike,type,last,delta,iv_pct,volume,open_interest', []),
    'a/underlying.csv.gz': csv('date,symbol,close', []),
    'equity/usa/daily/aapl.zip': { 'aapl.csv': '' },
    'equity/usa/factor_files/aapl.csv': '20501231,1,1,0',
    'equity/usa/map_files/aapl.csv': '20501231,aapl,Q',
  });
  const { sources } = await planFiles([folder], { format: null });
  const order = sources.flatMap(({ paths }) => paths.map((path) => path.slice(folder.length + 1)));
  assert.deepEqual(order, [
    'equity/usa/factor_files/aapl.csv',
    'equity/usa/map_files/aapl.csv',
    'a/underlying.csv.gz',
    'equity/usa/daily/aapl.zip',
    'a/KO.csv.gz',
  ]);
  const alone = await planFiles([`${folder}/a/KO.csv.gz`, `${folder}/equity/usa/daily/aapl.zip`], { format: null });
  assert.deepEqual(
    alone.sources.flatMap(({ paths }) => paths.map((path) => path.slice(folder.length + 1))),
    order,
  );
});
