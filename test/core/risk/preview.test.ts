import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Money, money } from '../../../agent/core/market/money.ts';
import type { MarginPreview } from '../../../agent/core/portfolio/margin-preview.ts';
import { previewObjections } from '../../../agent/core/risk/preview.ts';
import { sampleIntent } from '../orders/sample-orders.ts';

/** Three puts of strike 625: assignment takes 187,500. */
const INTENT = sampleIntent();
const FINE: MarginPreview = {
  initialMarginBefore: money(10_000),
  maintenanceMarginBefore: money(8_000),
  equityWithLoanBefore: money(250_000),
  initialMarginAfter: money(70_000),
  maintenanceMarginAfter: money(60_000),
  equityWithLoanAfter: money(249_999),
  commission: money(1.95),
  warning: 'some warning',
};

test('nothing speaks against an order whose margins are known, carried and below the cash that secures it', () => {
  assert.deepEqual(previewObjections(INTENT, FINE), []);
  assert.deepEqual(previewObjections(INTENT, { ...FINE, commission: null }), []);
  const all = { ...FINE, initialMarginAfter: money(197_500), maintenanceMarginAfter: money(197_500) };
  assert.deepEqual(previewObjections(INTENT, all), []);
});

for (const name of [
  'initialMarginBefore',
  'maintenanceMarginBefore',
  'equityWithLoanBefore',
  'initialMarginAfter',
  'maintenanceMarginAfter',
  'equityWithLoanAfter',
] as const) {
  test(`a figure that was not said is an objection, never zero: ${name}`, () => {
    assert.match(previewObjections(INTENT, { ...FINE, [name]: null })[0] ?? '', /has not said/);
  });
}

test('an excess liquidity below zero is an objection, unless the order makes it better', () => {
  const short = { ...FINE, maintenanceMarginAfter: money(250_000) };
  assert.match(previewObjections(INTENT, short)[0] ?? '', /excess liquidity of -1\.00/);
  const closing = sampleIntent({ side: 'buy' });
  const better = { ...short, maintenanceMarginBefore: money(250_002) };
  assert.deepEqual(previewObjections(closing, better), []);
  const same = { ...short, maintenanceMarginBefore: money(250_001) };
  assert.equal(previewObjections(closing, same).length, 1);
});

test('a short put that takes more margin than its assignment takes cash is an objection', () => {
  const more = { ...FINE, initialMarginAfter: money(197_500.01) };
  assert.match(previewObjections(INTENT, more)[0] ?? '', /187,500\.01 of margin, and assignment only 187,500\.00/);
});

test('a commission that takes the whole credit is an objection', () => {
  assert.match(previewObjections(INTENT, { ...FINE, commission: money(2_814) })[0] ?? '', /the whole credit/);
});

test('an approved opening order never leaves less than nothing, whatever the figures', () => {
  const amount = fc.integer({ min: -300_000, max: 300_000 }).map((value) => money(value));
  const preview = fc.record({
    initialMarginBefore: amount,
    maintenanceMarginBefore: amount,
    equityWithLoanBefore: amount,
    initialMarginAfter: amount,
    maintenanceMarginAfter: amount,
    equityWithLoanAfter: amount,
    commission: fc.option(amount),
    warning: fc.constant(''),
  });
  fc.assert(
    fc.property(preview, (given) => {
      if (previewObjections(INTENT, given).length > 0) return;
      const room = (equity: Money, margin: Money): number => equity - margin;
      const after = room(given.equityWithLoanAfter, given.maintenanceMarginAfter);
      assert.ok(after >= 0 || after > room(given.equityWithLoanBefore, given.maintenanceMarginBefore));
      assert.ok(given.initialMarginAfter - given.initialMarginBefore <= money(187_500));
    }),
    { numRuns: 2000 },
  );
});
