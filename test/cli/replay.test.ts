import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ReplaySummary } from '../../agent/lab/backtest/summary.ts';
import { lacking } from '../lacking.ts';
import { type Ran, runNode } from '../run-node.ts';
import { sharedData } from '../shared-data.ts';

const LATER = 'schedule:\n  analyse: { times: ["11:00"] }\n  execute: { times: ["11:15"] }\n';
const HEADER = 'ts_utc,expiration,strike,type,bid,ask,last,volume,open_interest,iv,spot';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'wheelhouse-replay-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

function replay(data: string, ...more: string[]): Ran {
  const date = ['--date', '2026-03-20', '--symbols', 'SPY,TSLA'];
  return runNode(['agent/main.ts', 'replay', '--data', data, ...date, ...more]);
}

function summaryOf(ran: Ran): ReplaySummary {
  assert.equal(ran.code, 0, ran.err);
  return JSON.parse(ran.out) as ReplaySummary;
}

test('with the default table the recorded day ends without a trade, because its quotes at 10:00 are over an hour old', (t) => {
  const data = sharedData(t, 'intraday_2026');
  if (data === null) return;
  const summary = summaryOf(replay(data, '--json'));
  const { orders, fills, noTrade, decisions } = summary;
  assert.deepEqual(
    { orders, fills, decisions, answers: noTrade.length },
    { orders: 0, fills: 0, decisions: 4, answers: 4 },
  );
  const atTen = noTrade.filter((each) => each.task === 'execute');
  assert.equal(atTen.length, 2);
  for (const { reasons } of atTen)
    assert.match(reasons.join('; '), /newest quote is 11\d minutes old, older than 15 minutes/);
  assert.equal(summary.tasks.failed, undefined);
});

test('with analysis at 11:00 and execution at 11:15 real puts are scored, sold, filled at no worse than their limits and marked, and two runs write one journal', (t) => {
  const data = sharedData(t, 'intraday_2026');
  if (data === null) return;
  const here = folder(t);
  writeFileSync(join(here, 'later.yaml'), LATER);
  const runs = ['first', 'second'].map((name) => {
    const journal = join(here, `${name}.jsonl`);
    const summary = summaryOf(replay(data, '--json', '--config', join(here, 'later.yaml'), '--journal', journal));
    return { summary, journal: readFileSync(journal) };
  });
  const [first, second] = runs as [(typeof runs)[0], (typeof runs)[0]];
  assert.ok(first.journal.equals(second.journal), 'the journals differ');
  const { orders, fills, positions, pnl, trades } = first.summary;
  assert.ok(orders >= 1 && fills >= 1, `${orders} orders, ${fills} fills`);
  assert.ok(trades.every(({ score }) => score >= 70));
  for (const { quantity, mark, unrealized } of positions)
    assert.ok(quantity < 0 && mark !== null && unrealized !== null);
  assert.ok(pnl.open !== null && pnl.day !== null && pnl.equity !== null);
  const open = positions.reduce((sum, position) => sum + (position.unrealized ?? 0), 0);
  assert.equal(pnl.open.toFixed(2), open.toFixed(2));
  noFillIsWorseThanItsLimit(first.journal);
});

/** Nor earlier than the market moved. */
function noFillIsWorseThanItsLimit(journal: Buffer): void {
  const entries = journal
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const intents = new Map(
    entries.filter(({ write }) => write?.table === 'intents').map(({ write }) => [write.key, write.put]),
  );
  const fills = entries.filter(({ write }) => write?.table === 'fills').map(({ write }) => write.put);
  assert.ok(fills.length > 0);
  for (const { orderRef, price, at } of fills) {
    const intent = intents.get(orderRef);
    assert.ok(price >= intent.limit && at > intent.decidedAt, JSON.stringify({ orderRef, price, at }));
  }
}

