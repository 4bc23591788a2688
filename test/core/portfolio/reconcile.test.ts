import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instrumentKey } from '../../../agent/core/market/contract.ts';
import { money, ZERO } from '../../../agent/core/market/money.ts';
import { applyFill } from '../../../agent/core/portfolio/ledger.ts';
import type { ReportedPosition } from '../../../agent/core/portfolio/position.ts';
import { reconcilePositions } from '../../../agent/core/portfolio/reconcile.ts';
import { PUT_625, sampleFill } from '../orders/sample-orders.ts';

const KEY = instrumentKey(PUT_625);
const OURS = applyFill(null, sampleFill({ quantity: 2 }), ZERO);
const FLAT = applyFill(OURS, sampleFill({ side: 'buy', quantity: 2 }), ZERO);
const NEVER = new Set<string>();

function reported(quantity: number, instrument: ReportedPosition['instrument'] = PUT_625): ReportedPosition {
  return { instrument, conId: 4711, quantity, averagePrice: money(9) };
}

for (const [kind, ours, theirs, traded] of [
  ['equal', [OURS], [reported(-2)], NEVER],
  ['quantity', [OURS], [reported(-1)], NEVER],
  ['quantity', [OURS], [reported(2)], NEVER],
  ['missingThere', [OURS], [], NEVER],
  ['missingThere', [OURS], [reported(0)], NEVER],
  ['missingHere', [], [reported(-2)], new Set([KEY])],
  ['missingHere', [FLAT], [reported(-2)], NEVER],
  ['foreign', [], [reported(-2)], NEVER],
  ['equal', [OURS], [reported(-1), reported(-1)], NEVER],
] as const) {
  test(`ours ${ours.map((one) => one.quantity)} against ${theirs.map((one) => one.quantity)} is ${kind}`, () => {
    const { lines, open } = reconcilePositions(ours, theirs, traded);
    assert.deepEqual(
      lines.map((line) => line.kind),
      [kind],
    );
    assert.equal(open.length, kind === 'equal' || kind === 'foreign' ? 0 : 1);
    assert.match(lines[0]?.text ?? '', /^SPY 625 put 2026-04-24: /);
  });
}

test('what is flat on both sides is not listed, and lines are sorted by key', () => {
  const shares = { kind: 'stock', symbol: 'AAPL' } as const;
  const { lines } = reconcilePositions([FLAT], [reported(0), reported(100, shares)], NEVER);
  assert.deepEqual(
    lines.map(({ key, kind }) => [key, kind]),
    [['AAPL', 'foreign']],
  );
});
