import {
  MOST_DEPTH,
  MOVE,
  type PutProblem,
  RATE,
  ROOT_TAU,
  SHALLOWEST,
  STIFFEST,
  seedBoundary,
  TOP,
  VOLATILITY,
  YEARS,
  YIELD,
} from './exercise-seed.ts';
import { quickExponential, quickMills } from './normal-quick.ts';

const DAMPING = 0.8;

/** Depth at every inner step of every node, from the squares at the nodes. */
function interpolateDepths({ grid, depth, square, inner }: PutProblem): void {
  const { nodes, steps, interpolation } = grid;
  for (let j = 0; j < nodes; j++) square[j] = (depth[j] as number) * (depth[j] as number);
  // Four sums at once: one alone would wait for each addition.
  for (let m = 0; m < nodes * steps; m += 4) {
    const at = m * nodes;
    let h0 = 0;
    let h1 = 0;
    let h2 = 0;
    let h3 = 0;
    for (let j = 0; j < nodes; j++) {
      const z = square[j] as number;
      h0 += (interpolation[at + j] as number) * z;
      h1 += (interpolation[at + nodes + j] as number) * z;
      h2 += (interpolation[at + 2 * nodes + j] as number) * z;
      h3 += (interpolation[at + 3 * nodes + j] as number) * z;
    }
    inner[m] = Math.sqrt(Math.max(h0, 0));
    inner[m + 1] = Math.sqrt(Math.max(h1, 0));
    inner[m + 2] = Math.sqrt(Math.max(h2, 0));
    inner[m + 3] = Math.sqrt(Math.max(h3, 0));
  }
}

/** sqrt(pi / 2) e^(-yield w²) at the inner steps: the same in every pass. */
function prepareSteps({ grid, input, halfHeld }: PutProblem): void {
  const q = input[YIELD] as number;
  if (q === 0) return;
  const whole = Math.sqrt(input[YEARS] as number);
  for (let i = 0; i < grid.nodes; i++) {
    const root = (grid.position[i + 1] as number) * whole;
    for (let k = 0; k < grid.steps; k++) {
      const w = root * (grid.rule.cosine[k] as number);
      halfHeld[i * grid.steps + k] = 0.5 * ROOT_TAU * quickExponential(-q * w * w);
    }
  }
}

/** The integrals of the fixed point at every node: cash densities, share densities, shares held. */
function integrate(problem: PutProblem): void {
  const { grid, input, depth, inner, halfHeld, cashSum, shareSum } = problem;
  const { nodes, steps } = grid;
  const { sine, cosine, secant, weight } = grid.rule;
  const r = input[RATE] as number;
  const q = input[YIELD] as number;
  const v = input[VOLATILITY] as number;
  const drift = (r - q) / v + 0.5 * v;
  const whole = Math.sqrt(input[YEARS] as number);
  for (let i = 0; i < nodes; i++) {
    const root = (grid.position[i + 1] as number) * whole;
    const reach = 1 / (v * root);
    const perVolatility = 1 / v;
    const g = depth[i] as number;
    let cash = 0;
    let shares = 0;
    for (let k = 0; k < steps; k++) {
      const w = root * (cosine[k] as number);
      const d1 = ((inner[i * steps + k] as number) - g) * reach * (secant[k] as number) + drift * w;
      const d2 = d1 - v * w;
      const s = (sine[k] as number) * (weight[k] as number);
      cash += s * quickExponential(-r * w * w - 0.5 * d2 * d2);
      if (q === 0) continue;
      const density = quickExponential(-q * w * w - 0.5 * d1 * d1);
      const distance = Math.abs(d1) + 1e-300;
      const side = d1 / distance;
      // N(d1) without a branch on its sign, which the processor could not foresee.
      const held = (1 + side) * (halfHeld[i * steps + k] as number) - side * density * quickMills(distance);
      shares += s * (density * perVolatility + w * held);
    }
    cashSum[i] = cash;
    shareSum[i] = shares;
  }
}

