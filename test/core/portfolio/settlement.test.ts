import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { money } from '../../../agent/core/market/money.ts';
import { patienceEnds } from '../../../agent/core/portfolio/finding.ts';
import {
  AFTER_CLOSE,
  booked,
  CALL,
  compare,
  foreign,
  held,
  MONDAY,
  OPEN,
  option,
  PUT,
  reported,
  STOCK,
} from './books-world.ts';

const LOWER = option({ strike: money(340) });

function kinds(verdict: ReturnType<typeof compare>): string[] {
  return verdict.findings.map(({ kind }) => kind);
}

test('nothing is concluded before the next session, because assignments are booked overnight', () => {
  for (const now of [AFTER_CLOSE, instantInNewYork('2026-03-29', '12:00')]) {
    const verdict = compare({ ours: [held(PUT, -2)], now });
    assert.deepEqual([kinds(verdict), verdict.findings[0]?.effect], [['overnight'], 'wait']);
    assert.match(verdict.findings[0]?.text ?? '', /expired, and assignments are booked during the night/);
    assert.ok(patienceEnds({ kind: 'overnight' }, now) > MONDAY);
  }
});

test('the morning after, without new shares, it was worthless', () => {
  const { findings } = compare({ ours: [held(PUT, -2)], now: MONDAY });
  assert.deepEqual([findings[0]?.kind, findings[0]?.effect], ['expiry', 'adopt']);
  const [closing, ...more] = findings[0]?.fills ?? [];
  assert.deepEqual([closing?.side, closing?.quantity, closing?.price, more.length], ['buy', 2, 0, 0]);
});

test('shares that came at the strike are an assignment: option, shares and basis move together', () => {
  const ours = [held(PUT, -2)];
  const theirs = [reported(STOCK, 200, money(350))];
  const verdict = compare({ ours, reported: theirs, now: AFTER_CLOSE });
  assert.deepEqual(kinds(verdict), ['assignment']);
  assert.match(verdict.findings[0]?.text ?? '', /2 assigned, 200 shares at 350\.00/);
  const after = booked(ours, verdict.findings);
  assert.deepEqual(
    after.map(({ quantity, averagePrice, realized }) => [quantity, averagePrice, realized]),
    [
      [0, 0, money(400)],
      [200, money(350), 0],
    ],
  );
  assert.deepEqual(compare({ ours: after, reported: theirs, foreign: verdict.foreign, now: MONDAY }).findings, []);
});

test('an assignment before expiration is recognised by both halves, and by nothing less', () => {
  const ours = [held(PUT, -2)];
  const optionGone = compare({ ours });
  const sharesThere = compare({ ours, reported: [reported(PUT, -2), reported(STOCK, 200)] });
  const both = compare({ ours, reported: [reported(STOCK, 200)] });
  assert.deepEqual([kinds(optionGone), kinds(sharesThere), kinds(both)], [['waiting'], ['waiting'], ['assignment']]);
  assert.equal(both.findings[0]?.fills[0]?.at, OPEN);
});

test('a part of the contracts may be assigned one night and the rest another', () => {
  const ours = [held(PUT, -3)];
  const first = compare({ ours, reported: [reported(PUT, -2), reported(STOCK, 100)] });
  assert.deepEqual(kinds(first), ['assignment']);
  const after = booked(ours, first.findings);
  const second = compare({ ours: after, reported: [reported(STOCK, 300)], now: OPEN + 3_600_000 });
  assert.deepEqual(kinds(second), ['assignment']);
  const ids = [...first.findings, ...second.findings].flatMap(({ fills }) => fills.map(({ execId }) => execId));
  assert.equal(new Set(ids).size, 4);
});

test('two puts of one symbol that are assigned at once share the shares', () => {
  const ours = [held(PUT, -2), held(LOWER, -1)];
  const verdict = compare({ ours, reported: [reported(STOCK, 300)], now: AFTER_CLOSE });
  assert.deepEqual(kinds(verdict), ['assignment', 'assignment']);
  const shares = booked(ours, verdict.findings).find(({ instrument }) => instrument.kind === 'stock');
  assert.equal(shares?.quantity, 300);
  assert.equal(shares?.averagePrice, money((2 * 350 + 340) / 3));
});

test('of two puts that expired together the one deeper in the money was assigned', () => {
  const ours = [held(PUT, -1), held(LOWER, -1)];
  const { findings } = compare({ ours, reported: [reported(STOCK, 100)], now: MONDAY });
  assert.deepEqual(
    findings.map(({ kind, keys }) => [kind, keys[0]?.slice(-8)]),
    [
      ['expiry', '00340000'],
      ['assignment', '00350000'],
    ],
  );
});

test('put and call that expired with the shares unchanged were both worthless, not both assigned', () => {
  const ours = [held(PUT, -1), held(CALL, -1), held(STOCK, 100, money(300))];
  const { findings } = compare({ ours, reported: [reported(STOCK, 100)], now: MONDAY });
  assert.deepEqual(
    findings.map(({ kind }) => kind),
    ['expiry', 'expiry'],
  );
});

test('a covered call that is assigned takes the shares away', () => {
  const ours = [held(CALL, -1), held(STOCK, 100, money(300))];
  const { findings } = compare({ ours, now: AFTER_CLOSE });
  assert.deepEqual(
    [findings[0]?.kind, findings[0]?.fills[1]?.side, findings[0]?.fills[1]?.quantity],
    ['assignment', 'sell', 100],
  );
  assert.equal(findings[0]?.fills[1]?.price, money(400));
});

test('two expirations that could both have brought the shares are not guessed at', () => {
  const ours = [held(PUT, -1), held(option({ expiration: '2026-03-26' }), -1)];
  const verdict = compare({ ours, reported: [reported(STOCK, 100)], now: MONDAY });
  assert.deepEqual([kinds(verdict), verdict.findings[0]?.fills], [['waiting'], []]);
});

test('another number of shares than an assignment moves fits nothing, and nothing is booked', () => {
  const verdict = compare({ ours: [held(PUT, -2)], reported: [reported(STOCK, 150)], now: MONDAY });
  assert.deepEqual([kinds(verdict), verdict.findings[0]?.fills], [['waiting'], []]);
});

test('shares the owner held before are not taken for an assignment', () => {
  const before = compare({ ours: [held(PUT, -1)], reported: [reported(PUT, -1), reported(STOCK, 300)] });
  const kept = compare({ reported: [reported(STOCK, 100)] }).foreign;
  assert.deepEqual(before.findings, []);
  const verdict = compare({ ours: [held(PUT, -1)], reported: [reported(STOCK, 100)], foreign: kept, now: MONDAY });
  assert.deepEqual([kinds(verdict), verdict.foreign], [['expiry'], [foreign(STOCK, 100)]]);
});

test('an option of the owner’s that is assigned brings shares that are his', () => {
  const ours = [held(LOWER, -1)];
  const verdict = compare({
    ...{ ours, reported: [reported(LOWER, -1), reported(STOCK, 100)] },
    foreign: [foreign(PUT, -1)],
  });
  assert.deepEqual(verdict, { findings: [], foreign: [foreign(STOCK, 100)] });
});
