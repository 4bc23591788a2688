const SIXTY_FOURTHS = 64;
const STEPS_PER_UNIT = SIXTY_FOURTHS / Math.LN2;
/** ln 2 / 64 in two parts: the first has 32 bits, so that its product with a whole number is exact. */
const STEP_HIGH = 0.6931471803691238 / SIXTY_FOURTHS;
const STEP_LOW = 1.9082149292705877e-10 / SIXTY_FOURTHS;
/** 1.5 * 2^52: adding it leaves the nearest whole number in the last bits. */
const ROUNDING = 6_755_399_441_055_744;
const LOWEST_POWER = -1100;
const EXPONENT_FLOOR = -746;
const EXPONENT_CEILING = 710;

const FRACTIONS = Float64Array.from({ length: SIXTY_FOURTHS }, (_, j) => 2 ** (j / SIXTY_FOURTHS));
const POWERS = Float64Array.from({ length: 1025 - LOWEST_POWER }, (_, n) => 2 ** (n + LOWEST_POWER));

/**
 * e^x within 1.5 units in the last place; 0 below -745.5, infinite above 709.77. Written out because the engine inlines it,
 * which it cannot do with `Math.exp`: half the time in the loops over columns.
 * Method: x = k ln2/64 + r, table of 2^(j/64), Taylor in r (Tang, ACM TOMS 15, 1989).
 */
export function exponential(x: number): number {
  const bounded = Math.max(EXPONENT_FLOOR, Math.min(EXPONENT_CEILING, x));
  const whole = bounded * STEPS_PER_UNIT + ROUNDING - ROUNDING;
  const k = whole | 0;
  const r = bounded - whole * STEP_HIGH - whole * STEP_LOW;
  const r2 = r * r;
  const tail = r + r2 * (0.5 + r * (1 / 6) + r2 * (1 / 24 + r * (1 / 120)));
  const fraction = FRACTIONS[k & 63] as number;
  return (fraction + fraction * tail) * (POWERS[(k >> 6) - LOWEST_POWER] as number);
}

const PIECES_PER_UNIT = 16;
const MILLS_END = 48;
const LAST = MILLS_END - 2 ** -32;
const STRIDE = 8;
const HALF_ROOT_TAU = Math.sqrt(Math.PI / 2);
export const ONE_OVER_ROOT_TAU = 1 / Math.sqrt(2 * Math.PI);

/** R(x) for x <= 1/2 by its power series, sqrt(pi/2) e^(x²/2) - sum of x^(2k+1) / (2k+1)!!. */
function millsNearZero(x: number): number {
  let term = x;
  let sum = 0;
  for (let k = 1; term > 1e-18; k++) {
    sum += term;
    term *= (x * x) / (2 * k + 1);
  }
  return HALF_ROOT_TAU * Math.exp((x * x) / 2) - sum;
}

/**
 * Scaled derivatives c_n = (-1)^n R^(n)(x) / n!. They obey c_(n-1) = x c_n + (n+1) c_(n+1) with c_(-1) = 1: all positive,
 * so running it downwards loses nothing (Miller). Near zero it starts too slowly and the upward form is good enough.
 */
function scaledDerivatives(x: number, count: number): number[] {
  if (x < 0.5) {
    const upward = [millsNearZero(x)];
    let before = 1;
    for (let n = 0; n < count - 1; n++) {
      const here = upward[n] as number;
      upward.push((before - x * here) / (n + 1));
      before = here;
    }
    return upward;
  }
  const start = Math.ceil((20 / x) ** 2) + 40;
  const found = new Array<number>(count).fill(0);
  let above = 0;
  let here = 1e-300;
  for (let n = start; n >= 0; n--) {
    if (n < count) found[n] = here;
    const below = x * here + (n + 1) * above;
    above = here;
    here = below;
    if (here > 1e200) {
      above /= here;
      for (let m = n; m < count; m++) found[m] = (found[m] as number) / here;
      here = 1;
    }
  }
  return found.map((value) => value / here);
}

/** Per piece the 8 coefficients of R around its centre; the x^8 term is folded in as its best degree-6 stand-in. */
function millsTable(): Float64Array {
  const table = new Float64Array(PIECES_PER_UNIT * MILLS_END * STRIDE);
  for (let piece = 0; piece < PIECES_PER_UNIT * MILLS_END; piece++) {
    const derivatives = scaledDerivatives((piece + 0.5) / PIECES_PER_UNIT, STRIDE + 1);
    const scaled = derivatives.map((value, n) => value * (-1 / PIECES_PER_UNIT) ** n);
    const eighth = scaled[STRIDE] as number;
    const standIn = [-1 / 32768, 0, 1 / 256, 0, -5 / 64, 0, 1 / 2, 0];
    for (let n = 0; n < STRIDE; n++)
      table[piece * STRIDE + n] = (scaled[n] as number) + eighth * (standIn[n] as number);
  }
  return table;
}

/** Stride 8, 16 pieces per unit, up to 48: coefficient n of (16 x - piece - 1/2)^n. */
export const MILLS = millsTable();

/**
 * Mills' ratio R(x) = (1 - N(x)) / n(x) for x >= 0, relative error about 2e-16. N is the standard normal distribution, n its
 * density. Constant from 48 on, where the density is below e^-1152: a call for that case would cost all others a third.
 * Source: Abramowitz and Stegun 26.2; Taylor pieces.
 */
export function millsRatio(x: number): number {
  const scaled = Math.min(x, LAST) * PIECES_PER_UNIT;
  const piece = scaled | 0;
  const t = scaled - piece - 0.5;
  const t2 = t * t;
  const at = piece << 3;
  const low = (MILLS[at] as number) + (MILLS[at + 1] as number) * t;
  const second = (MILLS[at + 2] as number) + (MILLS[at + 3] as number) * t;
  const third = (MILLS[at + 4] as number) + (MILLS[at + 5] as number) * t;
  const high = (MILLS[at + 6] as number) + (MILLS[at + 7] as number) * t;
  return low + second * t2 + (third + high * t2) * (t2 * t2);
}

/** Standard normal density. */
export function normalDensity(x: number): number {
  return ONE_OVER_ROOT_TAU * exponential(-0.5 * x * x);
}

/** Standard normal distribution N(x); relative error below 1e-15 for x > -5, growing with x² in the far lower tail. */
export function normalCumulative(x: number): number {
  if (x < 0) return normalDensity(x) * millsRatio(-x);
  return 1 - normalDensity(x) * millsRatio(x);
}
