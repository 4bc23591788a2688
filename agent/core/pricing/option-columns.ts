import type { Right } from '../market/contract.ts';

/**
 * Options as columns; row i of each column is one contract. Prices are plain dollars per share inside this room (outside it
 * they are `Money`). `rate` and `dividendYield` are continuously compounded per year, `volatility` is per root year
 * (0.2 = 20 %), `years` is the time to expiration (days / 365).
 */
export interface OptionColumns {
  readonly size: number;
  /** `CALL` (0) or `PUT` (1) of core/market/chain.ts. */
  readonly right: Uint8Array;
  readonly spot: Float64Array;
  readonly strike: Float64Array;
  readonly years: Float64Array;
  readonly rate: Float64Array;
  readonly dividendYield: Float64Array;
  readonly volatility: Float64Array;
}

/**
 * Answers as columns, dollars per share; `NaN` where the input has none. `delta` and `gamma` per 1.00 of spot, `theta` per
 * calendar day (dV/dt / 365), `vega` per 0.01 of volatility, `rho` per 0.01 of the rate.
 */
export interface ValueColumns {
  readonly price: Float64Array;
  readonly delta: Float64Array;
  readonly gamma: Float64Array;
  readonly theta: Float64Array;
  readonly vega: Float64Array;
  readonly rho: Float64Array;
}

/** One contract; the units are those of `OptionColumns`. */
export interface OptionTerms {
  readonly right: Right;
  readonly spot: number;
  readonly strike: number;
  readonly years: number;
  readonly rate: number;
  readonly dividendYield: number;
  readonly volatility: number;
}

export type Engine = 'european' | 'american-quick' | 'american-exact' | 'american-dividends';

/** One answer; the units are those of `ValueColumns`. */
export interface OptionValue {
  readonly engine: Engine;
  readonly price: number;
  readonly delta: number;
  readonly gamma: number;
  readonly theta: number;
  readonly vega: number;
  readonly rho: number;
}

export function optionColumns(size: number): OptionColumns {
  const column = (): Float64Array => new Float64Array(size);
  return {
    size,
    right: new Uint8Array(size),
    spot: column(),
    strike: column(),
    years: column(),
    rate: column(),
    dividendYield: column(),
    volatility: column(),
  };
}

export function valueColumns(size: number): ValueColumns {
  const column = (): Float64Array => new Float64Array(size);
  return { price: column(), delta: column(), gamma: column(), theta: column(), vega: column(), rho: column() };
}

export function setOption(columns: OptionColumns, row: number, terms: OptionTerms): void {
  columns.right[row] = terms.right === 'P' ? 1 : 0;
  columns.spot[row] = terms.spot;
  columns.strike[row] = terms.strike;
  columns.years[row] = terms.years;
  columns.rate[row] = terms.rate;
  columns.dividendYield[row] = terms.dividendYield;
  columns.volatility[row] = terms.volatility;
}

/** The answer of one row, or `null` where the row has none. */
export function valueAt(values: ValueColumns, row: number, engine: Engine): OptionValue | null {
  const price = values.price[row] ?? Number.NaN;
  if (Number.isNaN(price)) return null;
  return {
    engine,
    price,
    delta: values.delta[row] as number,
    gamma: values.gamma[row] as number,
    theta: values.theta[row] as number,
    vega: values.vega[row] as number,
    rho: values.rho[row] as number,
  };
}

/** The plain-number form of an engine: one contract in, one answer out, `null` where there is none. */
export function forOneContract(
  engine: Engine,
  priceColumns: (options: OptionColumns, values: ValueColumns) => void,
): (terms: OptionTerms) => OptionValue | null {
  const options = optionColumns(1);
  const values = valueColumns(1);
  return (terms) => {
    setOption(options, 0, terms);
    priceColumns(options, values);
    return valueAt(values, 0, engine);
  };
}

export function clearValue(values: ValueColumns, row: number): void {
  values.price[row] = Number.NaN;
  values.delta[row] = Number.NaN;
  values.gamma[row] = Number.NaN;
  values.theta[row] = Number.NaN;
  values.vega[row] = Number.NaN;
  values.rho[row] = Number.NaN;
}

/** At expiration an option is worth its exercise value; only delta is left of the greeks (half at the strike itself). */
export function expiredValue(values: ValueColumns, row: number, sign: number, exercise: number): void {
  values.price[row] = Math.max(exercise, 0);
  values.delta[row] = exercise > 0 ? sign : exercise < 0 ? 0 : sign / 2;
  values.gamma[row] = 0;
  values.theta[row] = 0;
  values.vega[row] = 0;
  values.rho[row] = 0;
}

/** Why these terms have no answer, or `null` when they have one. */
export function invalidTerms(terms: OptionTerms): string | null {
  const { spot, strike, years, rate, dividendYield, volatility } = terms;
  if (!(spot > 0 && spot < Number.POSITIVE_INFINITY)) return `the spot must be a positive number, got ${spot}`;
  if (!(strike > 0 && strike < Number.POSITIVE_INFINITY)) return `the strike must be a positive number, got ${strike}`;
  if (!(years >= 0 && years < Number.POSITIVE_INFINITY)) return `the time must not be negative, got ${years} years`;
  if (!(volatility > 0 && volatility < Number.POSITIVE_INFINITY))
    return `the volatility must be a positive number, got ${volatility}`;
  if (!Number.isFinite(rate)) return `the rate must be a number, got ${rate}`;
  if (!Number.isFinite(dividendYield)) return `the dividend yield must be a number, got ${dividendYield}`;
  return null;
}
