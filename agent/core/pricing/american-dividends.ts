import { priceAmericanExact } from './american-exact.ts';
import {
  type CashDividend,
  crossDividend,
  type DividendGrid,
  dividendGrid,
  dividendWork,
  fillPayoff,
} from './dividend-grid.ts';
import { invalidTerms, type OptionTerms, type OptionValue } from './option-columns.ts';

const WORK = dividendWork();
const STEPS = 160;
const FEWEST_STEPS = 12;
const VOLATILITY_BUMP = 0.01;
const RATE_BUMP = 1e-3;
const PER_POINT = 0.01;
const PER_DAY = 1 / 365;

interface Step {
  readonly grid: DividendGrid;
  readonly put: boolean;
  /** Coefficients of the value at the node below, at it, and above it, in the rate of change. */
  readonly below: number;
  readonly here: number;
  readonly above: number;
  /** Values at the first and last node after the step. */
  low: number;
  high: number;
}

/**
 * One step back in time, weight `implicit` on the new values (1 = Euler, 1/2 = Crank-Nicolson). The constraint value >=
 * exercise is met exactly by eliminating towards the exercise region and substituting away from it (Brennan and Schwartz
 * 1977).
 */
function stepBack(step: Step, years: number, implicit: number): void {
  const { grid, put, below, here, above } = step;
  const { value, before, exercise, diagonal, right } = WORK;
  const last = grid.nodes - 1;
  before.set(value);
  const now = (1 - implicit) * years;
  const next = implicit * years;
  // `up` counts from the exercise side: from the bottom for a put, from the top for a call.
  const at = (up: number): number => (put ? up : last - up);
  const towards = -next * (put ? below : above);
  const away = -next * (put ? above : below);
  const centre = 1 - next * here;
  value[0] = step.low;
  value[last] = step.high;
  diagonal[at(last - 1)] = centre;
  for (let up = last - 1; up >= 1; up--) {
    const i = at(up);
    const change = below * (before[i - 1] as number) + here * (before[i] as number) + above * (before[i + 1] as number);
    const known = (before[i] as number) + now * change;
    if (up === last - 1) {
      right[i] = known - away * (value[at(last)] as number);
      continue;
    }
    const factor = away / (diagonal[at(up + 1)] as number);
    diagonal[i] = centre - factor * towards;
    right[i] = known - factor * (right[at(up + 1)] as number);
  }
  for (let up = 1; up < last; up++) {
    const i = at(up);
    const solved = ((right[i] as number) - towards * (value[at(up - 1)] as number)) / (diagonal[i] as number);
    value[i] = Math.max(solved, exercise[i] as number);
  }
}

/** At the ends of the grid: exercise, or the discounted forward payoff with the dividends still to come. */
function endValue(terms: OptionTerms, spot: number, left: number, pending: readonly CashDividend[]): number {
  const sign = terms.right === 'C' ? 1 : -1;
  let shares = spot * Math.exp(-terms.dividendYield * left);
  const now = terms.years - left;
  for (const { years, cash } of pending) if (years > now) shares -= cash * Math.exp(-terms.rate * (years - now));
  const forward = sign * (Math.max(0, shares) - terms.strike * Math.exp(-terms.rate * left));
  return Math.max(0, forward, sign * (spot - terms.strike));
}

