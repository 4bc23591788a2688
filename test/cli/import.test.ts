import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { Level } from 'level';
import { sessions } from '../../agent/core/calendar/sessions.ts';
import type { Chain } from '../../agent/core/market/chain.ts';
import { LevelStore } from '../../agent/edges/store/level/level-store.ts';
import { csv, folderWith } from '../edges/history/files/written-files.ts';
import { ROOT, runNode } from '../run-node.ts';

const HEADER = 'date,expiration,strike,type,last,delta,iv_pct,volume,open_interest';
const GOOD = '2026-03-20,2026-04-17,100.0,C,1.25,0.5,20.5,3,4';
const ROWS = [GOOD, GOOD.replace('100.0', 'x'), GOOD.replaceAll('2026-03-20', '2026-04-03')];

function imported(...args: string[]) {
  return runNode(['agent/main.ts', 'import', ...args]);
}

test('for people it prints per file what was read, what was rejected and why, and where that was seen first', (t) => {
  const folder = folderWith(t, { 'data/KO.csv.gz': csv(HEADER, ROWS), 'data/notes.txt': 'hello' });
  const { code, out, err } = imported(join(folder, 'data'), '--store', join(folder, 'store'));
  assert.deepEqual([code, err], [0, '']);
  assert.deepEqual(out.split('\n'), [
    `${folder}/data/KO.csv.gz: eod-trades, 1 of 3 rows kept`,
    '    rows rejected 1: broken value (first: line 3)',
    '    rows rejected 1: no session on that date (first: line 4)',
    "    1 chains, 1 without the underlying's price",
    '1 other files are no market history and were passed over',
    '1 files, 1 of 3 rows in 1 chains',
    '',
  ]);
});

test('with --json it prints one object with every report', (t) => {
  const folder = folderWith(t, { 'KO.csv.gz': csv(HEADER, ROWS) });
  const { code, out } = imported(join(folder, 'KO.csv.gz'), '--store', join(folder, 'store'), '--json');
  assert.equal(code, 0);
  const summary = JSON.parse(out);
  assert.deepEqual(summary.totals, { files: 1, unchanged: 0, rows: 3, kept: 1, chains: 1 });
  assert.deepEqual(summary.files, [
    {
      path: join(folder, 'KO.csv.gz'),
      format: 'eod-trades',
      rows: 3,
      kept: 1,
      rejected: [
        { reason: 'broken value', count: 1, line: 3 },
        { reason: 'no session on that date', count: 1, line: 4 },
      ],
      blanked: [],
      flagged: [],
      complete: true,
      trouble: null,
      status: 'read',
      chains: 1,
      outdone: 0,
      withoutSpot: 1,
    },
  ]);
});

test('a second run reads nothing new, and every byte that is stored stays as it was', async (t) => {
  const folder = folderWith(t, {
    'KO.csv.gz': manyRows(20, 50),
    'underlying.csv': csv('date,symbol,close', ['2025-01-02,KO,100']),
  });
  const store = join(folder, 'store');
  assert.equal(imported(folder, '--store', store).code, 0);
  const before = await everything(store);
  const { code, out } = imported(folder, '--store', store, '--json');
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(out).totals, { files: 2, unchanged: 2, rows: 1001, kept: 1001, chains: 20 });
  assert.deepEqual(await everything(store), before);
  assert.match(
    imported(folder, '--store', store).out,
    /KO\.csv\.gz: already imported \(1,000 of 1,000 rows in 20 chains\)/,
  );
});

test('a file that breaks off is named, what came before is kept, and the exit code is 1, also the second time', (t) => {
  const whole = gzipSync(manyRows(20, 200));
  const folder = folderWith(t, { 'KO.csv.gz': whole.subarray(0, whole.length / 2) });
  const first = imported(folder, '--store', join(folder, 'store'));
  assert.equal(first.code, 1);
  assert.match(
    first.out,
    /KO\.csv\.gz: eod-trades, [12],\d{3} of [12],\d{3} rows kept; INCOMPLETE: gzip breaks off; what came before was read/,
  );
  assert.equal(first.err, 'wheelhouse: import: 1 read incompletely\n');
  const second = imported(folder, '--store', join(folder, 'store'));
  assert.equal(second.code, 1);
  assert.match(second.out, /already imported .*; INCOMPLETE: gzip breaks off/);
});

