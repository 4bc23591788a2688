import type { ExerciseGrid } from './exercise-grid.ts';
import { quickExponential, quickMills } from './normal-quick.ts';

/**
 * The early-exercise boundary of an American put with strike 1, as depths: depth(time) = ln(top / boundary(time)), where
 * top = min(1, rate / yield) is the boundary's limit at expiration. One record is reused for every option.
 */
export interface PutProblem {
  readonly grid: ExerciseGrid;
  /** `SPOT` .. `VOLATILITY`, the spot in units of the strike; `TOP` and `DEEPEST` are filled in with the boundary. */
  readonly input: Float64Array;
  /** Depth at node 1..nodes, at index 0..nodes - 1. */
  readonly depth: Float64Array;
  /** The depths before refinement: what is left when refinement does not converge. */
  readonly seed: Float64Array;
  /** Squares of the depths: smoother in sqrt(time) than the depths are (Andersen, Lake, Offengenden 2016, section 4). */
  readonly square: Float64Array;
  /** Depths at the inner steps of all nodes, and two integrals per node. */
  readonly inner: Float64Array;
  readonly halfHeld: Float64Array;
  readonly cashSum: Float64Array;
  readonly shareSum: Float64Array;
  /** `PRICE`, `DELTA`, `GAMMA` of the unit put, and `MOVE`, the largest relative change of a
   * depth in the last pass. */
  readonly output: Float64Array;
}

export const SPOT = 0;
export const YEARS = 1;
export const RATE = 2;
export const YIELD = 3;
export const VOLATILITY = 4;
export const TOP = 5;
const DEEPEST = 6;
/** Dollars to one unit: the strike of the put. For whoever fills in the problem; the boundary does not depend on it. */
export const UNIT = 7;

export const PRICE = 0;
export const DELTA = 1;
export const GAMMA = 2;
export const MOVE = 3;

export const ROOT_TAU = Math.sqrt(2 * Math.PI);
export const MOST_DEPTH = 60;
export const SHALLOWEST = 1e-13;

export function putProblem(grid: ExerciseGrid): PutProblem {
  return {
    grid,
    input: new Float64Array(8),
    depth: new Float64Array(grid.nodes),
    seed: new Float64Array(grid.nodes),
    square: new Float64Array(grid.nodes),
    inner: new Float64Array(grid.nodes * grid.steps),
    halfHeld: new Float64Array(grid.nodes * grid.steps),
    cashSum: new Float64Array(grid.nodes),
    shareSum: new Float64Array(grid.nodes),
    output: new Float64Array(4),
  };
}

/**
 * Fills in `TOP`, ln of the boundary's limit at expiration (exercise never pays above rate / yield, Kim 1990), and `DEEPEST`,
 * the depth of the perpetual put, which no finite time exceeds (Merton 1973).
 */
function setLimits(input: Float64Array): void {
  const r = input[RATE] as number;
  const q = input[YIELD] as number;
  const variance = (input[VOLATILITY] as number) * (input[VOLATILITY] as number);
  const top = q > r ? Math.log(r / q) : 0;
  const drift = r - q - 0.5 * variance;
  const root = Math.sqrt(drift * drift + 2 * r * variance);
  const power = drift < 0 ? (2 * r) / (root - drift) : (drift + root) / variance;
  input[TOP] = top;
  input[DEEPEST] = power > 0 ? Math.min(MOST_DEPTH, top + Math.log1p(1 / power)) : MOST_DEPTH;
}

/** Where (rate - yield) sqrt(time) / volatility exceeds this, the boundary is its perpetual limit to three digits. */
export const STIFFEST = 2.7;

const SEED_ROUNDS = 8;

/**
 * First boundary at each node: the QD+ condition of Li, "Analytical approximations for the critical stock prices of American
 * options", Review of Derivatives Research 13 (2010), solved by Halley's method in the logarithm until a step is below the
 * tolerance (of order three, so that the error is far below). `bias` deepens `depth`, not `seed`: QD+ comes out about 1.6 %
 * too shallow, less where the boundary nears its perpetual limit.
 */
export function seedBoundary(problem: PutProblem, tolerance: number, bias: number): void {
  const { grid, input, depth, seed } = problem;
  const whole = Math.sqrt(input[YEARS] as number);
  const r = input[RATE] as number;
  const q = input[YIELD] as number;
  const v = input[VOLATILITY] as number;
  const variance = v * v;
  setLimits(input);
  const top = input[TOP] as number;
  const deepest = input[DEEPEST] as number;
  const tilt = (2 * (r - q)) / variance - 1;
  let stretch = 1;
  for (let i = 0; i < grid.nodes; i++) {
    const root = (grid.position[i + 1] as number) * whole;
    const t = root * root;
    if ((r - q) * root > STIFFEST * v) {
      seed[i] = deepest;
      depth[i] = deepest;
      continue;
    }
    const deviation = v * root;
    const discount = quickExponential(-r * t);
    const yieldDiscount = quickExponential(-q * t);
    const lost = Math.abs(r * t) < 1e-4 ? r * t * (1 - 0.5 * r * t) : 1 - discount;
    const share = r === 0 ? 2 / (variance * t) : (2 * r) / (variance * lost);
    const spread = Math.sqrt(tilt * tilt + 4 * share);
    const slope = (-tilt - spread) / 2 + ((discount * share) / spread) * (1 - share / (spread * spread));
    const pull = 2 / (variance * spread);
    const guess = (1.2 * deviation * deepest) / (deepest + deviation);
    let g = Math.min(deepest, stretch * guess);
    for (let round = 0; round < SEED_ROUNDS; round++) {
      const boundary = quickExponential(top - g);
      const d1 = (top - g + (r - q) * t) / deviation + 0.5 * deviation;
      const d2 = d1 - deviation;
      const hump = boundary * yieldDiscount * quickExponential(-0.5 * d1 * d1);
      const tail1 = (hump * quickMills(Math.abs(d1))) / ROOT_TAU;
      const tail2 = (hump * quickMills(Math.abs(d2))) / ROOT_TAU;
      const shares = d1 > 0 ? tail1 : boundary * yieldDiscount - tail1;
      const cash = d2 > 0 ? tail2 : discount - tail2;
      const b = hump / (ROOT_TAU * deviation);
      const bSlope = (-d2 * b) / deviation;
      const decay = 0.5 * variance * b - r * cash + q * shares;
      const decaySlope = 0.5 * variance * bSlope + r * b + q * (shares - b);
      const decayBend = -0.5 * variance * (b / (deviation * deviation) + (d2 * bSlope) / deviation) + r * bSlope;
      const value = boundary - shares + slope * (1 - boundary - cash + shares) + pull * decay;
      const first = boundary - shares + b + slope * (shares - boundary) + pull * decaySlope;
      const bend = pull * (decayBend + q * (shares - b - bSlope));
      const second = boundary - shares + b + bSlope + slope * (shares - b - boundary) + bend;
      const newton = value / first;
      const halley = newton / (1 - Math.max(-0.5, Math.min(0.5, (0.5 * newton * second) / first)));
      const next = Math.max(0.2 * g, Math.min(deepest, 3 * g, g + halley));
      const move = Math.abs(next - g);
      if (!(move >= 0)) break;
      g = next;
      if (move <= tolerance * g) break;
    }
    stretch = g / guess;
    seed[i] = Math.max(SHALLOWEST, g);
    depth[i] = Math.max(SHALLOWEST, g * (1 + bias * (1 - g / deepest)));
  }
}
