import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { instrumentKey, type OptionContract } from '../../../agent/core/market/contract.ts';
import { type Money, money } from '../../../agent/core/market/money.ts';
import { shareOfStranger } from '../../../agent/core/portfolio/foreign-holding.ts';
import type { Position, ReportedPosition } from '../../../agent/core/portfolio/position.ts';
import { booked, compare, foreign, held, MONDAY, OPEN, option, PUT, reported, STOCK, stranger } from './books-world.ts';

const strike = fc.integer({ min: 30, max: 45 }).map((tens) => money(tens * 10));
const leg = fc.record({
  strike,
  right: fc.constantFrom('P' as const, 'C' as const),
  contracts: fc.integer({ min: 1, max: 4 }),
});
const legs = fc.uniqueArray(leg, { minLength: 1, maxLength: 4, selector: ({ strike: at, right }) => `${at}${right}` });

test('a stranger’s trade is shared so that the parts add up, and ours never grows by it', () => {
  const part = fc.integer({ min: -9, max: 9 });
  fc.assert(
    fc.property(part, part, part, (here, others, signed) => {
      const share = shareOfStranger({ here, foreign: others }, signed);
      assert.equal(share.here + share.foreign, signed);
      assert.ok(Math.abs(here + share.here) <= Math.abs(here) && here * (here + share.here) >= 0);
    }),
  );
});

test('after any expiration at any price our books are the broker’s, and stay so', () => {
  const shares = fc.integer({ min: 0, max: 3 }).map((lots) => lots * 100);
  const price = fc.integer({ min: 28, max: 47 }).map((tens) => money(tens * 10 + 5));
  fc.assert(
    fc.property(legs, shares, shares, price, (short, ownShares, ownersShares, last) => {
      const options = short.map(({ contracts, ...about }) => held(option(about), -contracts));
      const ours = [...options, ...(ownShares === 0 ? [] : [held(STOCK, ownShares, money(300))])];
      const known = [foreign(STOCK, ownersShares)].filter(({ quantity }) => quantity !== 0);
      const total = ownShares + ownersShares + options.reduce((sum, each) => sum + deliveredAt(each, last), 0);
      const theirs = total === 0 ? [] : [reported(STOCK, total)];
      const verdict = compare({ ours, reported: theirs, foreign: known, now: MONDAY });
      // More than one way may lead to the same shares: then nothing at all is booked.
      if (verdict.findings.some(({ effect }) => effect === 'wait')) {
        return assert.deepEqual(
          verdict.findings.flatMap(({ fills }) => fills),
          [],
        );
      }
      const after = booked(ours, verdict.findings);
      agree(after, theirs, ownersShares);
      assert.deepEqual(compare({ ours: after, reported: theirs, foreign: verdict.foreign, now: MONDAY }).findings, []);
    }),
  );
});

test('one option at a time is always settled', () => {
  fc.assert(
    fc.property(leg, strike, ({ contracts, ...about }, last) => {
      const ours = [held(option(about), -contracts)];
      const shares = deliveredAt(ours[0] as Position, (last + money(5)) as Money);
      const theirs = shares === 0 ? [] : [reported(STOCK, shares)];
      const verdict = compare({ ours, reported: theirs, now: MONDAY });
      assert.equal(verdict.findings[0]?.kind, shares === 0 ? 'expiry' : 'assignment');
      agree(booked(ours, verdict.findings), theirs, 0);
    }),
  );
});

test('whatever strangers trade in what we hold, the parts add up to the broker’s and nothing is counted twice', () => {
  const trades = fc.array(
    fc.integer({ min: -3, max: 3 }).filter((signed) => signed !== 0),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(fc.integer({ min: -4, max: -1 }), trades, fc.integer({ min: 1, max: 6 }), (quantity, signed, looks) => {
      let ours: readonly Position[] = [held(PUT, quantity)];
      let rest = compare({ ours, reported: [reported(PUT, quantity)] }).foreign;
      const each = Math.ceil(signed.length / looks);
      for (let end = each; ; end += each) {
        const told = signed.slice(0, end).map((n, i) => stranger(PUT, n, { execId: `s${i}.01`, at: OPEN + i }));
        const there =
          quantity + told.reduce((sum, fill) => sum + (fill.side === 'buy' ? fill.quantity : -fill.quantity), 0);
        const verdict = compare({ ours, reported: [reported(PUT, there)], strangers: told, foreign: rest });
        // Trades that cancel each other out within one look leave no trace in the positions.
        if (verdict.findings.some(({ effect }) => effect === 'wait')) return;
        ours = booked(ours, verdict.findings);
        rest = verdict.foreign;
        const own = ours.find(({ instrument }) => instrumentKey(instrument) === instrumentKey(PUT))?.quantity ?? 0;
        assert.equal(own + (rest[0]?.quantity ?? 0), there);
        assert.ok(own <= 0 && own >= quantity);
        if (end >= signed.length) return;
      }
    }),
  );
});

function deliveredAt({ instrument, quantity }: Position, last: Money): number {
  const { right, strike: at } = instrument as OptionContract;
  const assigned = right === 'P' ? last < at : last > at;
  return assigned ? (right === 'P' ? -1 : 1) * quantity * 100 : 0;
}

function agree(ours: readonly Position[], theirs: readonly ReportedPosition[], owners: number): void {
  for (const { instrument, quantity } of ours) {
    const there = theirs.find((each) => instrumentKey(each.instrument) === instrumentKey(instrument))?.quantity ?? 0;
    assert.equal(quantity, there - (instrument.kind === 'stock' ? owners : 0), instrumentKey(instrument));
  }
}
