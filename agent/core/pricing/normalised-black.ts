import { exponential, millsRatio, ONE_OVER_ROOT_TAU } from './normal.ts';

/**
 * The normalised Black function b(x, s) = e^(x/2) N(x/s + s/2) - e^(-x/2) N(x/s - s/2): the out-of-the-money price in units
 * of sqrt(forward * strike), discounted, as a function of x = -|ln(forward / strike)| and s = volatility * sqrt(years).
 * With Mills' ratio R and h = |x| / s, t = s / 2:
 *   b = n(h, t) (R(h - t) - R(h + t)),   db/ds = n(h, t) = exp(-(h² + t²) / 2) / sqrt(2 pi),
 *   b'' / b' = x²/s³ - s/4,   b''' / b' = (b''/b')² - 3 x²/s⁴ - 1/4,
 * and its inflection is at s = sqrt(2 |x|). Source: Jaeckel, "Let's Be Rational", Wilmott 2015. His four branches are three
 * here: 1 / sqrt(-2 ln b) below the inflection, b itself up to half of its upper bound, the logarithm of what is missing
 * to the bound above. Each is solved with Householder's third-order step (convergence of order four).
 */
export interface NormalisedPrices {
  readonly count: number;
  /** ln(forward / strike), either sign. */
  readonly logMoneyness: Float64Array;
  /** b, to be matched. */
  readonly timeValue: Float64Array;
  /** e^(x/2) - b, given separately because the difference loses digits. */
  readonly headroom: Float64Array;
}

const MAXIMUM_STEPS = 24;
const CLOSE_ENOUGH = 3e-5;
const SMALL_HALF_DEVIATION = 0.0625;
const LOG_ROOT_TAU = 0.5 * Math.log(2 * Math.PI);

/** R(h - t) - R(h + t) by its odd Taylor terms around h, from R(h): no cancellation when t is small. */
function taylorDifference(c0: number, h: number, t: number): number {
  const c1 = 1 - h * c0;
  const c2 = (c0 - h * c1) / 2;
  const c3 = (c1 - h * c2) / 3;
  const c4 = (c2 - h * c3) / 4;
  const c5 = (c3 - h * c4) / 5;
  const c6 = (c4 - h * c5) / 6;
  const c7 = (c5 - h * c6) / 7;
  const c8 = (c6 - h * c7) / 8;
  const c9 = (c7 - h * c8) / 9;
  const t2 = t * t;
  return 2 * t * (c1 + t2 * (c3 + t2 * (c5 + t2 * (c7 + t2 * c9))));
}

/** Householder's third-order factor on a Newton step, from f''/f' and f'''/f'. */
function householder(newton: number, second: number, third: number): number {
  return (newton * (1 + 0.5 * second * newton)) / (1 + newton * (second + (third * newton) / 6));
}

/** Below the inflection: f(s) = 1 / sqrt(-2 ln b), which is nearly linear in s. */
function solveLow(prices: NormalisedPrices, row: number, answer: Float64Array): void {
  const x = Math.abs(prices.logMoneyness[row] as number);
  const target = 1 / Math.sqrt(-2 * Math.log(prices.timeValue[row] as number));
  const highest = 1 / Math.sqrt(-2 * Math.log(answer[row] as number));
  const inflection = Math.sqrt(2 * x);
  // f(s) < s / x, and f(s) -> s / x at zero: the guess bends from that line to the inflection.
  const bend = (target / highest) ** 2;
  let low = 0.99 * x * target;
  let high = inflection;
  let s = target * (x + bend * (inflection / highest - x));
  for (let step = 0; step < MAXIMUM_STEPS; step++) {
    const h = x / s;
    const t = 0.5 * s;
    const small = t < SMALL_HALF_DEVIATION && h < 4;
    const near = millsRatio(small ? h : h - t);
    const difference = small ? taylorDifference(near, h, t) : near - millsRatio(h + t);
    const w2 = 1 / (h * h + t * t - 2 * Math.log(difference) + 2 * LOG_ROOT_TAU);
    const w = Math.sqrt(w2);
    const u = 1 / difference;
    const b2 = (h * h) / s - 0.5 * t;
    const b3 = b2 * b2 - (3 * h * h) / (s * s) - 0.25;
    if (w < target) low = s;
    else high = s;
    const second = 3 * w2 * u + b2 - u;
    const third = 15 * w2 * w2 * u * u + 9 * w2 * u * (b2 - u) + b3 - 3 * u * b2 + 2 * u * u;
    const move = householder((target - w) / (w2 * w * u), second, third);
    const next = s + move;
    const inside = next >= low && next <= high;
    const previous = s;
    s = inside ? next : 0.5 * (low + high);
    if (Math.abs(s - previous) <= CLOSE_ENOUGH * s) break;
  }
  answer[row] = s;
}

