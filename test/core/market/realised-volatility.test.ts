import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isoDate } from '../../../agent/core/calendar/time.ts';
import type { DailyBars } from '../../../agent/core/market/bars.ts';
import {
  closeToClose,
  parkinson,
  type RealisedVolatility,
  yangZhang,
} from '../../../agent/core/market/realised-volatility.ts';
import { random } from '../../random.ts';
import { sampleBars } from './sample-bars.ts';

const ESTIMATORS: readonly [string, RealisedVolatility][] = [
  ['close to close', closeToClose],
  ['Parkinson', parkinson],
  ['Yang-Zhang', yangZhang],
];

function near(found: number | null, expected: number, tolerance: number): void {
  assert.ok(found !== null && Math.abs(found - expected) <= tolerance, `${found} is not ${expected} ± ${tolerance}`);
}

test('close to close is the standard deviation of log returns with n - 1, times the root of 252', () => {
  // Hand-made: ln returns 0.01, -0.01, 0.03; mean 0.01; squares 0, 4e-4, 4e-4; variance 4e-4.
  const closes = [100, 100 * Math.exp(0.01), 100, 100 * Math.exp(0.03)];
  near(closeToClose(bars(closes.map((close) => ({ close })))), 0.02 * Math.sqrt(252), 1e-5);
});

test('Parkinson is the root of the mean squared log range over 4 ln 2', () => {
  const range = Math.exp(0.02);
  const days = Array.from({ length: 10 }, () => ({ close: 100, high: 100 * range, low: 100 }));
  near(parkinson(bars(days)), (0.02 / Math.sqrt(4 * Math.LN2)) * Math.sqrt(252), 1e-5);
});

test('Yang-Zhang adds overnight, open-to-close and Rogers-Satchell variance with its own weight', () => {
  // Three days after the first, by hand: overnight 0.01, -0.01, 0; session 0.02, 0, 0.01; high and low at open and close.
  const days: Day[] = [{ close: 100, open: 100, high: 100, low: 100 }];
  for (const [overnight, session] of [
    [0.01, 0.02],
    [-0.01, 0],
    [0, 0.01],
  ] as const) {
    const open = (days.at(-1) as Day).close * Math.exp(overnight);
    const close = open * Math.exp(session);
    days.push({ open, close, high: Math.max(open, close), low: Math.min(open, close) });
  }
  const k = 0.34 / (1.34 + 4 / 2);
  near(yangZhang(bars(days)), Math.sqrt((1e-4 + k * 1e-4) * 252), 1e-4);
});

test('on a walk with a known volatility all three find it', () => {
  const found = walk({ days: 2000, steps: 400, perYear: 0.24, seed: 5 });
  near(closeToClose(found), 0.24, 0.012);
  near(parkinson(found), 0.24, 0.012);
  near(yangZhang(found), 0.24, 0.012);
});

for (const [name, estimate] of ESTIMATORS) {
  test(`${name} does not depend on the price level`, () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 2, max: 50 }), (seed, factor) => {
        const small = walk({ days: 30, steps: 10, perYear: 0.4, seed });
        const large = { ...small };
        for (const column of ['open', 'high', 'low', 'close'] as const) {
          large[column] = small[column].map((value) => value * factor);
        }
        return Math.abs((estimate(small) as number) - (estimate(large) as number)) < 1e-9;
      }),
      { numRuns: 30 },
    );
  });

  test(`${name} of twice the log moves is twice as large`, () => {
    const once = walk({ days: 60, steps: 10, perYear: 0.2, seed: 3 });
    const twice = { ...once };
    for (const column of ['open', 'high', 'low', 'close'] as const) {
      twice[column] = once[column].map((value) => 1e6 * (value / 1e6) ** 2);
    }
    near(estimate(twice), 2 * (estimate(once) as number), 1e-9);
  });

  test(`${name} is unknown on too few days, on an unknown price and on a price of zero`, () => {
    const found = walk({ days: 20, steps: 10, perYear: 0.2, seed: 1 });
    assert.equal(estimate(found, 0, 1), null);
    assert.equal(estimate(found, 5, 5), null);
    assert.equal(estimate(sampleBars([])), null);
    for (const bad of [Number.NaN, 0, -1]) {
      const broken = { ...found, close: found.close.slice(), high: found.high.slice() };
      broken.close[7] = bad;
      broken.high[7] = bad;
      assert.equal(estimate(broken), null);
      assert.notEqual(estimate(broken, 9, 20), null);
    }
  });

  test(`${name} over a span sees nothing outside it`, () => {
    const found = walk({ days: 40, steps: 10, perYear: 0.2, seed: 2 });
    const cut = estimate(found, 10, 30);
    for (const column of ['open', 'high', 'low', 'close'] as const) {
      found[column].fill(1, 0, 10);
      found[column].fill(9e9, 30);
    }
    assert.equal(estimate(found, 10, 30), cut);
  });
}

test('a price that never moves has a volatility of zero', () => {
  const still = bars(Array.from({ length: 10 }, () => ({ close: 5, open: 5, high: 5, low: 5 })));
  for (const [, estimate] of ESTIMATORS) assert.equal(estimate(still), 0);
});

interface Day {
  readonly close: number;
  readonly open?: number;
  readonly high?: number;
  readonly low?: number;
}

function bars(days: readonly Day[]): DailyBars {
  return sampleBars(days.map((day, n) => ({ ...day, date: isoDate(20_000 + n) })));
}

/** Each day in small steps, opening where the day before closed. */
function walk(wish: { days: number; steps: number; perYear: number; seed: number }): DailyBars {
  const next = random(wish.seed);
  const step = wish.perYear / Math.sqrt(252 * wish.steps);
  let price = 1000;
  const days = Array.from({ length: wish.days }, () => {
    const open = price;
    let high = open;
    let low = open;
    for (let n = 0; n < wish.steps; n += 1) {
      price *= Math.exp(step * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()));
      high = Math.max(high, price);
      low = Math.min(low, price);
    }
    return { open, high, low, close: price };
  });
  return bars(days);
}
