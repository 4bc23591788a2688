import { MILLS } from './normal.ts';

const FRACTION_BITS = 8;
const FRACTION_COUNT = 1 << FRACTION_BITS;
const STEPS_PER_UNIT = FRACTION_COUNT / Math.LN2;
const STEP = Math.LN2 / FRACTION_COUNT;
const ROUNDING = 6_755_399_441_055_744;
const LOWEST_POWER = -1100;
const EXPONENT_FLOOR = -746;
const LAST = 47.999;

const FRACTIONS = Float64Array.from({ length: FRACTION_COUNT }, (_, j) => 2 ** (j / FRACTION_COUNT));
const POWERS = Float64Array.from({ length: 1025 - LOWEST_POWER }, (_, n) => 2 ** (n + LOWEST_POWER));

/** e^x with a relative error of 5e-10, for x below 700: for integrands, at half the cost of `exponential`. */
export function quickExponential(x: number): number {
  const bounded = Math.max(EXPONENT_FLOOR, x);
  const whole = bounded * STEPS_PER_UNIT + ROUNDING - ROUNDING;
  const k = whole | 0;
  const r = bounded - whole * STEP;
  const power =
    (FRACTIONS[k & (FRACTION_COUNT - 1)] as number) * (POWERS[(k >> FRACTION_BITS) - LOWEST_POWER] as number);
  return power + power * (r + 0.5 * r * r);
}

/**
 * Mills' ratio for x >= 0 with a relative error of 2e-9, from the first five coefficients of `millsRatio`.
 */
export function quickMills(x: number): number {
  const scaled = Math.min(x, LAST) * 16;
  const piece = scaled | 0;
  const t = scaled - piece - 0.5;
  const at = piece << 3;
  const low = (MILLS[at] as number) + (MILLS[at + 1] as number) * t;
  const high = (MILLS[at + 2] as number) + (MILLS[at + 3] as number) * t;
  const t2 = t * t;
  return low + t2 * (high + (MILLS[at + 4] as number) * t2);
}
