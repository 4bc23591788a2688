import { sessionOn } from '../../core/calendar/sessions.ts';
import { DAY_MS, type EpochMs, epochDay } from '../../core/calendar/time.ts';
import type { OptionContract } from '../../core/market/contract.ts';
import { dollars } from '../../core/market/money.ts';
import { priceEuropean } from '../../core/pricing/european.ts';
import type { OptionValue } from '../../core/pricing/option-columns.ts';
import type { UnderlyingModel } from './underlyings.ts';

/** The market of an underlying at one instant of the model. */
export interface ModelState {
  readonly at: EpochMs;
  readonly spot: number;
  readonly volatility: number;
}

export interface ModelValue extends OptionValue {
  readonly impliedVolatility: number;
  /** Strike's distance from the forward in standard deviations to expiration. */
  readonly distance: number;
  readonly years: number;
}

const YEAR_MS = 365 * DAY_MS;
const MEAN_REVERSION = 4;
/** Implied over realised volatility: what sellers of options are paid for. */
const PREMIUM = 1.08;
const FARTHEST = 6;
const LEAST = 0.04;
const SHORTEST_YEARS = 1 / (365 * 24);

/** Calendar time to the closing instant of the expiration's session, never negative. */
export function yearsTo(expiration: string, at: EpochMs): number {
  const close = sessionOn(expiration)?.close ?? (epochDay(expiration) + 1) * DAY_MS;
  return Math.max(0, (close - at) / YEAR_MS);
}

/** Volatility of the money to a horizon: the expected mean of a volatility that returns to its level. */
export function moneyVolatility(model: UnderlyingModel, volatility: number, years: number): number {
  const pull = MEAN_REVERSION * Math.max(years, SHORTEST_YEARS);
  const weight = (1 - Math.exp(-pull)) / pull;
  return PREMIUM * (model.volatility + (volatility - model.volatility) * weight);
}

/** Value and greeks of an option of the model: a smile with skew over the money's volatility. Dollars per share. */
export function modelValue(model: UnderlyingModel, option: OptionContract, state: ModelState): ModelValue | null {
  const years = yearsTo(option.expiration, state.at);
  const money = moneyVolatility(model, state.volatility, years);
  const forward = state.spot * Math.exp((model.rate - model.dividendYield) * years);
  const deviation = money * Math.sqrt(Math.max(years, SHORTEST_YEARS));
  const raw = Math.log(dollars(option.strike) / forward) / deviation;
  const distance = Math.max(-FARTHEST, Math.min(FARTHEST, raw));
  const shape = 1 + model.skew * distance + model.curvature * distance * distance;
  const impliedVolatility = Math.max(LEAST, money * shape);
  const value = priceEuropean({
    right: option.right,
    spot: state.spot,
    strike: dollars(option.strike),
    years,
    rate: model.rate,
    dividendYield: model.dividendYield,
    volatility: impliedVolatility,
  });
  if (value === null) return null;
  // The options are American: nobody sells one below what exercising it now brings.
  const exercise = (option.right === 'P' ? -1 : 1) * (state.spot - dollars(option.strike));
  return { ...value, price: Math.max(value.price, exercise), impliedVolatility, distance, years };
}
