/**
 * The fixed geometry of the early-exercise problem on [0, years], the same for every option. Time is seen through its
 * square root: node i is at sqrt(time / years) = `position[i]`, Chebyshev points of the second kind with 0 and 1 included,
 * and an integral over u in [0, time] is taken in the angle of sqrt(u / time) = sin, sqrt(1 - u / time) = cos, in which the
 * integrands are smooth at both ends, by Gauss and Legendre.
 */
export interface ExerciseGrid {
  /** Unknown values of the boundary: nodes 1..nodes; node 0 is expiration. */
  readonly nodes: number;
  readonly position: Float64Array;
  /** A multiple of 4. */
  readonly steps: number;
  readonly rule: AngleRule;
  /** Value at step k of node i from the node values: row ((i - 1) * steps + k) * nodes, columns are nodes 1..nodes. */
  readonly interpolation: Float64Array;
  readonly premiumSteps: number;
  readonly premiumRule: AngleRule;
  /** The same for the premium at the full time: row k * nodes. */
  readonly premiumInterpolation: Float64Array;
}

interface AngleRule {
  readonly sine: Float64Array;
  readonly cosine: Float64Array;
  /** 1 / cosine. */
  readonly secant: Float64Array;
  readonly weight: Float64Array;
}

interface GridSize {
  readonly nodes: number;
  readonly steps: number;
  readonly premiumSteps: number;
}

/** Gauss-Legendre on [-1, 1] by Newton's method on the Legendre recurrence (Abramowitz and Stegun 25.4.29). */
function gaussLegendre(count: number): { readonly at: number[]; readonly weight: number[] } {
  const at: number[] = [];
  const weight: number[] = [];
  for (let i = 0; i < count; i++) {
    let z = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 1;
    for (let round = 0; round < 50; round++) {
      let before = 1;
      let here = z;
      for (let j = 2; j <= count; j++) {
        const next = ((2 * j - 1) * z * here - (j - 1) * before) / j;
        before = here;
        here = next;
      }
      slope = (count * (z * here - before)) / (z * z - 1);
      z -= here / slope;
      if (Math.abs(here / slope) < 1e-16) break;
    }
    at.push(z);
    weight.push(2 / ((1 - z * z) * slope * slope));
  }
  return { at, weight };
}

function angleRule(steps: number): AngleRule {
  const gauss = gaussLegendre(steps);
  const angle = gauss.at.map((z) => (Math.PI / 4) * (1 + z));
  return {
    sine: Float64Array.from(angle, Math.sin),
    cosine: Float64Array.from(angle, Math.cos),
    secant: Float64Array.from(angle, (a) => 1 / Math.cos(a)),
    weight: Float64Array.from(gauss.weight, (w) => (w * Math.PI) / 4),
  };
}

/** Barycentric weights of each node for the value at one position (Berrut and Trefethen, SIAM Review 46, 2004). */
function interpolationRow(position: Float64Array, at: number): number[] {
  const last = position.length - 1;
  const hit = position.findIndex((node) => Math.abs(node - at) < 1e-14);
  if (hit >= 0) return Array.from(position, (_, j) => (j === hit ? 1 : 0));
  const terms = Array.from(position, (node, j) => ((j % 2 ? -1 : 1) * (j === 0 || j === last ? 0.5 : 1)) / (at - node));
  const sum = terms.reduce((a, b) => a + b, 0);
  return terms.map((term) => term / sum);
}

export function exerciseGrid({ nodes, steps, premiumSteps }: GridSize): ExerciseGrid {
  const position = Float64Array.from({ length: nodes + 1 }, (_, i) => (1 - Math.cos((i * Math.PI) / nodes)) / 2);
  const rule = angleRule(steps);
  const premiumRule = angleRule(premiumSteps);
  const rows: number[] = [];
  for (let i = 1; i <= nodes; i++) {
    for (const sine of rule.sine) rows.push(...interpolationRow(position, (position[i] as number) * sine).slice(1));
  }
  const premiumRows = Array.from(premiumRule.sine, (sine) => interpolationRow(position, sine).slice(1)).flat();
  return {
    nodes,
    position,
    steps,
    rule,
    interpolation: Float64Array.from(rows),
    premiumSteps,
    premiumRule,
    premiumInterpolation: Float64Array.from(premiumRows),
  };
}
