import { type AmericanMethod, americanPrices, americanValues } from './american.ts';
import { solveBoundary } from './exercise-boundary.ts';
import { exerciseGrid } from './exercise-grid.ts';
import { putProblem } from './exercise-seed.ts';
import { forOneContract, type OptionColumns, type ValueColumns } from './option-columns.ts';

const FOR_PRICES: AmericanMethod = {
  problem: putProblem(exerciseGrid({ nodes: 12, steps: 7, premiumSteps: 16 })),
  solve: solveBoundary,
  thrifty: false,
};
const FOR_GREEKS: AmericanMethod = {
  problem: putProblem(exerciseGrid({ nodes: 12, steps: 7, premiumSteps: 32 })),
  solve: solveBoundary,
  thrifty: false,
};

/**
 * American prices by the boundary method of Andersen, Lake and Offengenden (2016) on 12 Chebyshev nodes, 7 points to each
 * integral of the boundary and 16 to the premium. Dollars per share. Error about 1e-8 of the spot for 95 of 100 rows. Domain
 * and NaN as in `quickAmericanPrices`. Allocates next to nothing.
 */
export function exactAmericanPrices(options: OptionColumns, prices: Float64Array): void {
  americanPrices(options, prices, FOR_PRICES);
}

/** The same with greeks, the premium taken at 32 points. Where exercise is due, price is the exercise value and theta 0. */
export function priceAmericanExactColumns(options: OptionColumns, values: ValueColumns): void {
  americanValues(options, values, FOR_GREEKS);
}

/** The same for one contract, `null` where there is no answer. */
export const priceAmericanExact = forOneContract('american-exact', priceAmericanExactColumns);