/**
 * One pass of the fixed point A of Andersen, Lake and Offengenden, "High performance American option pricing", Journal of
 * Computational Finance 20 (2016), equations 31-33: it comes from the smooth fit at the boundary, so that its derivative
 * nearly vanishes there and plain substitution gains a factor of 8 to 30 a pass. Where it does not, at large `stiffness` =
 * (rate - yield) sqrt(time) / volatility, the derivative was found to be about -0.8 stiffness³: the step is damped by that.
 * All sums are in units of 1 / sqrt(2 pi).
 */
function refineBoundary(problem: PutProblem): void {
  const { grid, input, depth, cashSum, shareSum, output } = problem;
  integrate(problem);
  const r = input[RATE] as number;
  const q = input[YIELD] as number;
  const v = input[VOLATILITY] as number;
  const top = input[TOP] as number;
  const drift = (r - q) / v + 0.5 * v;
  const whole = Math.sqrt(input[YEARS] as number);
  let largest = 0;
  for (let i = 0; i < grid.nodes; i++) {
    const root = (grid.position[i + 1] as number) * whole;
    const stiffness = Math.max(0, ((r - q) * root) / v);
    if (stiffness > STIFFEST) break;
    const g = depth[i] as number;
    const t = root * root;
    const deviation = v * root;
    const d1 = (top - g) / deviation + drift * root;
    const d2 = d1 - deviation;
    const density = quickExponential(-q * t - 0.5 * d1 * d1);
    const tail = density * quickMills(Math.abs(d1));
    const held = d1 > 0 ? ROOT_TAU * quickExponential(-q * t) - tail : tail;
    const cash = quickExponential(-r * t - 0.5 * d2 * d2) / deviation + (2 * r * root * (cashSum[i] as number)) / v;
    const shares = density / deviation + held + 2 * q * root * (shareSum[i] as number);
    const next = Math.max(SHALLOWEST, top - Math.log(cash / shares));
    const move = Math.abs(next - g) / g;
    // Not a number, when all sums underflow, counts as divergence.
    if (!(move <= largest)) largest = next < MOST_DEPTH ? move : Number.POSITIVE_INFINITY;
    depth[i] = g + (next - g) / (1 + DAMPING * stiffness * stiffness * stiffness);
  }
  output[MOVE] = largest;
}

const SEED_TOLERANCE = 0.05;
const SEED_BIAS = 0.016;
const MOST_PASSES = 40;
const CONVERGED = 1e-4;
const ACCEPTABLE = 1e-2;
const LARGEST_MOVE = 0.1;

/**
 * The boundary of the problem, into `depth`: refined until a pass would move no depth by more than 1e-4 of itself. Should that
 * not happen, the first boundary stays. Answers the number of passes, 0 for the first boundary; given, exactly so many are
 * made, so that a bumped problem is treated as the original was.
 */
export function solveBoundary(problem: PutProblem, passes: number): number {
  const { depth, seed, output } = problem;
  seedBoundary(problem, SEED_TOLERANCE, SEED_BIAS);
  prepareSteps(problem);
  if (passes === 0) depth.set(seed);
  const most = passes >= 0 ? passes : MOST_PASSES;
  for (let pass = 1; pass <= most; pass++) {
    interpolateDepths(problem);
    refineBoundary(problem);
    if (passes < 0 && (output[MOVE] as number) < CONVERGED) return pass;
  }
  if (passes >= 0) return passes;
  if ((output[MOVE] as number) < ACCEPTABLE) return most;
  depth.set(seed);
  return 0;
}

/** One pass for screening, unless it shows that passes diverge here. */
export function sketchBoundary(problem: PutProblem, passes: number): number {
  solveBoundary(problem, Math.abs(passes));
  if (passes >= 0 || (problem.output[MOVE] as number) < LARGEST_MOVE) return Math.abs(passes);
  problem.depth.set(problem.seed);
  return 0;
}
