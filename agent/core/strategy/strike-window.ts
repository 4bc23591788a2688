import { normalCumulative } from '../pricing/normal.ts';

export interface WindowRequest {
  /** At the money, as an annual fraction. */
  readonly volatility: number;
  readonly minDays: number;
  readonly maxDays: number;
  /** Of the put, without its sign. */
  readonly minDelta: number;
  readonly maxDelta: number;
}

/** Bounds on strike ÷ spot. */
export interface StrikeWindow {
  readonly minMoneyness: number;
  readonly maxMoneyness: number;
}

/** Puts far from the money trade at a higher volatility than those at it; the window must not cut them off. */
const SKEW_LOW = 1.4;
const SKEW_HIGH = 0.85;
/** The window moves in steps, so that a small move of the market does not change every subscription. */
const STEP = 0.01;

/**
 * Where the puts of a delta range lie: Black–Scholes–Merton without rates, K/S = exp(−d₁σ√T + σ²T/2) with
 * d₁ = −N⁻¹(|Δ|), widened for skew and rounded outward to 0.01. Volatility and days must be above zero.
 */
export function strikeWindow({ volatility, minDays, maxDays, minDelta, maxDelta }: WindowRequest): StrikeWindow {
  const far = moneynessOf(minDelta, volatility * SKEW_LOW, maxDays);
  const near = moneynessOf(maxDelta, volatility * SKEW_HIGH, Math.max(minDays, 1));
  return {
    minMoneyness: Math.floor(far / STEP) * STEP,
    maxMoneyness: Math.min(Math.ceil(near / STEP) * STEP, 1),
  };
}

function moneynessOf(delta: number, volatility: number, days: number): number {
  const deviation = volatility * Math.sqrt(days / 365);
  return Math.exp(inverseNormal(delta) * deviation + (deviation * deviation) / 2);
}

/** By bisection: exact enough for a window, and this is asked a few times a day. */
function inverseNormal(probability: number): number {
  let low = -8;
  let high = 8;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalCumulative(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
