import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { newYorkText } from '../../../agent/core/calendar/new-york.ts';
import { closureOn, sessions } from '../../../agent/core/calendar/sessions.ts';
import { sharedData } from '../../shared-data.ts';

interface MarketHours {
  readonly holidays: readonly string[];
  readonly earlyCloses: Readonly<Record<string, string>>;
}

function leanHours(t: TestContext): MarketHours | null {
  const path = sharedData(t, 'lean/market-hours/us-market-hours.json.gz');
  if (path === null) return null;
  return JSON.parse(gunzipSync(readFileSync(path)).toString()).entries['Equity-usa-[*]'];
}

function iso(monthDayYear: string): string {
  const [month = '', day = '', year = ''] = monthDayYear.split('/');
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

test('weekday closures of 1998 to 2028 are the holidays of the Lean project, no more and no fewer', (t) => {
  const hours = leanHours(t);
  if (hours === null) return;
  const listed = hours.holidays.map(iso).filter((date) => date <= '2028-12-31' && closureOn(date) !== 'weekend');
  const ours: string[] = [];
  for (let at = Temporal.PlainDate.from('1998-01-01'); at.year <= 2028; at = at.add({ days: 1 })) {
    const closure = closureOn(at.toString());
    if (closure !== null && closure !== 'weekend') ours.push(at.toString());
  }
  assert.deepEqual(ours, [...new Set(listed)].sort());
});

test('early closes of 2000 to 2028 are those of the Lean project, at the same time', (t) => {
  const hours = leanHours(t);
  if (hours === null) return;
  const listed = Object.entries(hours.earlyCloses)
    .filter(([date]) => iso(date) >= '2000' && iso(date) < '2029' && closureOn(iso(date)) !== 'weekend')
    .map(([date, close]) => `${iso(date)} ${close} ET`);
  const ours = sessions('2000-01-01', '2028-12-31').filter((session) => session.earlyClose);
  assert.deepEqual(
    ours.map((session) => newYorkText(session.close)),
    listed.sort(),
  );
});

test('SPY traded on exactly our sessions from 1998 to March 2021', (t) => {
  const path = sharedData(t, 'lean/equity/usa/daily/spy.zip');
  if (path === null) return;
  const rows = unzipOnly(readFileSync(path))
    .split('\n')
    .filter((row) => row !== '');
  const traded = rows.map((row) => `${row.slice(0, 4)}-${row.slice(4, 6)}-${row.slice(6, 8)}`);
  assert.deepEqual(
    traded,
    sessions(traded[0] as string, traded.at(-1) as string).map((s) => s.date),
  );
});

/** Days on which the index was published though stocks did not trade, and four that its file lost. */
const VIX_ONLY = ['2004-06-11'];
const VIX_LOST = ['1991-03-01', '1997-01-31', '1997-11-26', '1999-12-31'];

test('the VIX of 1990 to 2021, before it was published on holidays, has a value for each of our sessions', (t) => {
  const path = sharedData(t, 'vix/vix-daily.csv.gz');
  if (path === null) return;
  const rows = gunzipSync(readFileSync(path)).toString().split('\n').slice(1);
  const published = rows.map((row) => row.slice(0, 10)).filter((date) => date !== '' && date < '2022');
  const ours = sessions('1990-01-01', '2021-12-31').map((session) => session.date);
  assert.deepEqual(published, [...ours.filter((date) => !VIX_LOST.includes(date)), ...VIX_ONLY].sort());
});

/** The text of an archive's single member. Source: PKWARE APPNOTE 4.3.7, local file header. */
function unzipOnly(archive: Buffer): string {
  const start = 30 + archive.readUInt16LE(26) + archive.readUInt16LE(28);
  return inflateRawSync(archive.subarray(start)).toString();
}
