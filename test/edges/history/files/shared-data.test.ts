import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../../../agent/core/calendar/new-york.ts';
import { epochDay } from '../../../../agent/core/calendar/time.ts';
import { adjustedBars } from '../../../../agent/core/market/adjustment.ts';
import { barAtOrBefore } from '../../../../agent/core/market/bars.ts';
import type { Chain } from '../../../../agent/core/market/chain.ts';
import type { Split } from '../../../../agent/core/market/corporate-action.ts';
import { sharedData } from '../../../shared-data.ts';
import { EXPECTED } from './expected-reports.ts';
import { countsOf, type ReadHistory, readHistory } from './written-files.ts';

/** Contracts of Lean's sets that were traded in an hour in which nobody quoted them. */
const TRADED_UNQUOTED = 16;

let read: Promise<ReadHistory> | null = null;

function all(path: string): Promise<ReadHistory> {
  read ??= readHistory(path);
  return read;
}

test('of every file as many rows are kept, rejected, blanked and flagged as were counted by hand', async (t) => {
  const path = sharedData(t, '.');
  if (path === null) return;
  const { reports } = await all(path);
  const found = reports.map((report) => [
    report.path.slice(path.length + 1),
    [report.rows, report.kept, countsOf(report)],
  ]);
  assert.deepEqual(Object.fromEntries(found), EXPECTED);
  assert.ok(reports.every(({ complete }) => complete));
});

test('rows kept are rows of chains, bars, dates and rates: none is lost between the report and what is yielded', async (t) => {
  const path = sharedData(t, '.');
  if (path === null) return;
  const { chains, reports } = await all(path);
  const universes = reports.filter(({ format }) => format === 'lean-universe').length;
  const ofChains = reports.filter(
    ({ format }) => /intraday|eod|pre-open|universe/.test(format) || format === 'lean-options quote',
  );
  const kept = ofChains.reduce((sum, report) => sum + report.kept, 0);
  assert.equal(
    chains.reduce((sum, { size }) => sum + size, 0),
    kept - universes + TRADED_UNQUOTED,
  );
  assert.ok(chains.every(isSorted));
});

test('the splits of 2014 and 2026 are known, told or read off the strikes, and no other of 2026', async (t) => {
  const path = sharedData(t, '.');
  if (path === null) return;
  const { parts } = await all(path);
  const splits = parts.flatMap((part) =>
    part.kind === 'actions'
      ? part.actions.filter((a): a is Split => a.kind === 'split').map((split) => ({ symbol: part.symbol, ...split }))
      : [],
  );
  const of = (symbol: string) => splits.filter((split) => split.symbol === symbol);
  assert.deepEqual(of('CRWD'), [{ symbol: 'CRWD', kind: 'split', date: '2026-07-02', from: 1, to: 4, detected: true }]);
  assert.deepEqual(of('SOXS'), [
    { symbol: 'SOXS', kind: 'split', date: '2026-07-15', from: 10, to: 1, detected: true },
  ]);
  assert.deepEqual(
    of('AAPL').map(({ date, from, to }) => `${date} ${to}:${from}`),
    ['2000-06-21 2:1', '2005-02-28 2:1', '2014-06-09 7:1', '2020-08-31 4:1'],
  );
  assert.deepEqual(
    of('USO').map(({ date, from, to }) => `${date} ${to}:${from}`),
    ['2020-04-29 1:8'],
  );
  assert.equal(splits.filter(({ detected }) => detected).length, 2);
});

test('prices of Apple adjusted for splits have no jump in 2014 or 2020, and dividends make the return larger', async (t) => {
  const path = sharedData(t, '.');
  if (path === null) return;
  const { bars, parts } = await all(path);
  const aapl = bars.find(({ symbol, size }) => symbol === 'AAPL' && size > 5000);
  assert.ok(aapl !== undefined);
  const actions = parts.flatMap((part) => (part.kind === 'actions' && part.symbol === 'AAPL' ? part.actions : []));
  const asOf = '2021-03-31';
  const splits = adjustedBars(aapl, actions, { asOf, adjust: 'splits' });
  const total = adjustedBars(aapl, actions, { asOf, adjust: 'splits and dividends' });
  for (let row = 1; row < splits.size; row += 1) {
    const move = Math.log((splits.close[row] as number) / (splits.close[row - 1] as number));
    // The worst day of these years is that of the profit warning of 2000-09-29.
    assert.ok(Math.abs(move) < 0.75, `${splits.day[row]}`);
  }
  const row = barAtOrBefore(aapl, epochDay('2014-06-06'));
  assert.equal(aapl.close[row], 6_455_700);
  assert.equal(splits.close[row], Math.round(6_455_700 / 28));
  assert.ok((total.close[row] as number) < (splits.close[row] as number));
  // The vendor's own factors of that day, 0.9011818 for dividends.
  assert.ok(Math.abs((total.close[row] as number) / (splits.close[row] as number) - 0.9011818) < 2e-4);
});

test('no snapshot before the open holds a trade that was made after it was taken', async (t) => {
  const path = sharedData(t, '.');
  if (path === null) return;
  const { chains } = await all(path);
  const spy = chains.filter(
    ({ symbol, takenAt }) => symbol === 'SPY' && takenAt === instantInNewYork('2026-08-13', '11:58:32'),
  );
  assert.equal(spy.length, 1);
});

function isSorted(chain: Chain): boolean {
  for (let row = 1; row < chain.size; row += 1) {
    const key = (at: number): number =>
      (chain.expiration[at] as number) * 2 ** 33 + (chain.strike[at] as number) * 2 + (chain.right[at] as number);
    if (key(row) <= key(row - 1)) return false;
  }
  return true;
}
