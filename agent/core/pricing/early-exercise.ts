import { PUT } from '../market/chain.ts';
import { priceAmericanChainColumns, quickAmericanPrices } from './american-quick.ts';
import { type OptionColumns, optionColumns, type ValueColumns, valueColumns } from './option-columns.ts';

/** The rows of a chain whose early exercise matters, side by side. One record is used again for every chain. */
export interface ExercisableRows {
  size: number;
  readonly row: Int32Array;
  readonly options: OptionColumns;
  readonly values: ValueColumns;
}

export function exercisableRows(most: number): ExercisableRows {
  return { size: 0, row: new Int32Array(most), options: optionColumns(most), values: valueColumns(most) };
}

/** Where it stays below this, the European delta is within 0.001 of the American one, and the price within 1e-4 of the spot. */
const NEGLIGIBLE = 0.0075;
const DOLLAR = 10_000;
/** Standard deviations from any price at which exercise could pay. */
const OUT_OF_REACH = 3;

/**
 * Whether the right to exercise early moves the greeks of a row. It earns at most the interest on the strike (a put) or the
 * yield of the spot (a call) for the time that is left, as likely as the option ends in the money; delta feels that against
 * the standard deviation of ln(spot). `delta` is the European one.
 */
function exerciseMatters(options: OptionColumns, row: number, delta: number): boolean {
  const put = options.right[row] === PUT;
  const income = (put ? options.rate : options.dividendYield)[row] as number;
  const cost = (put ? options.dividendYield : options.rate)[row] as number;
  const years = options.years[row] as number;
  const deviation = (options.volatility[row] as number) * Math.sqrt(years);
  if (!(income * years * Math.abs(delta) > NEGLIGIBLE * deviation)) return false;
  if (cost <= income) return true;
  const spot = (put ? options.spot : options.strike)[row] as number;
  const strike = (put ? options.strike : options.spot)[row] as number;
  // Exercise never pays above income / cost of the strike (Kim 1990).
  return Math.log((spot * cost) / (strike * income)) < OUT_OF_REACH * deviation;
}

/** Finds those rows by their European values; with `wanted`, only among the rows that have it set. */
export function findExercisable(
  found: ExercisableRows,
  options: OptionColumns,
  { european, wanted }: { readonly european: ValueColumns; readonly wanted?: Uint8Array },
): void {
  const { delta } = european;
  let size = 0;
  for (let row = 0; row < options.size; row += 1) {
    if (wanted?.[row] === 0 || !exerciseMatters(options, row, delta[row] as number)) continue;
    found.row[size] = row;
    copyRow(options, row, found.options, size);
    size += 1;
  }
  found.size = size;
}

function copyRow(from: OptionColumns, row: number, to: OptionColumns, at: number): void {
  to.right[at] = from.right[row] as number;
  to.spot[at] = from.spot[row] as number;
  to.strike[at] = from.strike[row] as number;
  to.years[at] = from.years[row] as number;
  to.rate[at] = from.rate[row] as number;
  to.dividendYield[at] = from.dividendYield[row] as number;
  to.volatility[at] = from.volatility[row] as number;
}

/** What those rows cost more than European options, 1/10,000 dollar a share, into `premium`; zero for all other rows. */
export function exercisePremiums(found: ExercisableRows, european: ValueColumns, premium: Float64Array): void {
  const { size, row, values } = found;
  quickAmericanPrices({ ...found.options, size }, values.price);
  premium.fill(0);
  for (let i = 0; i < size; i += 1) {
    const at = row[i] as number;
    const more = (values.price[i] as number) - (european.price[at] as number);
    premium[at] = more > 0 ? more * DOLLAR : 0;
  }
}

/** Replaces the European values of those rows by American ones; rho is not known then. */
export function takeAmericanValues(found: ExercisableRows, values: ValueColumns): void {
  const { size, row } = found;
  priceAmericanChainColumns({ ...found.options, size }, found.values);
  for (let i = 0; i < size; i += 1) {
    const at = row[i] as number;
    values.price[at] = found.values.price[i] as number;
    values.delta[at] = found.values.delta[i] as number;
    values.gamma[at] = found.values.gamma[i] as number;
    values.theta[at] = found.values.theta[i] as number;
    values.vega[at] = found.values.vega[i] as number;
    values.rho[at] = found.values.rho[i] as number;
  }
}