/** From the inflection to half of the bound: f(s) = b. */
function solveMiddle(prices: NormalisedPrices, row: number, answer: Float64Array): void {
  const x = Math.abs(prices.logMoneyness[row] as number);
  const timeValue = prices.timeValue[row] as number;
  const bound = timeValue + (prices.headroom[row] as number);
  const inflection = Math.sqrt(2 * x);
  let low = inflection;
  let high = Number.POSITIVE_INFINITY;
  let s = inflection > 1e-8 ? inflection : timeValue / ONE_OVER_ROOT_TAU;
  for (let step = 0; step < MAXIMUM_STEPS; step++) {
    const h = x / s;
    const t = 0.5 * s;
    const density = ONE_OVER_ROOT_TAU * exponential(-0.5 * (h * h + t * t));
    const small = t < SMALL_HALF_DEVIATION;
    const near = millsRatio(small ? h : Math.abs(t - h));
    const value = small ? density * taylorDifference(near, h, t) : bound - density * (near + millsRatio(t + h));
    const b2 = (h * h) / s - 0.5 * t;
    const b3 = b2 * b2 - (3 * h * h) / (s * s) - 0.25;
    if (value < timeValue) low = s;
    else high = s;
    const next = s + householder((timeValue - value) / density, b2, b3);
    const inside = next >= low && next <= high;
    const previous = s;
    s = inside ? next : high < Number.POSITIVE_INFINITY ? 0.5 * (low + high) : 2 * low + 1e-12;
    if (Math.abs(s - previous) <= CLOSE_ENOUGH * s) break;
  }
  answer[row] = s;
}

/** -N^(-1)(p) for p <= 1/2 within 5e-4: Abramowitz and Stegun 26.2.23. */
function upperQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(p));
  return t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}

/** Above half of the bound: f(s) = ln(e^(x/2) - b). */
function solveHigh(prices: NormalisedPrices, row: number, answer: Float64Array): void {
  const x = Math.abs(prices.logMoneyness[row] as number);
  const headroom = prices.headroom[row] as number;
  const inflection = Math.sqrt(2 * x);
  const target = Math.log(headroom);
  const share = headroom / (headroom + (prices.timeValue[row] as number));
  const z = upperQuantile((share * (inflection + 1)) / (inflection + 2));
  let low = inflection;
  let high = Number.POSITIVE_INFINITY;
  let s = z + Math.sqrt(z * z + 2 * x);
  for (let step = 0; step < MAXIMUM_STEPS; step++) {
    const h = x / s;
    const t = 0.5 * s;
    const sum = millsRatio(t > h ? t - h : 0) + millsRatio(t + h);
    const u = 1 / sum;
    const value = Math.log(sum) - LOG_ROOT_TAU - 0.5 * (h * h + t * t);
    const b2 = (h * h) / s - 0.5 * t;
    const b3 = b2 * b2 - (3 * h * h) / (s * s) - 0.25;
    if (value > target) low = s;
    else high = s;
    const next = s + householder((value - target) / u, b2 + u, b3 + 3 * u * b2 + 2 * u * u);
    const inside = next >= low && next <= high;
    const previous = s;
    s = inside ? next : high < Number.POSITIVE_INFINITY ? 0.5 * (low + high) : 2 * low + 1e-12;
    if (Math.abs(s - previous) <= CLOSE_ENOUGH * s) break;
  }
  answer[row] = s;
}

/** s for each price, NaN where there is none. */
export function solveNormalised(prices: NormalisedPrices, answer: Float64Array): void {
  for (let row = 0; row < prices.count; row++) {
    const timeValue = prices.timeValue[row] as number;
    const headroom = prices.headroom[row] as number;
    if (!(timeValue > 0 && headroom > 0)) {
      answer[row] = Number.NaN;
      continue;
    }
    const inflection = Math.sqrt(2 * Math.abs(prices.logMoneyness[row] as number));
    const atInflection = (timeValue + headroom) * (0.5 - ONE_OVER_ROOT_TAU * millsRatio(inflection));
    answer[row] = atInflection;
    if (timeValue < atInflection) solveLow(prices, row, answer);
    else if (timeValue < headroom) solveMiddle(prices, row, answer);
    else solveHigh(prices, row, answer);
  }
}
