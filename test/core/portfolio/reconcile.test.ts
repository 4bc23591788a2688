import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instrumentKey } from '../../../agent/core/market/contract.ts';
import { money } from '../../../agent/core/market/money.ts';
import { patienceEnds } from '../../../agent/core/portfolio/finding.ts';
import { booked, CALL, compare, foreign, held, OPEN, option, PUT, reported, STOCK, stranger } from './books-world.ts';

const KEY = instrumentKey(PUT);

for (const [name, ours, there, kinds] of [
  ['the same on both sides', -2, -2, []],
  ['fewer at the broker', -2, -1, ['waiting']],
  ['more at the broker', -2, -3, ['unexplained']],
  ['the other side at the broker', -2, 2, ['unexplained']],
  ['flat here, held there', 0, -2, ['unexplained']],
] as const) {
  test(`our put, ${name}: ${kinds[0] ?? 'agreed'}`, () => {
    const { findings } = compare({ ours: [held(PUT, ours)], reported: [reported(PUT, there)] });
    assert.deepEqual(
      findings.map(({ kind }) => kind),
      kinds,
    );
  });
}

test('shares of ours that are gone without a trace are unexplained, and halt only when they are seen so twice', () => {
  const [found] = compare({ ours: [held(STOCK, 100, money(350))] }).findings;
  assert.deepEqual([found?.kind, found?.effect, found?.fills], ['unexplained', 'halt', []]);
  assert.match(found?.text ?? '', /^TSLA: 100 in our books, none at the broker$/);
  assert.ok(found !== undefined && patienceEnds(found, OPEN) > OPEN);
});

test('what we never traded is held for somebody else, and stays so when it changes', () => {
  const first = compare({ reported: [reported(PUT, -2), reported(STOCK, 300)] });
  assert.deepEqual(first.findings, []);
  assert.deepEqual(
    first.foreign.map(({ quantity }) => quantity),
    [300, -2],
  );
  const later = compare({ reported: [reported(STOCK, 100)], foreign: first.foreign });
  assert.deepEqual(later, { findings: [], foreign: [foreign(STOCK, 100)] });
});

test('two rows of one instrument, as of two model portfolios, are added up', () => {
  assert.deepEqual(compare({ ours: [held(PUT, -2)], reported: [reported(PUT, -1), reported(PUT, -1)] }).findings, []);
});

test('a fill of ours that has not come yet explains as much as the order may still fill, and no more', () => {
  const pending = new Map([[KEY, { above: 0, below: 2 }]]);
  const late = compare({ reported: [reported(PUT, -2)], traded: new Set([KEY]), pending });
  assert.deepEqual([late.findings[0]?.kind, late.findings[0]?.effect], ['late', 'wait']);
  const more = compare({ reported: [reported(PUT, -3)], traded: new Set([KEY]), pending });
  assert.equal(more.findings[0]?.kind, 'unexplained');
});

test('an execution that is not ours in what we hold is adopted as it was, and a person must look', () => {
  const ours = [held(PUT, -2)];
  const strangers = [stranger(PUT, 2)];
  const { findings, foreign: rest } = compare({ ours, strangers });
  const [found] = findings;
  assert.deepEqual([found?.kind, found?.effect, findings.length], ['manual', 'adoptAndHalt', 1]);
  assert.match(found?.text ?? '', /TSLA 350 put 2026-03-27: not ordered here: 2 bought at 3\.00/);
  assert.match(found?.evidence[0] ?? '', /execution x\..* of order 77 without a reference: buy 2 at 3\.00/);
  assert.equal(booked(ours, findings)[0]?.quantity, 0);
  const again = compare({ ours: booked(ours, findings), strangers, foreign: rest });
  assert.deepEqual(again.findings, []);
});

