import { type AmericanMethod, americanPrices, americanValues } from './american.ts';
import { sketchBoundary } from './exercise-boundary.ts';
import { exerciseGrid } from './exercise-grid.ts';
import { putProblem } from './exercise-seed.ts';
import { forOneContract, type OptionColumns, type ValueColumns } from './option-columns.ts';

const FOR_PRICES: AmericanMethod = {
  problem: putProblem(exerciseGrid({ nodes: 2, steps: 2, premiumSteps: 6 })),
  solve: sketchBoundary,
  thrifty: false,
};
const FOR_GREEKS: AmericanMethod = {
  problem: putProblem(exerciseGrid({ nodes: 4, steps: 5, premiumSteps: 16 })),
  solve: sketchBoundary,
  thrifty: false,
};

const FOR_CHAINS: AmericanMethod = {
  problem: putProblem(exerciseGrid({ nodes: 2, steps: 2, premiumSteps: 8 })),
  solve: sketchBoundary,
  thrifty: true,
};

/**
 * American prices for screening: the exercise boundary at a quarter of the time and at all of it is Li's QD+ (2010) with one
 * pass of Andersen, Lake and Offengenden (2016); the premium is Kim's integral (1990) over that boundary, 6 points. Dollars
 * per share. Error below 1e-4 of the spot for 95 of 100 rows. Domain and NaN as in `priceEuropeanColumns`, and NaN where the yield is below a
 * negative rate (call: the rate below a negative yield). Allocates next to nothing.
 */
export function quickAmericanPrices(options: OptionColumns, prices: Float64Array): void {
  americanPrices(options, prices, FOR_PRICES);
}

/** The same with greeks, from 4 points of the boundary and 16 of the premium. Where exercise is due, price is the exercise value and theta 0. */
export function priceAmericanQuickColumns(options: OptionColumns, values: ValueColumns): void {
  americanValues(options, values, FOR_GREEKS);
}

/** The same for the many rows of a chain, with the boundary of `quickAmericanPrices` and without rho: delta to 1e-3. */
export function priceAmericanChainColumns(options: OptionColumns, values: ValueColumns): void {
  americanValues(options, values, FOR_CHAINS);
}

/** The same for one contract, `null` where there is no answer. */
export const priceAmericanQuick = forOneContract('american-quick', priceAmericanQuickColumns);