test('a file without the columns it needs is told which and what was expected, and the others are read', (t) => {
  const folder = folderWith(t, {
    'KO.csv': csv(HEADER, [GOOD]),
    'PEP.csv': csv(HEADER.replace(',delta', ''), []),
    'SPY.csv.gz': '',
  });
  const { code, out, err } = imported(folder, '--store', join(folder, 'store'));
  assert.equal(code, 1);
  assert.match(
    out,
    /PEP\.csv: NOT READ: lacks the column delta of the format eod-trades \(expected: date, expiration, strike/,
  );
  assert.match(out, /SPY\.csv\.gz: NOT READ: empty: there is not even a header/);
  assert.match(out, /1 files, 1 of 1 rows in 1 chains/);
  assert.equal(err, 'wheelhouse: import: 2 not read\n');
});

test('a wrong call is refused before anything is started', (t) => {
  const folder = folderWith(t, { 'KO.csv': csv(HEADER, [GOOD]) });
  const store = join(folder, 'store');
  const cases: [string[], RegExp][] = [
    [[join(folder, 'nowhere'), '--store', store], /there is no .*nowhere/],
    [[folder, '--store', store, '--format', 'excel'], /there is no format "excel": auto, intraday-snapshots, /],
    [[folder], /required option '--store <dir>'/],
    [['--store', store], /missing required argument 'path'/],
  ];
  for (const [args, text] of cases) {
    const { code, err } = imported(...args);
    assert.equal(code, 2, args.join(' '));
    assert.match(err, text);
  }
  assert.equal(existsSync(store), false);
});

test('--symbol names the underlying of a file that does not, and --format is held to', async (t) => {
  const folder = folderWith(t, { 'data.csv': csv(HEADER, [GOOD]) });
  const store = join(folder, 'store');
  const { code } = imported(join(folder, 'data.csv'), '--store', store, '--symbol', 'PEP', '--format', 'eod-trades');
  assert.equal(code, 0);
  assert.equal((await chainsIn(store, 'PEP')).length, 1);
});

test('killed in the middle and called again, the store has every chain, as if nothing had happened', async (t) => {
  const folder = folderWith(t, { 'data/KO.csv.gz': manyRows(250, 1600) });
  const data = join(folder, 'data');
  const [killed, whole] = [join(folder, 'killed'), join(folder, 'whole')];
  assert.equal(imported(data, '--store', whole).code, 0);
  await killDuringImport(t, { data, store: killed, atBytes: bytesIn(whole) / 3 });
  const found = (await chainsIn(killed, 'KO')).length;
  assert.ok(found > 0 && found < 250, `${found} chains were there after the kill`);
  const { code, out } = imported(data, '--store', killed, '--json');
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(out).totals, { files: 1, unchanged: 0, rows: 400_000, kept: 400_000, chains: 250 });
  const [again, expected] = [await chainsIn(killed, 'KO'), await chainsIn(whole, 'KO')];
  assert.equal(again.length, 250);
  assert.deepEqual(again, expected);
});

interface Kill {
  readonly data: string;
  readonly store: string;
  readonly atBytes: number;
}

async function killDuringImport(t: TestContext, { data, store, atBytes }: Kill): Promise<void> {
  const args = ['agent/main.ts', 'import', data, '--store', store];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  const exit = once(child, 'exit');
  while (child.exitCode === null && bytesIn(store) < atBytes) await wait(2);
  child.kill('SIGKILL');
  await exit;
  assert.equal(child.signalCode, 'SIGKILL');
}

function bytesIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder)
    .filter((name) => /\.(log|ldb)$/.test(name))
    .reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

async function chainsIn(path: string, symbol: string): Promise<Chain[]> {
  const store = new LevelStore({ path });
  await store.start();
  const chains: Chain[] = [];
  for await (const chain of store.chains(symbol, 0, Number.MAX_SAFE_INTEGER)) chains.push(chain);
  await store.stop();
  return chains;
}

/** Every key and value of the database, whatever they mean. */
async function everything(path: string): Promise<[string, string][]> {
  const database = new Level<string, string>(path, { keyEncoding: 'utf8', valueEncoding: 'hex' });
  const entries = await database.iterator().all();
  await database.close();
  return entries;
}

function manyRows(dates: number, perDate: number): string {
  const rows: string[] = [];
  for (const [d, { date }] of sessions('2025-01-01', '2025-12-31').slice(0, dates).entries()) {
    for (let n = 0; n < perDate; n += 1) {
      const price = ((n * 7919 + d * 104_729) % 9973) / 100 + 0.01;
      rows.push(`${date},2026-04-17,${100 + n / 2},C,${price.toFixed(2)},0.5,20.5,${(n * d) % 977},4`);
    }
  }
  return csv(HEADER, rows);
}
