import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { instantOf } from '../../agent/cli/instant.ts';
import { instantInNewYork } from '../../agent/core/calendar/new-york.ts';
import { csv, folderWith } from '../edges/history/files/written-files.ts';
import { runNode } from '../run-node.ts';
import { callsInTurn } from './calls-in-turn.ts';

const HEADER = 'ts_utc,expiration,strike,type,bid,ask,last,volume,open_interest,iv,spot';

function chain(...args: string[]) {
  return runNode(['agent/main.ts', 'chain', ...args]);
}

/** Two snapshots of SPY: at 10:00 and, with a spot nobody could know then, at 10:05. */
function storeWithChains(t: TestContext): string {
  const at = instantInNewYork('2026-03-20', '10:00') / 1000;
  const rows = [
    `${at},2026-03-27,650,call,9.3,9.4,9.35,120,900,0.2,652.475`,
    `${at},2026-03-27,650,put,6.6,6.5,6.5,7,,0.21,652.475`,
    `${at},2026-04-17,650,call,0,0,21,1,10,0,652.475`,
    `${at + 300},2026-03-27,650,call,99,99.1,99,1,10,0.2,777`,
  ];
  const folder = folderWith(t, { 'SPY.csv': csv(HEADER, rows) });
  assert.equal(runNode(['agent/main.ts', 'import', folder, '--store', join(folder, 'store')]).code, 0);
  return join(folder, 'store');
}

test('it shows the chain of an instant as a table, with what is wrong with each row and what was derived', (t) => {
  const { code, out, err } = chain('--store', storeWithChains(t), '--symbol', 'spy', '--at', '2026-03-20T10:04');
  assert.deepEqual([code, err], [0, '']);
  const lines = out.split('\n');
  assert.deepEqual(lines.slice(0, 4), [
    'SPY  taken 2026-03-20 10:00:00 ET, complete',
    'spot 652.475 of 2026-03-20 10:00:00 ET',
    '3 contracts, 2 flagged; a star marks what was derived, without interest: the store has no rate',
    'implied volatility at the money 20.50 %; rank unknown over 0 days',
  ]);
  assert.match(
    lines[5] ?? '',
    /^ +expires +days +strike +bid +ask +last +volume +open int +IV +delta +gamma +theta +vega +engine +flags$/,
  );
  assert.match(
    lines[6] ?? '',
    /^2026-03-27 +7 +650\.00 +C +9\.30 +9\.40 +9\.35 +120 +900 +20\.00 +0\.\d{3}\* +0\.\d{4}\* +-0\.\d{3}\* +0\.\d{3}\* +european$/,
  );
  assert.match(lines[7] ?? '', /P +6\.60 +6\.50 .*crossed$/);
  assert.match(lines[8] ?? '', /^2026-04-17 +28 +650\.00 +C +21\.00 +1 +10 +missing side$/);
  assert.match(out, /2026-03-27 {2}forward - {2}parity rate - {2}at the money/);
});

test('nothing that was taken later is shown, and an expiration can be chosen', (t) => {
  const store = storeWithChains(t);
  const at = (text: string, ...more: string[]) =>
    JSON.parse(chain('--store', store, '--symbol', 'SPY', '--at', text, '--json', ...more).out);
  assert.deepEqual(
    [at('2026-03-20T10:04:59').spot, at('2026-03-20T10:05').spot, at('2026-03-20').spot],
    [652.475, 777, 777],
  );
  assert.equal(at('2026-03-20T14:04:59Z').takenAt, '2026-03-20T14:00:00Z');
  const chosen = at('2026-03-20T10:00', '--expiration', '2026-04-17');
  assert.deepEqual(chosen.rows, [
    {
      expiration: '2026-04-17',
      strike: 650,
      right: 'C',
      bid: null,
      ask: null,
      last: 21,
      volume: 1,
      openInterest: 10,
      impliedVolatility: null,
      delta: null,
      gamma: null,
      theta: null,
      vega: null,
      derived: false,
      engine: null,
      flags: 'missing side',
    },
  ]);
  assert.deepEqual(
    [chosen.complete, chosen.ivRank, chosen.ivPercentile, chosen.expirations.length],
    [true, null, null, 1],
  );
});

test('an old quote is flagged stale at the instant that is asked for', (t) => {
  const { out } = chain('--store', storeWithChains(t), '--symbol', 'SPY', '--at', '2026-03-20T15:00', '--json');
  assert.ok(JSON.parse(out).rows.every(({ flags }: { flags: string }) => flags.includes('stale')));
});

test('without a store, a chain or the expiration it says so and fails; a wrong call is refused', (t) => {
  const store = storeWithChains(t);
  const cases: [string[], number, RegExp][] = [
    [['--store', `${store}-none`, '--symbol', 'SPY', '--at', '2026-03-20'], 1, /there is no store in /],
    [['--store', store, '--symbol', 'SPY', '--at', '2026-03-20T09:59'], 1, /has no chain of SPY taken by then/],
    [['--store', store, '--symbol', 'QQQ', '--at', '2026-03-20'], 1, /has no chain of QQQ/],
    [
      ['--store', store, '--symbol', 'SPY', '--at', '2026-03-20', '--expiration', '2026-05-01'],
      1,
      /no contracts that expire on 2026-05-01/,
    ],
    [['--store', store, '--symbol', 'SPY', '--at', 'noon'], 2, /not an instant: "noon"/],
    [['--store', store, '--symbol', 'SPY', '--at', '2026-03-20', '--expiration', 'May'], 2, /not a date: "May"/],
    [['--store', store, '--symbol', 'SPY'], 2, /required option '--at <instant>'/],
  ];
  const ran = callsInTurn(cases.map(([args]) => ['chain', ...args]));
  for (const [i, [args, expected, text]] of cases.entries()) {
    assert.equal(ran[i]?.code, expected, args.join(' '));
    assert.match(ran[i].err, text);
  }
});

test('an instant is New York time without an offset; a date is its close, or its last second when there is none', () => {
  const ten = instantInNewYork('2026-03-20', '10:00');
  for (const text of ['2026-03-20T10:00', '2026-03-20 10:00:00', '2026-03-20T14:00:00Z', '2026-03-20T15:00+01:00']) {
    assert.equal(instantOf(text), ten, text);
  }
  assert.equal(instantOf('2026-03-20'), instantInNewYork('2026-03-20', '16:00'));
  assert.equal(instantOf('2026-11-27'), instantInNewYork('2026-11-27', '13:00'));
  assert.equal(instantOf('2026-03-21'), instantInNewYork('2026-03-21', '23:59:59'));
  for (const text of ['', 'now', '2026-02-30', '2026-03-20T25:00', '10:00'])
    assert.throws(() => instantOf(text), RangeError);
});
