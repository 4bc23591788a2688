import fc from 'fast-check';
import type { OptionTerms } from '../../../agent/core/pricing/option-columns.ts';

const FIFTEEN_MINUTES = 0.25 / 24 / 365;

const between = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min, max, noNaN: true, noDefaultInfinity: true });

const logBetween = (min: number, max: number): fc.Arbitrary<number> => between(0, 1).map((u) => min * (max / min) ** u);

/** All of the stated domain: spot 0.5 to 10,000, 8 deviations, 15 minutes to 3 years, 1 to 300 %, rates -1 to 10 %, yields 0 to 15 %. */
export const anyTerms: fc.Arbitrary<OptionTerms> = fc
  .record({
    right: fc.constantFrom('C' as const, 'P' as const),
    spot: logBetween(0.5, 10_000),
    deviations: fc.oneof(between(-8, 8), between(-1.5, 1.5)),
    years: logBetween(FIFTEEN_MINUTES, 3),
    rate: fc.oneof(between(-0.01, 0.1), fc.constant(0)),
    dividendYield: fc.oneof(between(0, 0.15), fc.constant(0)),
    volatility: logBetween(0.01, 3),
  })
  .map(({ deviations, ...terms }) => ({
    ...terms,
    strike: terms.spot * Math.exp(deviations * terms.volatility * Math.sqrt(terms.years)),
  }));

/** What a rounding error may grow to: both legs of the payoff are exact to about one part in 1e15. */
export function scale({ spot, strike }: OptionTerms): number {
  return spot + strike;
}

export function withTerms(terms: OptionTerms, change: Partial<OptionTerms>): OptionTerms {
  return { ...terms, ...change };
}

/** The value below which 95 of 100 lie. */
export function percentile95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(0.95 * (sorted.length - 1))] ?? Number.NaN;
}

/** Terms that have no answer, each spoiled in one field. */
export const spoiledTerms: readonly Partial<OptionTerms>[] = [
  { spot: 0 },
  { spot: -1 },
  { spot: Number.NaN },
  { spot: Number.POSITIVE_INFINITY },
  { strike: 0 },
  { strike: -5 },
  { strike: Number.NaN },
  { years: -1e-9 },
  { years: Number.NaN },
  { years: Number.POSITIVE_INFINITY },
  { rate: Number.NaN },
  { rate: Number.NEGATIVE_INFINITY },
  { dividendYield: Number.NaN },
  { volatility: 0 },
  { volatility: -0.2 },
  { volatility: Number.NaN },
];

export const plainTerms: OptionTerms = {
  right: 'P',
  spot: 100,
  strike: 105,
  years: 0.5,
  rate: 0.04,
  dividendYield: 0.01,
  volatility: 0.3,
};