test('broken rows are named with their lines and left out; a missing and an empty recording are clear errors', (t) => {
  const here = folder(t);
  const row = (strike: number) => `1774019170,2026-04-24,${strike},put,9.55,9.9,9.9,30,647,0.5,652.3`;
  const rows = [HEADER, row(620), 'nonsense', row(630)].join('\n');
  for (const symbol of ['SPY', 'TSLA']) writeFileSync(join(here, `${symbol}.csv.gz`), gzipSync(`${rows}\n`));
  const ran = replay(here, '--json');
  assert.equal(ran.code, 0, ran.err);
  assert.match(ran.err, /SPY\.csv\.gz: 1 broken row left out\n {2}line 3: /);
  writeFileSync(join(here, 'TSLA.csv.gz'), '');
  const empty = replay(here, '--json');
  assert.equal(empty.code, 1);
  assert.match(empty.err, /^wheelhouse: the recording .*TSLA\.csv\.gz is empty\n$/);
  const missing = replay(join(here, 'nowhere'), '--json');
  assert.equal(missing.code, 1);
  assert.match(missing.err, /^wheelhouse: there is no recording .*SPY\.csv\.gz\n$/);
});

test('a journal that cannot be written is one sentence before anything is read, and an old one is not lost with a missing recording', (t) => {
  const here = folder(t);
  const nowhere = join(here, 'missing', 'dir', 'x');
  const ran = replay(here, '--journal', nowhere);
  assert.equal(ran.code, 1);
  assert.equal(ran.err, `wheelhouse: the journal ${nowhere} cannot be written: there is no such folder\n`);
  const inPlace = replay(here, '--journal', here);
  assert.equal(inPlace.code, 1);
  assert.equal(inPlace.err, `wheelhouse: the journal ${here} cannot be written: it is a folder\n`);
  const old = join(here, 'old.jsonl');
  writeFileSync(old, 'kept\n');
  assert.match(replay(here, '--journal', old).err, /^wheelhouse: there is no recording /);
  assert.equal(readFileSync(old, 'utf8'), 'kept\n');
});

test('a full disk under the journal is one sentence', (t) => {
  if (!existsSync('/dev/full')) return lacking(t, 'no /dev/full here');
  const here = folder(t);
  const rows = [HEADER, '1774019170,2026-04-24,620,put,9.55,9.9,9.9,30,647,0.5,652.3'].join('\n');
  for (const symbol of ['SPY', 'TSLA']) writeFileSync(join(here, `${symbol}.csv.gz`), gzipSync(`${rows}\n`));
  const ran = replay(here, '--json', '--journal', '/dev/full');
  assert.equal(ran.code, 1);
  assert.match(ran.err, /^wheelhouse: the journal \/dev\/full cannot be written: the disk is full\n$/);
});

test('a recording that breaks off is named with the last line that could be read', (t) => {
  const here = folder(t);
  const rows = Array.from(
    { length: 5_000 },
    (_, i) => `1774019170,2026-04-24,${i + 1},put,9.55,9.9,9.9,30,${i * 7},0.5,652.3`,
  );
  const whole = gzipSync([HEADER, ...rows, ''].join('\n'));
  writeFileSync(join(here, 'SPY.csv.gz'), whole.subarray(0, whole.length - 6));
  const tail = replay(here);
  assert.equal(tail.code, 1);
  assert.match(tail.err, /^wheelhouse: the recording .*SPY\.csv\.gz breaks off after line 5001\n$/);
  writeFileSync(join(here, 'SPY.csv.gz'), whole.subarray(0, whole.length >> 1));
  const half = replay(here);
  const line = Number(/breaks off after line (\d+)\n$/.exec(half.err)?.[1]);
  assert.ok(line > 1_000 && line < 5_000, half.err);
});

test('a date without a session and a wrong configuration are refused before anything starts', (t) => {
  const here = folder(t);
  const holiday = runNode(['agent/main.ts', 'replay', '--data', here, '--symbols', 'SPY', '--date', '2026-04-03']);
  assert.equal(holiday.code, 2);
  assert.match(holiday.err, /2026-04-03 is no trading day: Good Friday/);
  writeFileSync(join(here, 'wrong.yaml'), 'symbls: [SPY]\nbroker:\n  port: "x"\n');
  const wrong = replay(here, '--config', join(here, 'wrong.yaml'));
  assert.equal(wrong.code, 2);
  assert.match(
    wrong.err,
    /2 problems in the configuration; nothing was started\n.*wrong\.yaml:1:1 .*nearest is "symbols"\n.*wrong\.yaml:3:3 /,
  );
});