test('a stranger opening more of what we hold opens his own part: ours stays, nothing halts', () => {
  const ours = [held(PUT, -2)];
  const sold = compare({ ours, reported: [reported(PUT, -3)], strangers: [stranger(PUT, -1)] });
  assert.deepEqual(sold.findings, []);
  assert.deepEqual(
    sold.foreign.map(({ quantity }) => quantity),
    [-1],
  );
  const back = [stranger(PUT, -1), stranger(PUT, 1)];
  const bought = compare({ ours, reported: [reported(PUT, -2)], strangers: back, foreign: sold.foreign });
  assert.deepEqual(bought.findings, []);
});

test('a liquidation is named as one, and halts even where it closed nothing of ours', () => {
  const strangers = [stranger(PUT, 1, { liquidation: true })];
  const own = compare({ ours: [held(PUT, -1)], strangers });
  assert.deepEqual([own.findings[0]?.kind, own.findings[0]?.effect], ['liquidation', 'adoptAndHalt']);
  assert.equal(own.findings[0]?.fills.length, 1);
  const other = compare({ strangers: [stranger(CALL, 1, { liquidation: true })], foreign: [foreign(CALL, -1)] });
  assert.deepEqual([other.findings[0]?.kind, other.findings[0]?.fills], ['liquidation', []]);
  assert.match(other.findings[0]?.text ?? '', /none of it ours/);
});

test('a stranger’s execution that no position shows yet is waited for', () => {
  const strangers = [stranger(PUT, 2)];
  const first = compare({ ours: [held(PUT, -2)], reported: [reported(PUT, -2)], strangers });
  assert.deepEqual([first.findings[0]?.kind, first.findings[0]?.effect], ['stranger', 'wait']);
  const then = compare({ ours: [held(PUT, -2)], strangers, foreign: first.foreign });
  assert.equal(then.findings[0]?.kind, 'manual');
});

test('a corrected execution of a stranger is counted once', () => {
  const first = stranger(PUT, 2);
  const corrected = { ...first, execId: first.execId.replace(/01$/, '02'), price: money(3.1) };
  const { findings, foreign: rest } = compare({ ours: [held(PUT, -2)], strangers: [first, corrected] });
  assert.deepEqual(
    findings.flatMap(({ fills }) => fills.map(({ price }) => price)),
    [money(3.1)],
  );
  const after = compare({ ours: [held(PUT, 0)], strangers: [first, corrected], foreign: rest });
  assert.deepEqual(after.findings, []);
});

test('the owner may take the broker’s word: ours ends at our own price, and what is more becomes a stranger’s', () => {
  const ours = [held(STOCK, 100, money(350))];
  const gone = compare({ ours, accept: true });
  assert.deepEqual([gone.findings[0]?.kind, gone.findings[0]?.effect], ['accepted', 'adopt']);
  const [after] = booked(ours, gone.findings);
  assert.deepEqual([after?.quantity, after?.realized], [0, 0]);
  const more = compare({ ours, reported: [reported(STOCK, 150)], accept: true });
  assert.deepEqual(more.findings[0]?.fills, []);
  assert.deepEqual(more.foreign, [foreign(STOCK, 50)]);
  const again = compare({ ours, reported: [reported(STOCK, 150)], foreign: more.foreign });
  assert.deepEqual(again.findings, []);
});

test('what an order of ours explains is never accepted: its fill would come on top', () => {
  const pending = new Map([[KEY, { above: 0, below: 2 }]]);
  const verdict = compare({ reported: [reported(PUT, -2)], traded: new Set([KEY]), pending, accept: true });
  assert.deepEqual(
    verdict.findings.map(({ kind }) => kind),
    ['late'],
  );
});

test('one symbol in doubt says nothing about another', () => {
  const other = option({ symbol: 'KO', tradingClass: 'KO', strike: money(70) });
  const ours = [held(PUT, -1), held(other, -1)];
  const { findings } = compare({ ours, reported: [reported(PUT, -1)] });
  assert.deepEqual(
    findings.map(({ symbol }) => symbol),
    ['KO'],
  );
});
