import { epochDay } from '../../core/calendar/time.ts';
import type { DayShape } from './daily-walk.ts';
import { bell, hash, hashText, stream } from './random.ts';
import type { UnderlyingModel } from './underlyings.ts';

/** The grid of the synthetic market: New York's exchange time in steps from the open. */
export const STEP_MS = 5_000;

/** One session on the grid: index 0 is the opening instant, the last one the close. */
export interface DayPath {
  readonly steps: number;
  readonly spot: Float64Array;
  /** Volatility of the money at this instant, per year. */
  readonly volatility: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
}

interface PathKey {
  readonly model: UnderlyingModel;
  readonly day: DayShape;
  readonly seed: number;
}

function stepsOf(day: DayShape): number {
  return Math.round((day.session.close - day.session.open) / STEP_MS);
}

/** Share of the day's activity after `done` (0..1) of it: busy at the open and before the close. */
export function activityUntil(done: number): number {
  const x = 2 * done - 1;
  return 0.5 * done + 0.5 * ((x * x * x + 1) / 2);
}

/**
 * A session from its opening to its closing price: a Brownian bridge in the log of the price whose clock runs with the
 * activity of the day. Volatility is bridged in the same way. All of it follows from seed, symbol and date.
 */
export function dayPath(key: PathKey): DayPath {
  const steps = stepsOf(key.day);
  const spot = spotPath(key, steps);
  const volatility = volatilityPath(key, steps);
  const high = new Float64Array(steps + 1);
  const low = new Float64Array(steps + 1);
  let highest = 0;
  let lowest = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= steps; i += 1) {
    const price = spot[i] as number;
    highest = Math.max(price, highest);
    lowest = Math.min(price, lowest);
    high[i] = highest;
    low[i] = lowest;
  }
  return { steps, spot, volatility, high, low };
}

/** Highest and lowest price of a session, without keeping its path. */
export function dayRange(key: PathKey): { readonly high: number; readonly low: number } {
  const spot = spotPath(key, stepsOf(key.day));
  let high = 0;
  let low = Number.POSITIVE_INFINITY;
  for (const price of spot) {
    high = Math.max(price, high);
    low = Math.min(price, low);
  }
  return { high, low };
}

function spotPath({ model, day, seed }: PathKey, steps: number): Float64Array {
  const date = epochDay(day.session.date);
  const common = stream(hash(seed, date, 2));
  const own = stream(hash(seed, date, hashText(model.symbol), 2));
  const rest = Math.sqrt(1 - model.correlation * model.correlation);
  const path = new Float64Array(steps + 1);
  let level = 0;
  let done = 0;
  for (let i = 1; i <= steps; i += 1) {
    const next = activityUntil(i / steps);
    level += Math.sqrt(next - done) * (model.correlation * bell(common) + rest * bell(own));
    done = next;
    path[i] = level;
  }
  const drift = Math.log(day.close / day.open);
  for (let i = 0; i <= steps; i += 1) {
    const share = activityUntil(i / steps);
    path[i] = day.open * Math.exp(day.deviation * ((path[i] as number) - share * level) + share * drift);
  }
  return path;
}

function volatilityPath({ model, day, seed }: PathKey, steps: number): Float64Array {
  const own = stream(hash(seed, epochDay(day.session.date), hashText(model.symbol), 3));
  const path = new Float64Array(steps + 1);
  const perStep = model.volatilityOfVolatility / Math.sqrt(steps);
  let level = 0;
  for (let i = 1; i <= steps; i += 1) {
    level += perStep * bell(own);
    path[i] = level;
  }
  const drift = Math.log(day.volatilityAtClose / day.volatilityAtOpen);
  for (let i = 0; i <= steps; i += 1) {
    const share = i / steps;
    path[i] = day.volatilityAtOpen * Math.exp((path[i] as number) + share * (drift - level));
  }
  return path;
}
