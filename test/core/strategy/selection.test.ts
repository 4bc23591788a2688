import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chainFlags } from '../../../agent/core/market/chain-flags.ts';
import { type Money, money } from '../../../agent/core/market/money.ts';
import { type Selection, selectPuts } from '../../../agent/core/strategy/selection.ts';
import { MOST_AGE, modelRows, NOW, type SampleRow, sampleChain } from '../market/sample-chain.ts';
import { OPTIONS } from './sample-request.ts';

function select(rows: readonly SampleRow[], mostCash: Money | null = money(100_000)): Omit<Selection, 'ruleOf'> {
  const chain = sampleChain(rows);
  const flags = chainFlags(chain, NOW, { maxQuoteAgeMs: MOST_AGE, wideSpread: 0.1, wideFloor: 0 });
  const { ruleOf, ...selection } = selectPuts({ chain, flags, limits: OPTIONS, now: NOW, mostCash });
  assert.deepEqual(
    selection.rows.map((row) => ruleOf[row]),
    selection.rows.map(() => -1),
  );
  assert.equal(ruleOf.filter((rule) => rule >= 0).length, selection.considered - selection.rows.length);
  return selection;
}

test('a good put passes', () => {
  assert.deepEqual(select([{}]), { rows: [0], ruledOut: {}, considered: 1 });
});

const OUT: readonly [string, SampleRow][] = [
  ['right', { right: 'C' }],
  ['expiration', { expiration: '2026-04-09' }],
  ['expiration', { expiration: '2026-05-05' }],
  ['missing-side', { bid: null }],
  ['missing-side', { ask: null }],
  ['missing-side', { bid: 0, ask: 0 }],
  ['zero-bid', { bid: 0 }],
  ['crossed', { bid: 9.5, ask: 9.4 }],
  ['stale', { quotedAt: NOW - MOST_AGE - 1 }],
  ['stale', { quotedAt: 0 }],
  ['stale', { quotedAt: Number.NaN }],
  ['delta-unknown', { delta: Number.NaN }],
  ['delta-unknown', { delta: 0.26 }],
  ['delta-unknown', { delta: -1.5 }],
  ['volatility-unknown', { iv: Number.NaN }],
  ['volatility-unknown', { iv: 1e-5 }],
  ['volatility-unknown', { iv: -1 }],
  ['delta', { delta: -0.149 }],
  ['delta', { delta: -0.301 }],
  ['bid', { bid: 0.09, ask: 0.095 }],
  ['spread', { bid: 9, ask: 10 }],
  ['open-interest', { openInterest: 99 }],
  ['open-interest', { openInterest: null }],
  ['volume', { volume: 0 }],
  ['volume', { volume: null }],
];

for (const [rule, row] of OUT) {
  test(`${JSON.stringify(row)} is ruled out by ${rule}`, () => {
    assert.deepEqual(select([row]), { rows: [], ruledOut: { [rule]: 1 }, considered: 1 });
  });
}

test('the edges of the limits are inside', () => {
  const rows = [
    { expiration: '2026-04-10', delta: -0.15 },
    { expiration: '2026-05-04', delta: -0.3 },
    { strike: 626, bid: 9.5, ask: 10.5, openInterest: 100, volume: 1, quotedAt: NOW - MOST_AGE },
  ];
  assert.equal(select(rows).rows.length, 3);
});

test('a put that free cash does not secure is out, and unknown cash secures none', () => {
  assert.deepEqual(select([{}], money(62_500)).rows, [0]);
  assert.deepEqual(select([{}], money(62_499.99)).ruledOut, { 'cash-secured': 1 });
  assert.deepEqual(select([{}], null).ruledOut, { 'cash-secured': 1 });
});

test('a put out of line with its neighbours is suspect', () => {
  const rows = [
    { strike: 620, bid: 9.5, ask: 9.6 },
    { strike: 625, bid: 9.36, ask: 9.4 },
  ];
  assert.deepEqual(select(rows).ruledOut, { suspect: 2 });
});

test('every row is either selected or counted once, and rows come by expiration and strike', () => {
  const row = fc.record(
    {
      right: fc.constantFrom('C' as const, 'P' as const),
      expiration: fc.constantFrom('2026-03-27', '2026-04-24', '2026-05-01'),
      strike: fc.integer({ min: 500, max: 700 }),
      bid: fc.constantFrom(null, 0, 0.05, 9.36),
      ask: fc.constantFrom(null, 0, 9.4, 11),
      delta: fc.constantFrom(-0.2, -0.25, -0.5, Number.NaN),
      quotedAt: fc.constantFrom(NOW, 0),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
      const chain = sampleChain(rows);
      const { rows: selected, ruledOut, considered } = select(rows);
      const counted = Object.values(ruledOut).reduce((sum, count) => sum + count, 0);
      assert.equal(counted + selected.length, rows.length);
      assert.equal(considered, rows.length);
      const keys = selected.map((i) => (chain.expiration[i] as number) * 1e9 + (chain.strike[i] as number));
      assert.deepEqual(
        keys,
        [...keys].sort((a, b) => a - b),
      );
    }),
  );
});

test('a whole chain of model prices keeps the puts of the delta band', () => {
  const strikes = Array.from({ length: 40 }, (_, i) => 500 + i * 5);
  const { rows, ruledOut } = select(modelRows({ strikes }));
  assert.equal(ruledOut.right, 40);
  assert.deepEqual(
    rows.map((i) => strikes[i >> 1]),
    [605, 610, 615, 620, 625],
  );
});