/** Value at every node today, into `WORK.value`. Dividends are sorted by date, all after today and by expiration. */
function solveGrid(terms: OptionTerms, dividends: readonly CashDividend[], grid: DividendGrid): void {
  const { rate, dividendYield, volatility, years } = terms;
  const variance = volatility * volatility;
  // The drift is such that the spot itself, e^x, is carried without error however wide the cells are.
  const diffusion = (0.5 * variance) / (grid.step * grid.step);
  const growth = rate - dividendYield - diffusion * (2 * Math.cosh(grid.step) - 2);
  const slope = growth / (2 * Math.sinh(grid.step));
  const spread = Math.max(diffusion, Math.abs(slope));
  const put = terms.right === 'P';
  const step: Step = {
    grid,
    put,
    below: spread - slope,
    here: -2 * spread - rate,
    above: spread + slope,
    low: 0,
    high: 0,
  };
  fillPayoff(grid, WORK, put ? -1 : 1, terms.strike);
  const dates = [...dividends].reverse();
  let left = 0;
  for (let leg = 0; leg <= dates.length; leg++) {
    const until = years - (dates[leg]?.years ?? 0);
    const count = Math.max(FEWEST_STEPS, Math.round((STEPS * (until - left)) / years));
    const start = left;
    // Steps grow with their number: the boundary moves fastest next to expiration and ex-dates. Four Euler steps damp the
    // kinks there (Rannacher 1984).
    for (let n = 1; until > start && n <= count; n++) {
      const reached = start + (until - start) * (n / count) ** 2;
      const length = reached - left;
      left = reached;
      step.low = endValue(terms, WORK.spot[0] as number, left, dividends);
      step.high = endValue(terms, WORK.spot[grid.nodes - 1] as number, left, dividends);
      stepBack(step, length, n <= 4 ? 1 : 0.5);
    }
    left = until;
    const dividend = dates[leg];
    if (dividend) crossDividend(grid, WORK, dividend.cash);
  }
}

function priceWith(terms: OptionTerms, dividends: readonly CashDividend[], grid: DividendGrid): number {
  solveGrid(terms, dividends, grid);
  return WORK.value[grid.spotNode] as number;
}

/**
 * American price and greeks with cash dividends: the spot itself is lognormal between ex-dates and drops by the cash on them
 * (spot model), with a continuous yield besides if given. Finite differences in ln(spot), 480 intervals, 160 steps of Crank
 * and Nicolson. Dollars per share; error about 1e-5 of the spot. Dividends outside (now, expiration] are ignored; without any
 * left the exact engine answers. `null` outside the domain (`invalidTerms`), or for a dividend that is negative or not a
 * number.
 */
export function priceAmericanDividends(terms: OptionTerms, dividends: readonly CashDividend[]): OptionValue | null {
  if (invalidTerms(terms) !== null) return null;
  if (!dividends.every(({ years, cash }) => cash >= 0 && cash < Number.POSITIVE_INFINITY && !Number.isNaN(years)))
    return null;
  const ahead = dividends.filter(({ years, cash }) => years > 0 && years <= terms.years && cash > 0);
  if (ahead.length === 0) return priceAmericanExact(terms);
  ahead.sort((a, b) => a.years - b.years);
  const grid = dividendGrid(terms, ahead);
  const { spot, rate, dividendYield, volatility } = terms;
  solveGrid(terms, ahead, grid);
  const here = WORK.value[grid.spotNode] as number;
  const lower = WORK.value[grid.spotNode - 1] as number;
  const upper = WORK.value[grid.spotNode + 1] as number;
  const slope = (upper - lower) / (2 * grid.step);
  const bend = (upper - 2 * here + lower) / (grid.step * grid.step);
  const exercised = here <= (WORK.exercise[grid.spotNode] as number);
  const decay = rate * here - (rate - dividendYield) * slope - 0.5 * volatility * volatility * (bend - slope);
  const dv = VOLATILITY_BUMP * volatility;
  const volatile =
    priceWith({ ...terms, volatility: volatility + dv }, ahead, grid) -
    priceWith({ ...terms, volatility: volatility - dv }, ahead, grid);
  const rated =
    priceWith({ ...terms, rate: rate + RATE_BUMP }, ahead, grid) -
    priceWith({ ...terms, rate: rate - RATE_BUMP }, ahead, grid);
  return {
    engine: 'american-dividends',
    price: here,
    delta: slope / spot,
    gamma: (bend - slope) / (spot * spot),
    theta: exercised ? 0 : decay * PER_DAY,
    vega: (PER_POINT * volatile) / (2 * dv),
    rho: (PER_POINT * rated) / (2 * RATE_BUMP),
  };
}
