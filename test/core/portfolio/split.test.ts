import assert from 'node:assert/strict';
import { test } from 'node:test';
import { money } from '../../../agent/core/market/money.ts';
import { booked, compare, held, option, PUT, reported, STOCK } from './books-world.ts';

const LATER = { expiration: '2026-04-24' };

test('a whole-number split is adopted when a strike proves it, and not a cent is earned by it', () => {
  const put = option({ ...LATER, strike: money(350) });
  const after = option({ ...LATER, strike: money(116.67) });
  const ours = [held(put, -2, money(2)), held(STOCK, 100, money(349.99))];
  const theirs = [reported(after, -6), reported(STOCK, 300)];
  const verdict = compare({ ours, reported: theirs });
  assert.deepEqual(
    verdict.findings.map(({ kind, effect }) => [kind, effect]),
    [['split', 'adopt']],
  );
  assert.match(verdict.findings[0]?.text ?? '', /^TSLA: split 3 for 1/);
  const flow = verdict.findings[0]?.fills.reduce((sum, { side, price, quantity, instrument }) => {
    const each = price * quantity * (instrument.kind === 'option' ? 100 : 1);
    return sum + (side === 'buy' ? -each : each);
  }, 0);
  assert.equal(flow, 0);
  const now = booked(ours, verdict.findings);
  assert.deepEqual(compare({ ours: now, reported: theirs, foreign: verdict.foreign }).findings, []);
});

test('shares that became cheaper by a ratio, without an option to prove it, halt with a sentence', () => {
  const ours = [held(STOCK, 100, money(350))];
  const { findings } = compare({ ours, reported: [reported(STOCK, 500, money(70))] });
  assert.deepEqual([findings[0]?.kind, findings[0]?.effect, findings.length], ['split', 'halt', 1]);
  assert.match(findings[0]?.text ?? '', /TSLA looks like a split or another corporate action/);
});

test('a reverse split that changes what an option delivers is never adopted by itself', () => {
  const adjusted = option({ ...LATER, tradingClass: 'TSLA1', multiplier: 10 });
  const ours = [held(option(LATER), -1)];
  const { findings } = compare({ ours, reported: [reported(adjusted, -1)] });
  assert.deepEqual([findings[0]?.kind, findings[0]?.effect], ['split', 'halt']);
  assert.match(findings[0]?.text ?? '', /TSLA 350 put 2026-04-24 has become TSLA1/);
});

test('a second assignment of as many shares is no split', () => {
  const ours = [held(PUT, -1), held(STOCK, 100, money(350))];
  const { findings } = compare({ ours, reported: [reported(STOCK, 200, money(350))] });
  assert.deepEqual(
    findings.map(({ kind }) => kind),
    ['assignment'],
  );
});
