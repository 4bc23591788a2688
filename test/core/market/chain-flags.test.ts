import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chainFlags, describeFlags } from '../../../agent/core/market/chain-flags.ts';
import { MOST_AGE, modelRows, NOW, type SampleRow, sampleChain } from './sample-chain.ts';

const LIMITS = { maxQuoteAgeMs: MOST_AGE, wideSpread: 0.1, wideFloor: 500 };

function flagsOf(rows: readonly SampleRow[]): string[] {
  return [...chainFlags(sampleChain(rows), NOW, LIMITS)].map(describeFlags);
}

const SINGLE: readonly [string, SampleRow][] = [
  ['', {}],
  ['crossed', { bid: 9.41, ask: 9.4 }],
  ['locked', { bid: 9.4, ask: 9.4 }],
  ['zero bid', { bid: 0, ask: 0.05 }],
  ['wide', { bid: 8, ask: 9 }],
  ['', { bid: 0.05, ask: 0.1 }],
  ['stale', { quotedAt: NOW - MOST_AGE - 1 }],
  ['', { quotedAt: NOW - MOST_AGE }],
  ['stale', { quotedAt: NOW + 1 }],
  ['stale', { quotedAt: 0 }],
  ['stale', { quotedAt: Number.NaN }],
  ['missing side', { bid: null }],
  ['missing side', { ask: null }],
  ['missing side', { bid: 0, ask: 0 }],
  ['missing side', { bid: -0.01 }],
  ['crossed, stale', { bid: 9.41, ask: 9.4, quotedAt: 1 }],
];

for (const [flags, row] of SINGLE) {
  test(`a row with ${JSON.stringify(row)} is flagged "${flags}"`, () => assert.deepEqual(flagsOf([row]), [flags]));
}

test('a put whose bid is above the ask of a higher strike is flagged together with that one', () => {
  const rows = [
    { strike: 620, bid: 9.5, ask: 9.6 },
    { strike: 625, bid: 9.36, ask: 9.4 },
    { strike: 630, bid: 10.4, ask: 10.5 },
  ];
  assert.deepEqual(flagsOf(rows), ['non-monotone', 'non-monotone', '']);
});

test('a stale row is no evidence against its fresh neighbours', () => {
  const rows = [
    { strike: 620, bid: 9.5, ask: 9.6, quotedAt: NOW - MOST_AGE - 1 },
    { strike: 625, bid: 9.36, ask: 9.4 },
  ];
  assert.deepEqual(flagsOf(rows), ['stale', '']);
});

test('a call is worth less with a higher strike, and other expirations do not matter', () => {
  const rows = [
    { right: 'C', strike: 620, bid: 40, ask: 40.2 },
    { right: 'C', strike: 625, bid: 41, ask: 41.2 },
    { right: 'C', strike: 620, bid: 60, ask: 60.2, expiration: '2026-05-15' },
  ] as const;
  assert.deepEqual(flagsOf(rows), ['non-monotone', 'non-monotone', '']);
});

test('a chain at model prices, in whole cents, has no flags but locked ones', () => {
  const strikes = [560, 580, 600, 620, 640, 660, 680, 700, 720];
  const rows = [...modelRows({ strikes }), ...modelRows({ strikes, expiration: '2026-05-15' })];
  assert.deepEqual(new Set(flagsOf(rows).filter((flags) => flags !== 'locked')), new Set(['']));
});

test('a put that disagrees with the calls of its strike is an outlier, and so is that call', () => {
  const rows = modelRows({ strikes: [600, 610, 620, 630, 640, 650] });
  const wrong = rows.map((row) =>
    row.strike === 620 && row.right === 'P' ? { ...row, bid: (row.bid ?? 0) + 5, ask: (row.ask ?? 0) + 5 } : row,
  );
  const flags = flagsOf(wrong);
  const outliers = wrong.filter((_, i) => flags[i]?.includes('outlier'));
  assert.deepEqual(
    outliers.map(({ strike, right }) => [strike, right]),
    [
      [620, 'C'],
      [620, 'P'],
    ],
  );
});

test('fewer than five strikes do not tell which one is the outlier', () => {
  const rows = modelRows({ strikes: [600, 620, 640, 660] }).map((row, i) =>
    i === 0 ? { ...row, bid: 80, ask: 80.2 } : row,
  );
  assert.ok(!flagsOf(rows).some((flags) => flags.includes('outlier')));
});
