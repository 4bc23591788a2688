import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sessions } from '../../agent/core/calendar/sessions.ts';
import { runNode } from '../run-node.ts';
import { callsInTurn } from './calls-in-turn.ts';

function calendar(...args: string[]) {
  return runNode(['agent/main.ts', 'calendar', ...args]);
}

test('with --json it prints one object per session of 1990 to 2035, with instants in UTC', () => {
  const { code, out, err } = calendar('--from', '1990-01-01', '--to', '2035-12-31', '--json');
  assert.deepEqual([code, err], [0, '']);
  const lines = out.trimEnd().split('\n');
  const expected = sessions('1990-01-01', '2035-12-31').map(({ date, open, close, earlyClose }) => {
    const utc = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z');
    return JSON.stringify({ date, open: utc(open), close: utc(close), earlyClose });
  });
  assert.deepEqual(lines, expected);
  assert.equal(
    lines.at(0),
    '{"date":"1990-01-02","open":"1990-01-02T14:30:00Z","close":"1990-01-02T21:00:00Z","earlyClose":false}',
  );
});

test('for people it prints New York times, early closes and the reason of each closed weekday', () => {
  const { code, out } = calendar('--from', '2026-11-25', '--to', '2026-11-30');
  assert.equal(code, 0);
  assert.deepEqual(out.split('\n').slice(1, 5), [
    '2026-11-25  Wed  09:30  16:00',
    '2026-11-26  Thu  closed: Thanksgiving Day',
    '2026-11-27  Fri  09:30  13:00  early close',
    '2026-11-30  Mon  09:30  16:00',
  ]);
  assert.match(out, /3 sessions, 1 of them with an early close/);
});

test('without --to it goes to the end of the year', () => {
  const { out } = calendar('--from', '2026-12-30', '--json');
  assert.deepEqual(
    out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).date),
    ['2026-12-30', '2026-12-31'],
  );
});

test('dates and words that make no sense are refused with exit code 2 and a sentence', () => {
  const refused = [
    [['--from', '2026-02-30'], /--from .*"2026-02-30" \(expected YYYY-MM-DD\)/],
    [['--to', 'soon'], /--to .*not a date: "soon"/],
    [['--from', '1989-12-31'], /the exchange calendar covers 1990 to 2035; the year asked for is 1989/],
    [['--from', '2026-02-01', '--to', '2026-01-01'], /--from 2026-02-01 is after --to 2026-01-01/],
    [['--form', '2026-01-01'], /unknown option '--form'\n.*--from/],
    [['2026-01-01'], /too many arguments/],
  ] as const;
  const ran = callsInTurn(refused.map(([args]) => ['calendar', ...args]));
  for (const [i, [args, sentence]] of refused.entries()) {
    assert.deepEqual([ran[i]?.code, ran[i]?.out], [2, ''], args.join(' '));
    assert.match(ran[i]?.err ?? '', sentence);
  }
});
