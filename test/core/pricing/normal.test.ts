import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exponential, millsRatio, normalCumulative, normalDensity } from '../../../agent/core/pricing/normal.ts';
import { quickExponential, quickMills } from '../../../agent/core/pricing/normal-quick.ts';

const ULP = 2 ** -52;

/** Mills' ratio by its continued fraction in the other direction of work: long, and only good away from zero. */
function slowMills(x: number): number {
  let tail = x;
  for (let k = 4000; k >= 1; k--) tail = x + k / tail;
  return 1 / tail;
}

test('e^x agrees with the platform within one and a half units in the last place', () => {
  for (let x = -700; x < 700; x += 0.173) {
    assert.ok(Math.abs(exponential(x) / Math.exp(x) - 1) <= 1.5 * ULP, `x ${x}`);
  }
});

test('e^x ends in 0, infinity and NaN', () => {
  const ends = [-1e9, Number.NEGATIVE_INFINITY, 1e9, Number.NaN, 0].map(exponential);
  assert.deepEqual(ends, [0, 0, Number.POSITIVE_INFINITY, Number.NaN, 1]);
});

test("Mills' ratio agrees with its continued fraction", () => {
  for (let x = 1; x < 47; x += 0.0371) {
    assert.ok(Math.abs(millsRatio(x) / slowMills(x) - 1) <= 4 * ULP, `x ${x}`);
  }
});

test("Mills' ratio agrees with its power series near zero", () => {
  for (let x = 0; x < 1; x += 0.0173) {
    let term = x;
    let sum = 0;
    for (let k = 1; term > 1e-20; k++) {
      sum += term;
      term *= (x * x) / (2 * k + 1);
    }
    const series = Math.sqrt(Math.PI / 2) * Math.exp((x * x) / 2) - sum;
    assert.ok(Math.abs(millsRatio(x) / series - 1) <= 12 * ULP, `x ${x}`);
  }
});

test('the normal distribution has its tabulated values', () => {
  // Abramowitz and Stegun, table 26.1.
  for (const [x, p] of [
    [0, 0.5],
    [1, 0.841344746068543],
    [-1, 0.158655253931457],
    [-3, 0.0013498980316300946],
    [-8, 6.22096057427178e-16],
    [5, 0.999999713348428],
  ] as const) {
    assert.ok(Math.abs(normalCumulative(x) / p - 1) < 3e-15, `x ${x}`);
  }
  assert.ok(Math.abs(normalDensity(0) - 0.398942280401433) < 1e-15);
});

test('the quick forms keep nine digits', () => {
  for (let x = 0; x < 40; x += 0.0177) {
    assert.ok(Math.abs(quickMills(x) / millsRatio(x) - 1) < 2e-9, `mills ${x}`);
    assert.ok(Math.abs(quickExponential(-x) / exponential(-x) - 1) < 6e-10, `exp ${x}`);
  }
});
