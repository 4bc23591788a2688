import type { OptionTerms } from '../../agent/core/pricing/option-columns.ts';
import { bestRate } from '../bench/measure.ts';

/** The same numbers in [0, 1) on every run: a Weyl sequence with the golden ratio. */
function sequence(): () => number {
  let state = 0.5;
  return () => {
    state = (state + 0.618_033_988_749_894_9) % 1;
    return state;
  };
}

/** Chains of one stock: a week to two years, strikes within two deviations, puts and calls, each of them worth exercising early. */
export function sampleTerms(count: number): OptionTerms[] {
  const next = sequence();
  return Array.from({ length: count }, (_, row) => {
    const years = [7, 21, 35, 63, 126, 252, 504, 728][row % 8] as number;
    const volatility = 0.15 + 0.5 * next();
    const spot = 95 + 10 * next();
    const distance = 2 * (2 * next() - 1) * volatility * Math.sqrt(years / 365);
    return {
      right: row % 16 < 8 ? 'P' : 'C',
      spot,
      strike: Math.max(1, Math.round(spot * Math.exp(distance))),
      years: years / 365,
      rate: 0.045,
      dividendYield: 0.013,
      volatility,
    };
  });
}

/** The whole domain: 15 minutes to 3 years, 1 to 300 %, 8 deviations, rates of -1 to 10 %, yields of 0 to 15 %. */
export function wideTerms(count: number): OptionTerms[] {
  const next = sequence();
  const between = (low: number, high: number): number => low * (high / low) ** next();
  return Array.from({ length: count }, (_, row) => {
    const years = between(0.25 / 24 / 365, 3);
    const volatility = between(0.01, 3);
    const spot = between(0.5, 10_000);
    const rate = -0.01 + 0.11 * next();
    const dividendYield = 0.15 * next();
    const distance = 8 * (2 * next() - 1) * volatility * Math.sqrt(years);
    return {
      right: row % 2 ? 'P' : 'C',
      spot,
      strike: spot * Math.exp(distance + (rate - dividendYield) * years),
      years,
      rate,
      dividendYield,
      volatility,
    };
  });
}

/** Rows per CPU second of a loop that only adds, multiplies and divides: what the machine does at its plainest. */
export function bareLoop(left: Float64Array, right: Float64Array): number {
  const rounds = 2000;
  const answer = new Float64Array(left.length);
  return bestRate(left.length * rounds, () => {
    for (let n = 0; n < rounds; n += 1) {
      for (let i = 0; i < answer.length; i += 1) {
        const a = left[i] as number;
        const b = right[i] as number;
        answer[i] = (a * b + a) / (b + n);
      }
    }
    return answer[0];
  });
}
