import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { sessions } from '../../../../agent/core/calendar/sessions.ts';
import { planFiles } from '../../../../agent/edges/history/files/plan.ts';
import { csv, folderWith, readHistory, zipOf } from './written-files.ts';

const HEADER = 'date,expiration,strike,type,last,delta,iv_pct,volume,open_interest';
const DATES = ['2026-03-16', '2026-03-17', '2026-03-18', '2026-03-19', '2026-03-20'];
/** Every line is different, so that packing does not fold them into nothing. */
const TEXT = csv(
  HEADER,
  DATES.flatMap((date, d) =>
    Array.from(
      { length: 200 },
      (_, n) => `${date},2026-04-17,${100 + n},C,${((n * 7919 + d * 104_729) % 9973) / 100 + 0.01},0.5,20.5,${n * d},4`,
    ),
  ),
);
const BREAKS_OFF = 'gzip breaks off; what came before was read';

const NOBODY = 65_534;

test('of a gzip that breaks off, what comes before the break is kept, the last chain incomplete', async (t) => {
  const whole = gzipSync(TEXT);
  for (const share of [0.2, 0.5, 0.9, 0.999]) {
    const cut = whole.subarray(0, Math.floor(whole.length * share));
    const { chains, reports } = await readHistory(folderWith(t, { 'KO.csv.gz': cut }));
    const [report] = reports;
    assert.deepEqual([report?.complete, report?.trouble], [false, BREAKS_OFF]);
    assert.ok((report?.kept ?? 0) > 1000 * share * 0.8, `${report?.kept} rows of the first ${share}`);
    assert.ok((report?.kept ?? 0) <= 1000);
    assert.deepEqual(
      chains.map(({ complete }) => complete),
      chains.map((_, n) => n < chains.length - 1),
    );
  }
});

test('a gzip without its last eight bytes has all its rows, and is incomplete', async (t) => {
  const whole = gzipSync(TEXT);
  const { reports } = await readHistory(folderWith(t, { 'KO.csv.gz': whole.subarray(0, -8) }));
  assert.deepEqual([reports[0]?.kept, reports[0]?.trouble], [1000, BREAKS_OFF]);
});

test('a gzip with a wrong byte in it is named, at whatever byte, and never read as whole', async (t) => {
  const whole = gzipSync(TEXT);
  const position = fc.integer({ min: 10, max: whole.length - 1 });
  await fc.assert(
    fc.asyncProperty(position, fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] as number) ^ change;
      const { reports } = await readHistory(folderWith(t, { 'KO.csv.gz': damaged }));
      const plan = await planFiles([folderWith(t, { 'KO.csv.gz': damaged })], { format: null });
      assert.ok(reports[0]?.complete === false || plan.failed.length + plan.skipped.length === 1);
    }),
    { numRuns: 40 },
  );
});

test('several gzips in one file are one text, and whole', async (t) => {
  const half = TEXT.indexOf('\n', TEXT.length / 2) + 1;
  const joined = Buffer.concat([gzipSync(TEXT.slice(0, half)), gzipSync(TEXT.slice(half))]);
  const { reports } = await readHistory(folderWith(t, { 'KO.csv.gz': joined }));
  assert.deepEqual([reports[0]?.kept, reports[0]?.complete], [1000, true]);
});

const BAR = (n: number): string => `201406${String(2 + n).padStart(2, '0')} 00:00,100,110,90,105,1000`;
const ENTRIES = Object.fromEntries(
  Array.from({ length: 40 }, (_, n) => [
    `aapl_quote_american_call_${(500 + n) * 10_000}_20150117.csv`,
    `20140606 00:00,14900,15900,10400,${12_100 + n},30,16300,19500,12500,13300,6\n`,
  ]),
);

test('of a zip that breaks off, the files before the break are kept', async (t) => {
  const whole = zipOf(ENTRIES);
  const cut = whole.subarray(0, Math.floor(whole.length * 0.4));
  const folder = folderWith(t, { 'option/usa/daily/aapl_2014_quote_american.zip': cut });
  const { chains, reports } = await readHistory(folder);
  const [report] = reports;
  assert.equal(report?.trouble, 'zip breaks off; what came before was read');
  assert.ok((report?.kept ?? 0) > 10 && (report?.kept ?? 0) < 40);
  assert.deepEqual(
    chains.map(({ size, complete }) => [size, complete]),
    [[report?.kept, false]],
  );
});

test('of a zip that breaks off in the middle of its only file, the whole rows before the break are kept', async (t) => {
  const days = sessions('2010-01-01', '2013-12-31');
  const rows = days.map(
    ({ date }, n) => `${date.replaceAll('-', '')} 00:00,100000,110000,90000,${100_000 + n},${n * 7919}`,
  );
  const whole = zipOf({ 'aapl.csv': rows.join('\n') });
  for (let cut = 100; cut < whole.length; cut += 977) {
    const folder = folderWith(t, { 'equity/usa/daily/aapl.zip': whole.subarray(0, whole.length - cut) });
    const { bars, reports } = await readHistory(folder);
    const [found] = bars;
    assert.deepEqual([reports[0]?.complete, reports[0]?.rejected], [false, []]);
    assert.ok((found?.size ?? 0) < rows.length);
    for (let row = 0; row < (found?.size ?? 0); row += 1) {
      assert.deepEqual([found?.close[row], found?.volume[row]], [100_000 + row, row * 7919]);
    }
    if (cut < whole.length / 2) assert.ok((found?.size ?? 0) > 200, `${found?.size} rows of ${rows.length}`);
  }
});

