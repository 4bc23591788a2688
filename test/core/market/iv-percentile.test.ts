import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ivPercentile } from '../../../agent/core/market/iv-percentile.ts';

test('IV percentile is the share of days below today', () => {
  const history = Array.from({ length: 100 }, (_, i) => 0.1 + i * 0.001);
  assert.equal(ivPercentile(history, 0.1495), 50);
  assert.equal(ivPercentile(history, 0.1), 0);
  assert.equal(ivPercentile(history, 0.5), 100);
});

test('one spike moves the percentile by one day, where the rank would fall to nothing', () => {
  const history = [...Array.from({ length: 199 }, (_, i) => 0.1 + i * 0.0001), 5];
  assert.equal(ivPercentile(history, 0.2), 99.5);
});

test('IV percentile is unknown below 60 days and without a value for today', () => {
  const flat = Array.from({ length: 60 }, () => 0.2);
  assert.equal(ivPercentile(flat, 0.3), 100);
  assert.equal(ivPercentile(flat.slice(1), 0.3), null);
  assert.equal(ivPercentile([...flat.slice(1), Number.NaN], 0.3), null);
  assert.equal(ivPercentile(flat, null), null);
  assert.equal(ivPercentile(flat, Number.NaN), null);
});

test('only the last 252 days count', () => {
  const history = [...Array.from({ length: 100 }, () => 0.1), ...Array.from({ length: 252 }, () => 0.3)];
  assert.equal(ivPercentile(history, 0.2), 0);
});

test('a higher value today never has a lower percentile', () => {
  const volatility = fc.double({ min: 0.01, max: 3, noNaN: true });
  fc.assert(
    fc.property(fc.array(volatility, { minLength: 60, maxLength: 300 }), volatility, volatility, (history, a, b) => {
      const low = ivPercentile(history, Math.min(a, b)) as number;
      const high = ivPercentile(history, Math.max(a, b)) as number;
      return low >= 0 && low <= high && high <= 100;
    }),
  );
});
