import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { isoDate } from '../../../agent/core/calendar/time.ts';
import { adjustedBars, adjustedChain } from '../../../agent/core/market/adjustment.ts';
import { barAtOrBefore } from '../../../agent/core/market/bars.ts';
import { MISSING } from '../../../agent/core/market/chain.ts';
import { type CorporateAction, splitRatio } from '../../../agent/core/market/corporate-action.ts';
import { money } from '../../../agent/core/market/money.ts';
import { sampleBars } from './sample-bars.ts';
import { sampleChain } from './sample-chain.ts';

const SEVEN: CorporateAction = { kind: 'split', date: '2014-06-09', from: 1, to: 7 };
const DIVIDEND: CorporateAction = { kind: 'dividend', date: '2014-05-08', amount: money(3.29) };
const BARS = sampleBars([
  { date: '2014-05-07', close: 592.33, open: 595.25, high: 597.29, low: 587.73, volume: 70 },
  { date: '2014-05-08', close: 587.99, volume: 57 },
  { date: '2014-06-06', close: 645.57, volume: 87 },
  { date: '2014-06-09', close: 93.7, volume: 75 },
]);

test('prices before a split are divided by it and volumes multiplied, from the ex-date on nothing changes', () => {
  const { close, open, volume } = adjustedBars(BARS, [SEVEN], { asOf: '2014-06-09', adjust: 'splits' });
  assert.deepEqual([...close], [846_186, 839_986, 922_243, 937_000]);
  assert.equal(open[0], Math.round(5_952_500 / 7));
  assert.deepEqual([...volume], [490, 399, 609, 75]);
});

test('a dividend scales what came before by one minus its share of the last close before it', () => {
  const view = { asOf: '2014-06-09', adjust: 'splits and dividends' } as const;
  const { close } = adjustedBars(BARS, [DIVIDEND, SEVEN], view);
  assert.equal(close[0], Math.round(((592.33 - 3.29) / 7) * 10_000));
  assert.equal(close[1], 839_986);
});

test('as of a day nothing later is known: no bar, no split, no dividend', () => {
  const view = { asOf: '2014-06-06', adjust: 'splits and dividends' } as const;
  const seen = adjustedBars(BARS, [SEVEN, DIVIDEND], view);
  assert.deepEqual([...seen.day].map(isoDate), ['2014-05-07', '2014-05-08', '2014-06-06']);
  assert.equal(seen.close[2], 6_455_700);
  const planted = { kind: 'split', date: '2014-06-07', from: 1, to: 100 } as const;
  assert.deepEqual(adjustedBars(BARS, [SEVEN, DIVIDEND, planted], view), seen);
});

test('without adjusting the bars are as they were traded', () => {
  assert.deepEqual(adjustedBars(BARS, [SEVEN, DIVIDEND], { asOf: '2014-06-09', adjust: 'none' }), BARS);
});

test('a reverse split multiplies prices', () => {
  const tenth: CorporateAction = { kind: 'split', date: '2026-07-15', from: 10, to: 1 };
  const bars = sampleBars([
    { date: '2026-07-14', close: 4.28, volume: 1000 },
    { date: '2026-07-15', close: 45.98, volume: 100 },
  ]);
  const { close, volume } = adjustedBars(bars, [tenth], { asOf: '2026-07-15', adjust: 'splits' });
  assert.deepEqual([...close], [428_000, 459_800]);
  assert.deepEqual([...volume], [100, 100]);
});

test('adjusting never changes a ratio of two closes on one side of a split', () => {
  const price = fc.integer({ min: 100_000, max: 50_000_000 });
  fc.assert(
    fc.property(price, price, fc.integer({ min: 2, max: 20 }), (a, b, to) => {
      const bars = sampleBars([
        { date: '2026-03-16', close: a / 10_000 },
        { date: '2026-03-17', close: b / 10_000 },
        { date: '2026-03-18', close: 10 },
      ]);
      const split: CorporateAction = { kind: 'split', date: '2026-03-18', from: 1, to };
      const { close } = adjustedBars(bars, [split], { asOf: '2026-03-18', adjust: 'splits' });
      return Math.abs((close[0] as number) / (close[1] as number) / (a / b) - 1) < 0.001;
    }),
  );
});

test('a chain is shown in the new shares: strikes to the cent as the clearing house rounds them', () => {
  const rows = [
    { expiration: '2014-06-13', strike: 495, right: 'C', bid: 150.1, ask: 150.8, delta: 0.97, openInterest: 10 },
    { expiration: '2014-06-13', strike: 650, right: 'P', bid: 7, ask: null, delta: -0.5, openInterest: null },
  ] as const;
  const chain = { ...sampleChain(rows, 645.57, 'AAPL'), takenAt: instantInNewYork('2014-06-06', '16:00') };
  const view = { asOf: '2014-06-09', adjust: 'splits' } as const;
  const seen = adjustedChain(chain, [SEVEN], view);
  assert.deepEqual([...(seen?.strike ?? [])], [707_100, 928_600]);
  assert.deepEqual([...(seen?.bid ?? [])], [214_429, 10_000]);
  assert.deepEqual([...(seen?.ask ?? [])], [215_429, MISSING]);
  assert.deepEqual([...(seen?.openInterest ?? [])], [70, MISSING]);
  assert.equal(seen?.spot, 922_243);
  assert.deepEqual(seen?.delta, chain.delta);
  assert.equal(adjustedChain(chain, [SEVEN], { asOf: '2014-06-06', adjust: 'splits' }), chain);
  assert.equal(adjustedChain(chain, [SEVEN], { asOf: '2014-06-05', adjust: 'splits' }), null);
});

test('a chain of the ex-date is in the new shares already, and dividends do not change chains', () => {
  const chain = { ...sampleChain([{}], 93.7, 'AAPL'), takenAt: instantInNewYork('2014-06-09', '09:31') };
  const view = { asOf: '2014-06-20', adjust: 'splits and dividends' } as const;
  assert.equal(adjustedChain(chain, [SEVEN, { ...DIVIDEND, date: '2014-06-10' }], view), chain);
});

test('a ratio is read as small whole numbers, or not at all', () => {
  assert.deepEqual(splitRatio(6.9999), { from: 1, to: 7 });
  assert.deepEqual(splitRatio(0.1), { from: 10, to: 1 });
  assert.deepEqual(splitRatio(1.5), { from: 2, to: 3 });
  assert.deepEqual(splitRatio(1), { from: 1, to: 1 });
  assert.equal(splitRatio(1234.5), null);
});

test('the bar at or before a day is found, also before the first and after the last', () => {
  const at = (date: number): number => barAtOrBefore(BARS, (BARS.day[0] as number) + date);
  assert.deepEqual([at(-1), at(0), at(1), at(20), at(29), at(30), at(100)], [-1, 0, 1, 1, 1, 2, 3]);
});
