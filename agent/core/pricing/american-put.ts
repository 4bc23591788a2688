import {
  DELTA,
  GAMMA,
  PRICE,
  type PutProblem,
  RATE,
  ROOT_TAU,
  SPOT,
  TOP,
  VOLATILITY,
  YEARS,
  YIELD,
} from './exercise-seed.ts';
import { exponential, millsRatio } from './normal.ts';
import { quickExponential, quickMills } from './normal-quick.ts';

const PARTS = new Float64Array(5);
const SHARES = 0;
const DISCOUNT = 1;
const FIRST = 2;
const SECOND = 3;
const HUMP = 4;

/** In two functions, as in european.ts: what one of them calls more often is not inlined. */
function prepareParts({ input }: PutProblem): void {
  const spot = input[SPOT] as number;
  const t = input[YEARS] as number;
  const r = input[RATE] as number;
  const q = input[YIELD] as number;
  const deviation = (input[VOLATILITY] as number) * Math.sqrt(t);
  const discount = exponential(-r * t);
  const shares = spot * exponential(-q * t);
  const d1 = (Math.log(spot) + (r - q) * t) / deviation + 0.5 * deviation;
  const d2 = d1 - deviation;
  const first = d1 * d1 < d2 * d2;
  const nearest = first ? d1 : d2;
  PARTS[SHARES] = shares;
  PARTS[DISCOUNT] = discount;
  PARTS[FIRST] = d1;
  PARTS[SECOND] = d2;
  PARTS[HUMP] = ((first ? shares : discount) * exponential(-0.5 * nearest * nearest)) / ROOT_TAU;
}

/** Price, delta and gamma of the European unit put, into `output`: all of it where exercise never pays. */
export function valueEuropeanPut(problem: PutProblem): void {
  prepareParts(problem);
  const { input, output } = problem;
  const spot = input[SPOT] as number;
  const deviation = (input[VOLATILITY] as number) * Math.sqrt(input[YEARS] as number);
  const d1 = PARTS[FIRST] as number;
  const d2 = PARTS[SECOND] as number;
  const hump = PARTS[HUMP] as number;
  const shareTail = hump * millsRatio(Math.abs(d1));
  const cashTail = hump * millsRatio(Math.abs(d2));
  const held = d1 > 0 ? shareTail : (PARTS[SHARES] as number) - shareTail;
  const paid = d2 > 0 ? cashTail : (PARTS[DISCOUNT] as number) - cashTail;
  output[PRICE] = Math.max(0, paid - held);
  output[DELTA] = -held / spot;
  output[GAMMA] = hump / (spot * spot * deviation);
}

/** Adds what early exercise is worth: the income rate * strike - yield * spot while below the boundary (Kim 1990). */
function addPremium({ grid, input, square, output }: PutProblem): void {
  const { nodes, premiumSteps, premiumInterpolation } = grid;
  const { sine, cosine, weight } = grid.premiumRule;
  const spot = input[SPOT] as number;
  const r = input[RATE] as number;
  const q = input[YIELD] as number;
  const v = input[VOLATILITY] as number;
  const root = Math.sqrt(input[YEARS] as number);
  const top = input[TOP] as number;
  const drift = (r - q) / v + 0.5 * v;
  const height = Math.log(spot) - top;
  let premium = 0;
  let delta = 0;
  let gamma = 0;
  for (let k = 0; k < premiumSteps; k++) {
    let h = 0;
    for (let j = 0; j < nodes; j++) h += (premiumInterpolation[k * nodes + j] as number) * (square[j] as number);
    const depth = Math.sqrt(Math.max(h, 0));
    const w = root * (cosine[k] as number);
    const deviation = v * w;
    const d1 = (height + depth) / deviation + drift * w;
    const d2 = d1 - deviation;
    const density = quickExponential(-r * w * w - 0.5 * d2 * d2);
    const ratio = quickExponential(top - depth);
    const shareDensity = ratio * density;
    const cashTail = density * quickMills(Math.abs(d2));
    const shareTail = shareDensity * quickMills(Math.abs(d1));
    const cash = d2 > 0 ? cashTail : ROOT_TAU * quickExponential(-r * w * w) - cashTail;
    const shares = d1 > 0 ? shareTail : ROOT_TAU * spot * quickExponential(-q * w * w) - shareTail;
    const s = (sine[k] as number) * (weight[k] as number);
    const income = (r - q * ratio) * density;
    premium += s * w * (r * cash - q * shares);
    delta -= s * (income / v + q * w * shares);
    gamma += (s / v) * (income * (1 + d2 / deviation) + q * shareDensity);
  }
  const scale = (2 * root) / ROOT_TAU;
  output[PRICE] = (output[PRICE] as number) + scale * Math.max(0, premium);
  output[DELTA] = (output[DELTA] as number) + (scale * delta) / spot;
  output[GAMMA] = (output[GAMMA] as number) + (scale * gamma) / (spot * spot);
}

/**
 * Price, delta and gamma of the unit put from its boundary (`depth`), into `output`. At or below the boundary, or where the
 * boundary's error would put the price below the exercise value, it is the exercise value; never less than the European one.
 */
export function valuePut(problem: PutProblem): void {
  const { grid, input, depth, square, output } = problem;
  const spot = input[SPOT] as number;
  const top = input[TOP] as number;
  for (let j = 0; j < grid.nodes; j++) square[j] = (depth[j] as number) * (depth[j] as number);
  if (Math.log(spot) > top - (depth[grid.nodes - 1] as number)) {
    valueEuropeanPut(problem);
    addPremium(problem);
    if ((output[PRICE] as number) > 1 - spot) return;
  } else {
    valueEuropeanPut(problem);
    if ((output[PRICE] as number) > 1 - spot) return;
  }
  output[PRICE] = 1 - spot;
  output[DELTA] = -1;
  output[GAMMA] = 0;
}
