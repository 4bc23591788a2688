import { PUT } from '../market/chain.ts';
import { valueEuropeanPut, valuePut } from './american-put.ts';
import { priceEuropeanColumns } from './european.ts';
import { DELTA, GAMMA, PRICE, type PutProblem, RATE, SPOT, UNIT, VOLATILITY, YEARS, YIELD } from './exercise-seed.ts';
import { clearValue, type OptionColumns, type ValueColumns } from './option-columns.ts';

/**
 * How one engine finds the exercise boundary of a unit put. `passes` is -1 for a fresh problem; the answer, given back with
 * a bumped one, makes both take the same path, so that their difference is smooth.
 */
export interface AmericanMethod {
  readonly problem: PutProblem;
  readonly solve: (problem: PutProblem, passes: number) => number;
  /** Two prices a row instead of five: vega from one bump, and rho is not a number. */
  readonly thrifty: boolean;
}

const INVALID = 0;
const EXPIRED = 1;
const NEVER_EXERCISED = 2;
const EXERCISABLE = 3;
const UNSUPPORTED = 4;

/** A rate that earns less than rounding: early exercise for its sake is not worth finding out about. */
const NEGLIGIBLE = 1e-12;

/**
 * Turns row i into a put with strike 1. A call is a put with spot and strike, rate and yield exchanged (McDonald and
 * Schroder 1998). Early exercise of the put never pays when the rate is not positive and not above the yield; with the yield
 * below a negative rate the exercise region has two boundaries, which no engine here supports.
 */
function loadPut(options: OptionColumns, i: number, input: Float64Array): number {
  const put = options.right[i] === PUT;
  // Columns are chosen, not numbers: a choice between two numbers would allocate.
  const s = (put ? options.spot : options.strike)[i] as number;
  const k = (put ? options.strike : options.spot)[i] as number;
  const t = options.years[i] as number;
  const v = options.volatility[i] as number;
  const r = (put ? options.rate : options.dividendYield)[i] as number;
  const q = (put ? options.dividendYield : options.rate)[i] as number;
  if (!(s > 0 && k > 0 && v > 0 && t >= 0 && (s + k + t + r + q + v) * 0 === 0)) return INVALID;
  input[UNIT] = k;
  input[SPOT] = s / k;
  input[YEARS] = t;
  input[RATE] = r;
  input[YIELD] = q;
  input[VOLATILITY] = v;
  if (v * Math.sqrt(t) === 0) return EXPIRED;
  if (r > NEGLIGIBLE) return EXERCISABLE;
  if (q >= r - NEGLIGIBLE) return NEVER_EXERCISED;
  if (r < -NEGLIGIBLE) return UNSUPPORTED;
  input[RATE] = 0;
  return EXERCISABLE;
}

/** American prices of every row, dollars per share; NaN where there is none. */
export function americanPrices(options: OptionColumns, prices: Float64Array, method: AmericanMethod): void {
  const { problem, solve } = method;
  const { input, output } = problem;
  for (let i = 0; i < options.size; i++) {
    const kind = loadPut(options, i, input);
    if (kind === INVALID || kind === UNSUPPORTED) {
      prices[i] = Number.NaN;
      continue;
    }
    if (kind === EXPIRED) output[PRICE] = Math.max(0, 1 - (input[SPOT] as number));
    else if (kind === NEVER_EXERCISED) valueEuropeanPut(problem);
    else {
      solve(problem, -1);
      valuePut(problem);
    }
    prices[i] = (input[UNIT] as number) * (output[PRICE] as number);
  }
}

/** The unit price with one input moved; the boundary is solved again. */
function bumped(method: AmericanMethod, field: number, by: number, passes: number): number {
  const { problem, solve } = method;
  const { input, output } = problem;
  const before = input[field] as number;
  input[field] = before + by;
  const r = input[RATE] as number;
  if (r > NEGLIGIBLE || (r === 0 && (input[YIELD] as number) < -NEGLIGIBLE)) {
    solve(problem, passes);
    valuePut(problem);
  } else valueEuropeanPut(problem);
  input[field] = before;
  return output[PRICE] as number;
}

const VOLATILITY_BUMP = 0.003;
const RATE_BUMP = 1e-4;
const PER_POINT = 0.01;
const PER_DAY = 1 / 365;

function rho(options: OptionColumns, i: number, method: AmericanMethod, passes: number): number {
  if (method.thrifty) return Number.NaN;
  const field = options.right[i] === PUT ? RATE : YIELD;
  const rise = bumped(method, field, RATE_BUMP, passes) - bumped(method, field, -RATE_BUMP, passes);
  return ((method.problem.input[UNIT] as number) * PER_POINT * rise) / (2 * RATE_BUMP);
}

function valueRow(options: OptionColumns, values: ValueColumns, i: number, method: AmericanMethod): void {
  const { problem, solve } = method;
  const { input, output } = problem;
  const passes = solve(problem, -1);
  valuePut(problem);
  const put = options.right[i] === PUT;
  const unit = input[UNIT] as number;
  const spot = options.spot[i] as number;
  const ratio = input[SPOT] as number;
  const price = output[PRICE] as number;
  const delta = output[DELTA] as number;
  const gamma = output[GAMMA] as number;
  values.price[i] = unit * price;
  values.delta[i] = put ? delta : price - ratio * delta;
  values.gamma[i] = put ? gamma / unit : (ratio * ratio * gamma) / spot;
  values.theta[i] = 0;
  values.vega[i] = 0;
  values.rho[i] = 0;
  if (price === 1 - ratio) return;
  const r = options.rate[i] as number;
  const carry = r - (options.dividendYield[i] as number);
  const v = options.volatility[i] as number;
  const drift = r * (values.price[i] as number) - carry * spot * (values.delta[i] as number);
  values.theta[i] = PER_DAY * (drift - 0.5 * v * v * spot * spot * (values.gamma[i] as number));
  const dv = VOLATILITY_BUMP * v;
  const above = bumped(method, VOLATILITY, dv, passes);
  const below = method.thrifty ? price : bumped(method, VOLATILITY, -dv, passes);
  values.vega[i] = (unit * PER_POINT * (above - below)) / (method.thrifty ? dv : 2 * dv);
  values.rho[i] = rho(options, i, method, passes);
}

/**
 * American price and greeks of every row: delta and gamma from the derivative of the premium integral, theta from the pricing
 * equation (0 where exercise is due), vega and rho by central differences with the boundary solved again.
 */
export function americanValues(options: OptionColumns, values: ValueColumns, method: AmericanMethod): void {
  priceEuropeanColumns(options, values);
  for (let i = 0; i < options.size; i++) {
    const kind = loadPut(options, i, method.problem.input);
    if (kind === EXERCISABLE) valueRow(options, values, i, method);
    else if (kind === UNSUPPORTED) clearValue(values, i);
    else if (kind === NEVER_EXERCISED && method.problem.input[RATE] === 0 && options.right[i] === PUT) {
      values.rho[i] = rho(options, i, method, 0);
    }
  }
}
