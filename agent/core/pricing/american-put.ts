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

const POWERS = new Float64Array(3);

/** Price, delta and gamma of the European unit put, into `output`: all of it where exercise never pays. */
export function valueEuropeanPut({ input, output }: PutProblem): void {
  const spot = input[SPOT] as number;
  const t = input[YEARS] as number;
  const r = input[RATE] as number;
  const q = input[YIELD] as number;
  const deviation = (input[VOLATILITY] as number) * Math.sqrt(t);
  const d1 = (Math.log(spot) + (r - q) * t) / deviation + 0.5 * deviation;
  const d2 = d1 - deviation;
  const first = d1 * d1 < d2 * d2;
  const nearest = first ? d1 : d2;
  POWERS[0] = -r * t;
  POWERS[1] = -q * t;
  POWERS[2] = -0.5 * nearest * nearest;
  // One call in a loop is inlined, three calls are not, and would allocate.
  for (let j = 0; j < 3; j++) POWERS[j] = exponential(POWERS[j] as number);
  const discount = POWERS[0] as number;
  const shares = spot * (POWERS[1] as number);
  const hump = ((first ? shares : discount) * (POWERS[2] as number)) / ROOT_TAU;
  const shareTail = hump * millsRatio(Math.abs(d1));
  const cashTail = hump * millsRatio(Math.abs(d2));
  const held = d1 > 0 ? shareTail : shares - shareTail;
  const paid = d2 > 0 ? cashTail : discount - cashTail;
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
  valueEuropeanPut(problem);
  if (Math.log(spot) > top - (depth[grid.nodes - 1] as number)) addPremium(problem);
  if ((output[PRICE] as number) > 1 - spot) return;
  output[PRICE] = 1 - spot;
  output[DELTA] = -1;
  output[GAMMA] = 0;
}
