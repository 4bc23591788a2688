import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { money } from '../../../agent/core/market/money.ts';
import { RecordedMarket } from '../../../agent/lab/exchange/recorded-market.ts';
import { loadRecordedDay, type RecordedDay } from '../../../agent/lab/exchange/recording.ts';
import { sharedData } from '../../shared-data.ts';

const DATE = '2026-03-20';
const HEADER = 'ts_utc,expiration,strike,type,bid,ask,last,volume,open_interest,iv,spot';

const seconds = (time: string, date = DATE): number => instantInNewYork(date, time) / 1000;

function folderWith(t: TestContext, content: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'recording-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'KO.csv.gz'), typeof content === 'string' ? gzipSync(content) : content);
  return folder;
}

function load(t: TestContext, lines: readonly string[]): Promise<RecordedDay> {
  return loadRecordedDay({ folder: folderWith(t, `${lines.join('\n')}\n`), symbols: ['KO'], date: DATE });
}

const row = (time: string, rest: string, date = DATE): string => `${seconds(time, date)},2026-04-24,${rest}`;

test('broken rows are counted with their line and left out, wherever in the kept part they are', async (t) => {
  const day = await load(t, [
    HEADER,
    row('17:00', 'abc,put,1.0,1.1,1.05,5,9,0.2,70.5', '2026-03-19'),
    row('17:00', '70.0,put,1.0,1.1,1.05,5,9,0.2,70.5', '2026-03-19'),
    row('11:00', '70.0,put,1.0,1.1,1.05,5,9,0.2,70.5'),
    row('11:00', '70.0,put,1.0,1.1'),
    row('11:00', '70.0,straddle,1.0,1.1,1.05,5,9,0.2,70.5'),
    row('11:00', '71.0,put,-1.0,1.1,1.05,5,9,0.2,70.5'),
    'yesterday,2026-04-24,70.0,put,1,1,1,1,1,1,1',
    `${seconds('11:00')},2026-02-30,70.0,put,1,1,1,1,1,1,1`,
    row('11:00', '72.0,put,one,1.1,1.05,5,9,0.2,70.5'),
  ]);
  const [ko] = day.symbols;
  assert.deepEqual(
    ko?.snapshots.map((snapshot) => snapshot.rows.length),
    [1, 1],
  );
  assert.equal(ko?.problems.broken, 7);
  assert.deepEqual(
    ko?.problems.first.map(({ line }) => line).toSorted((a, b) => a - b),
    [2, 5, 6, 7, 8, 9, 10],
  );
  assert.match(ko?.problems.first.find(({ line }) => line === 10)?.reason ?? '', /"one" is not a number/);
});

test('a file that is missing, empty, headless, cut off or without the day is a clear error', async (t) => {
  const whole = gzipSync(`${HEADER}\n${row('11:00', '70.0,put,1.0,1.1,1.05,5,9,0.2,70.5', '2026-03-18')}\n`);
  const cases: readonly (readonly [string, string | Buffer])[] = [
    ['RECORDING_EMPTY', Buffer.alloc(0)],
    ['RECORDING_EMPTY', `${HEADER}\n`],
    ['RECORDING_HEADER', 'time,price\n1,2\n'],
    ['RECORDING_UNREADABLE', whole.subarray(0, whole.length - 12)],
    ['RECORDING_UNREADABLE', Buffer.from('this is no gzip file')],
    ['RECORDING_NO_DAY', whole],
  ];
  for (const [code, content] of cases) {
    await assert.rejects(loadRecordedDay({ folder: folderWith(t, content), symbols: ['KO'], date: DATE }), { code });
  }
  const folder = folderWith(t, whole);
  await assert.rejects(loadRecordedDay({ folder, symbols: ['PEP'], date: DATE }), { code: 'RECORDING_MISSING' });
  await assert.rejects(loadRecordedDay({ folder, symbols: ['../KO'], date: DATE }), { code: 'RECORDING_SYMBOL' });
});

