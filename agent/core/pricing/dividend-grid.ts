import type { OptionTerms } from './option-columns.ts';

/** A cash dividend per share, `years` from now to the ex-date. */
export interface CashDividend {
  readonly years: number;
  readonly cash: number;
}

/** An even grid in ln(spot) on which today's spot is a node. */
export interface DividendGrid {
  readonly low: number;
  readonly step: number;
  readonly nodes: number;
  readonly spotNode: number;
}

/** Values, exercise values and spots at the nodes, and the tridiagonal system: written by every valuation. */
export interface DividendWork {
  readonly value: Float64Array;
  readonly before: Float64Array;
  readonly exercise: Float64Array;
  readonly spot: Float64Array;
  readonly diagonal: Float64Array;
  readonly right: Float64Array;
}

const INTERVALS = 480;
const DEVIATIONS = 5.5;
const LOWEST_SHARE = 0.02;

export function dividendWork(): DividendWork {
  const column = (): Float64Array => new Float64Array(INTERVALS + 3);
  return {
    value: column(),
    before: column(),
    exercise: column(),
    spot: column(),
    diagonal: column(),
    right: column(),
  };
}

/** 5.5 deviations and the drift above the spot, and the same below the spot less all dividends. */
export function dividendGrid(terms: OptionTerms, dividends: readonly CashDividend[]): DividendGrid {
  const { spot, years, rate, dividendYield, volatility } = terms;
  const paid = dividends.reduce((sum, dividend) => sum + dividend.cash, 0);
  const drift = Math.abs(rate - dividendYield) + 0.5 * volatility * volatility;
  const reach = DEVIATIONS * volatility * Math.sqrt(years) + drift * years;
  const below = reach - Math.log(Math.max(LOWEST_SHARE, 1 - paid / spot));
  const step = (reach + below) / INTERVALS;
  const spotNode = Math.ceil(below / step);
  return { low: Math.log(spot) - spotNode * step, step, nodes: INTERVALS + 2, spotNode };
}

/** Spots, exercise values, and the value at expiration: the exercise value averaged over each cell, which a kink needs. */
export function fillPayoff(grid: DividendGrid, work: DividendWork, sign: number, strike: number): void {
  const half = grid.step / 2;
  const kink = Math.log(strike);
  for (let i = 0; i < grid.nodes; i++) {
    const x = grid.low + i * grid.step;
    const spot = Math.exp(x);
    work.spot[i] = spot;
    work.exercise[i] = Math.max(0, sign * (spot - strike));
    if (Math.abs(x - kink) < half) {
      const from = sign > 0 ? kink : x - half;
      const to = sign > 0 ? x + half : kink;
      const area = Math.exp(to) - Math.exp(from) - strike * (to - from);
      work.value[i] = Math.max(work.exercise[i] as number, (sign * area) / grid.step);
    } else work.value[i] = work.exercise[i] as number;
  }
}

/** Cubic through four neighbours. */
function interpolate(values: Float64Array, nodes: number, position: number): number {
  const i = Math.max(1, Math.min(nodes - 3, Math.floor(position)));
  const t = position - i;
  const v0 = values[i - 1] as number;
  const v1 = values[i] as number;
  const v2 = values[i + 1] as number;
  const v3 = values[i + 2] as number;
  const outer = (v3 * (t + 1) * t * (t - 1) - v0 * t * (t - 1) * (t - 2)) / 6;
  const middle = (v1 * (t + 1) * (t - 1) * (t - 2) - v2 * (t + 1) * t * (t - 2)) / 2;
  return outer + middle;
}

/**
 * Back over an ex-date: before it the option is worth what it is worth at the spot less the dividend, or its exercise. A
 * spot that cannot pay the dividend keeps a hundredth of itself.
 */
export function crossDividend(grid: DividendGrid, work: DividendWork, cash: number): void {
  const { value, before, exercise, spot } = work;
  before.set(value);
  for (let i = 0; i < grid.nodes; i++) {
    const s = spot[i] as number;
    const position = (Math.log(Math.max(s - cash, 0.01 * s)) - grid.low) / grid.step;
    const held = position <= 0 ? (before[0] as number) : interpolate(before, grid.nodes, position);
    value[i] = Math.max(held, exercise[i] as number);
  }
}
