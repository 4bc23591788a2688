import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Money, money } from '../../../../agent/core/market/money.ts';
import { chooseRows, compareRows, fairShares, type Row } from '../../../../agent/edges/broker/ib/chain-selection.ts';
import type { ChainSelection } from '../../../../agent/edges/broker/market-data.ts';

const SELECTION: ChainSelection = {
  symbol: 'SPY',
  rights: ['P'],
  minDays: 1,
  maxDays: 60,
  minMoneyness: 0.9,
  maxMoneyness: 1,
  most: 5,
};

function row(expiration: string, strike: number): Row {
  const option = {
    kind: 'option',
    symbol: 'SPY',
    tradingClass: 'SPY',
    expiration,
    strike: money(strike),
    right: 'P',
    multiplier: 100,
  } as const;
  return { option, listed: { instrument: option, conId: strike, minTick: money(0.01) } };
}

test('rows within the bounds are taken from each expiration in turn, round strikes first', () => {
  const near = [80, 90, 95, 98, 101].map((strike) => row('2026-04-17', strike));
  const far = [91, 99].map((strike) => row('2026-05-15', strike));
  const chosen = chooseRows([near, far], SELECTION, money(100));
  assert.deepEqual(
    chosen.map(({ option }) => [option.expiration, option.strike / 10_000]),
    [
      ['2026-04-17', 90],
      ['2026-05-15', 99],
      ['2026-04-17', 95],
      ['2026-05-15', 91],
      ['2026-04-17', 98],
    ],
  );
});

test('rows are ordered by expiration, then strike', () => {
  const rows = [row('2026-05-15', 90), row('2026-04-17', 99), row('2026-04-17', 95)].toSorted(compareRows);
  assert.deepEqual(
    rows.map(({ option }) => option.strike / 10_000),
    [95, 99, 90],
  );
});

test('no choice is longer than asked for or leaves the bounds', () => {
  const strikes = fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { maxLength: 40 });
  fc.assert(
    fc.property(strikes, fc.integer({ min: 0, max: 30 }), (all, most) => {
      const rows = all.map((strike) => row('2026-04-17', strike));
      const chosen = chooseRows([rows], { ...SELECTION, most }, money(100) as Money);
      const eligible = rows.filter(({ listed }) => listed.conId >= 90 && listed.conId <= 100).length;
      assert.equal(chosen.length, Math.min(most, eligible));
    }),
  );
});

test('lines are shared so that nobody gets more than it wants, none is wasted, and none has less than one with more', () => {
  const wants = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 12 });
  fc.assert(
    fc.property(wants, fc.integer({ min: 0, max: 400 }), (wanted, lines) => {
      const shares = fairShares(wanted, lines);
      const sum = shares.reduce((total, share) => total + share, 0);
      const all = wanted.reduce((total, want) => total + want, 0);
      assert.ok(sum <= lines && (sum === all || lines - sum < wanted.length));
      for (const [i, share] of shares.entries()) {
        assert.ok(share <= (wanted[i] as number));
        if (share < (wanted[i] as number)) assert.ok(shares.every((other) => other <= share + 1));
      }
    }),
  );
});