test('zero is no quote, crossed stays crossed, and a volatility is believed only where somebody quotes', async (t) => {
  const day = await load(t, [
    HEADER,
    row('11:00', '66.0,put,0.0,0.0,0.2,5,9,0.25001,70.5'),
    row('11:00', '67.0,put,0.3,0.25,0.2,,9,0.2,70.5'),
    row('11:00', '68.0,put,0.4,0.5,0.2,5,,1e-05,70.5'),
    row('11:00', '69.0,put,nan,0.6,NaN,5,9,nan,70.5'),
    row('11:00', '70.0,put,1.0,1.1,1.05,5,9,0.2,70.5'),
  ]);
  const market = new RecordedMarket(day);
  market.advance(instantInNewYork(DATE, '11:00'));
  const [stock, ...options] = market.listings('KO');
  const [none, crossed, noVolatility, noBid, whole] = options.map((listing) => market.quote(listing.conId));
  assert.deepEqual([none?.bid, none?.ask, none?.last, none?.model], [null, null, money(0.2), null]);
  assert.deepEqual([crossed?.bid, crossed?.ask, crossed?.volume], [money(0.3), money(0.25), null]);
  assert.deepEqual([noVolatility?.bid, noVolatility?.model, noVolatility?.openInterest], [money(0.4), null, null]);
  assert.deepEqual([noBid?.bid, noBid?.ask, noBid?.last, noBid?.model], [null, money(0.6), null, null]);
  assert.ok((whole?.model?.delta ?? 0) < -0.35 && (whole?.model?.delta ?? 0) > -0.55);
  const spot = market.quote(stock?.conId ?? 0);
  assert.deepEqual([spot?.last, spot?.bid, spot?.ask], [money(70.5), null, null]);
});

test('each snapshot is a step, and what a snapshot leaves out keeps its old quote and time', async (t) => {
  const day = await load(t, [
    HEADER,
    row('17:00', '70.0,put,1.0,1.1,1.05,5,9,0.2,70.5', '2026-03-19'),
    row('10:30', '70.0,put,1.2,1.3,1.05,5,9,0.2,70.4'),
    row('10:30', '69.0,put,0.9,1.0,1.05,5,9,0.2,70.4'),
    row('10:35', '69.0,put,0.8,0.9,1.05,5,9,0.2,70.6'),
  ]);
  const market = new RecordedMarket(day);
  const at = (time: string): number => instantInNewYork(DATE, time);
  market.advance(at('10:00'));
  const [stock, lower, upper] = market.listings('KO');
  assert.ok(stock !== undefined && lower !== undefined && upper !== undefined);
  assert.equal(market.quote(upper.conId)?.quotedAt, instantInNewYork('2026-03-19', '17:00'));
  assert.equal(market.quote(lower.conId), null);
  assert.equal(market.quote(stock.conId)?.close, money(70.5));
  assert.equal(market.nextChange(at('10:00')), at('10:30'));
  market.advance(at('10:30'));
  assert.deepEqual([market.sequence, market.sequenceOf(upper.conId)], [2, 2]);
  assert.deepEqual(market.advance(at('10:36')).toSorted(), [stock.conId, lower.conId].toSorted());
  assert.deepEqual([market.sequence, market.sequenceOf(upper.conId), market.sequenceOf(lower.conId)], [3, 2, 3]);
  assert.deepEqual([market.quote(upper.conId)?.quotedAt, market.quote(upper.conId)?.bid], [at('10:30'), money(1.2)]);
  assert.equal(market.nextChange(at('10:36')), null);
  const jumped = new RecordedMarket(day);
  jumped.advance(at('10:36'));
  assert.deepEqual(jumped.quote(upper.conId), market.quote(upper.conId));
  assert.equal(jumped.sequenceOf(upper.conId), 2);
});

test('on the real day the newest quote at 10:00 is hours old, and at 11:00 minutes', async (t) => {
  const folder = sharedData(t, 'intraday_2026');
  if (folder === null) return;
  const day = await loadRecordedDay({ folder, symbols: ['SPY', 'TSLA'], date: DATE });
  assert.deepEqual(
    day.symbols.map(({ snapshots, problems }) => [snapshots.length, problems.broken]),
    [
      [57, 0],
      [57, 0],
    ],
  );
  const market = new RecordedMarket(day);
  const newest = (now: number): number => {
    market.advance(now);
    const all = market.symbols().flatMap((symbol) => market.listings(symbol));
    return Math.max(...all.map(({ conId }) => market.quote(conId)?.quotedAt ?? 0));
  };
  assert.equal(newest(instantInNewYork(DATE, '10:00')), instantInNewYork(DATE, '08:03:16'));
  assert.equal(newest(instantInNewYork(DATE, '11:00')), instantInNewYork(DATE, '10:57:55'));
  const puts = market
    .listings('SPY')
    .filter(({ instrument }) => instrument.kind === 'option' && instrument.right === 'P');
  const priced = puts.filter(({ conId }) => {
    const { bid = null, model = null } = market.quote(conId) ?? {};
    return bid !== null && model !== null && model.delta < -0.1 && model.delta > -0.4;
  });
  assert.ok(priced.length > 20, `${priced.length} puts to choose from`);
});