test('a file in a zip whose bytes are not those that were packed is left out and named', async (t) => {
  const whole = zipOf({ 'aapl.csv': Array.from({ length: 5 }, (_, n) => BAR(n)).join('\n') });
  const damaged = Buffer.from(whole);
  damaged[50] = (damaged[50] as number) ^ 4;
  const { bars, reports } = await readHistory(folderWith(t, { 'equity/usa/daily/aapl.zip': damaged }));
  assert.equal(reports[0]?.trouble, 'damaged zip at aapl.csv; the rest was read');
  assert.equal(bars[0]?.size, 0);
});

test('an empty file, an empty archive and one that is no archive are named', async (t) => {
  const folder = folderWith(t, {
    'a/KO.csv': '',
    'a/PEP.csv.gz': '',
    'equity/usa/daily/ko.zip': Buffer.alloc(0),
    'equity/usa/daily/pep.zip': Buffer.from('this is no archive at all, not even nearly'),
    'equity/usa/map_files/ko.csv': '',
  });
  const plan = await planFiles([folder], { format: null });
  const failed = plan.failed.map(({ path, why }) => [path.slice(folder.length + 1), why]);
  assert.deepEqual(failed, [
    ['a/KO.csv', 'empty: there is not even a header'],
    ['a/PEP.csv.gz', 'empty: there is not even a header'],
  ]);
  const { reports } = await readHistory(folder);
  assert.deepEqual(
    reports.map(({ path, trouble }) => [path.slice(folder.length + 1), trouble]),
    [
      ['equity/usa/map_files/ko.csv', 'empty: there is not one row'],
      ['equity/usa/daily/ko.zip', 'empty: not even the end of an archive'],
      ['equity/usa/daily/pep.zip', 'zip breaks off; what came before was read'],
    ],
  );
});

test('a file with a header and no rows is whole and holds nothing', async (t) => {
  const { chains, reports } = await readHistory(folderWith(t, { 'KO.csv': `${HEADER}\n` }));
  assert.deepEqual([chains.length, reports[0]?.rows, reports[0]?.complete], [0, 0, true]);
});

test('a CSV that lacks columns is told which, and what was expected', async (t) => {
  const folder = folderWith(t, {
    'KO.csv': csv(HEADER.replace(',iv_pct', '').replace(',delta', ''), []),
    'notes.csv': 'name,telephone\n',
    'README.md': 'date,expiration',
  });
  const plan = await planFiles([folder], { format: null });
  assert.deepEqual(
    plan.failed.map(({ why }) => why),
    [
      `lacks the columns delta, iv_pct of the format eod-trades (expected: date, expiration, strike, type, last, delta, iv_pct, volume, open_interest)`,
    ],
  );
  assert.deepEqual(
    plan.skipped.map(({ why }) => why),
    ['neither CSV nor an archive of Lean', 'its columns are of no known format'],
  );
  const named = await planFiles([`${folder}/notes.csv`], { format: null });
  assert.deepEqual(
    named.failed.map(({ why }) => why),
    ['its columns are of no known format'],
  );
});

test('a file that is said to be of a format must be of it', async (t) => {
  const folder = folderWith(t, { 'KO.csv': csv(HEADER, []), 'equity/usa/daily/ko.zip': zipOf({ 'ko.csv': BAR(4) }) });
  const plan = await planFiles([folder], { format: 'intraday-snapshots' });
  assert.equal(plan.sources.length, 0);
  assert.match(
    plan.failed[0]?.why ?? '',
    /^lacks the columns ts_utc, bid, ask, iv, spot of the format intraday-snapshots \(expected: /,
  );
  assert.equal(plan.failed[1]?.why, 'is lean-equity, not intraday-snapshots');
});

test('a folder that may not be looked into is named, and the others are read', async (t) => {
  const folder = folderWith(t, { 'shut/KO.csv': csv(HEADER, []), 'KO.csv': csv(HEADER, []) });
  chmodSync(folder, 0o755);
  chmodSync(`${folder}/shut`, 0);
  const plan = await asAnybody(() => planFiles([folder], { format: null })).finally(() =>
    chmodSync(`${folder}/shut`, 0o700),
  );
  assert.deepEqual([plan.sources.length, plan.failed.length], [1, 1]);
  assert.match(plan.failed[0]?.why ?? '', /^cannot be read \(EACCES/);
});

/** The superuser may look into every folder, so for a moment we are somebody else. */
async function asAnybody<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
