import { isStandardMonthly } from '../../core/calendar/expirations.ts';
import type { EpochMs } from '../../core/calendar/time.ts';
import type { OptionContract } from '../../core/market/contract.ts';
import { MONEY_PER_DOLLAR, type Money, money } from '../../core/market/money.ts';
import type { DataKind } from '../../core/market/quote.ts';
import { activityUntil } from './day-path.ts';
import type { Listing, MarketQuote } from './market.ts';
import { hash, uniform } from './random.ts';
import { type ModelState, type ModelValue, modelValue } from './smile.ts';
import { nearestTick, tickAbove, tickBelow } from './ticks.ts';
import type { UnderlyingModel } from './underlyings.ts';

/** One underlying's session as the quotes of its instruments need it. `step` 0 is the open. */
export interface QuoteDay {
  readonly model: UnderlyingModel;
  readonly seed: number;
  readonly steps: number;
  readonly state: (step: number) => ModelState;
  /** Of the previous session. */
  readonly closing: ModelState;
}

/** How often makers quote an option anew, and how often it trades, in steps of the grid. */
export interface Rhythm {
  readonly period: number;
  readonly phase: number;
  readonly tradePeriod: number;
}

const OPENING_STEPS = 60;
const CLOSING_STEPS = 120;

export function rhythmOf(day: QuoteDay, option: OptionContract, conId: number): Rhythm {
  const far = Math.abs(option.strike / MONEY_PER_DOLLAR / day.state(0).spot - 1) / day.model.volatility;
  const period = far < 0.2 ? 1 : far < 0.5 ? 3 : 12;
  return { period, phase: hash(conId) % period, tradePeriod: period * (1 + (hash(conId, 7) % 9)) };
}

/** The last step up to `step` at which the option was quoted anew: all are at the open and at the close. */
export function quotedStep(rhythm: Rhythm, step: number, steps: number): number {
  return step >= steps ? steps : Math.max(0, step - modulo(step - rhythm.phase, rhythm.period));
}

export function optionQuote(day: QuoteDay, listing: Listing, at: { rhythm: Rhythm; step: number }): MarketQuote {
  const option = listing.instrument as OptionContract;
  const step = quotedStep(at.rhythm, at.step, day.steps);
  const state = day.state(step);
  const value = modelValue(day.model, option, state);
  const close = closingPrice(day, listing);
  const data: DataKind = at.step >= day.steps ? 'frozen' : 'live';
  if (value === null) return silent(close, state.at, data);
  const prices = bidAndAsk(day, listing, { value, step });
  const traded = lastTrade(day, listing, { rhythm: at.rhythm, step, value });
  const size = (salt: number): number =>
    Math.ceil(
      (4 + 60 * Math.exp(-Math.abs(value.distance))) * (0.3 + 1.4 * uniform(day.seed, listing.conId, step, salt)),
    );
  return {
    ...prices,
    last: traded.price,
    close,
    bidSize: prices.bid === null ? null : size(1),
    askSize: size(2),
    volume: traded.volume,
    quotedAt: state.at,
    data,
    open: null,
    high: null,
    low: null,
    openInterest: openInterest(day, listing, value),
    model: modelOf(value, state.spot),
  };
}

/** Before the open: yesterday's close, no bid, no ask, no model. */
export function optionBeforeOpen(day: QuoteDay, listing: Listing): MarketQuote {
  const close = closingPrice(day, listing);
  return { ...silent(close, day.closing.at, 'frozen'), last: close };
}

function silent(close: Money | null, quotedAt: EpochMs, data: DataKind): MarketQuote {
  const nothing = { bid: null, ask: null, last: null, bidSize: null, askSize: null, volume: null };
  return { ...nothing, close, quotedAt, data, open: null, high: null, low: null, openInterest: null, model: null };
}

function closingPrice(day: QuoteDay, listing: Listing): Money | null {
  const value = modelValue(day.model, listing.instrument as OptionContract, day.closing);
  return value === null ? null : nearestTick(listing.ticks, value.price * MONEY_PER_DOLLAR);
}

function bidAndAsk(
  day: QuoteDay,
  listing: Listing,
  of: { value: ModelValue; step: number },
): Pick<MarketQuote, 'bid' | 'ask'> {
  const { value, step } = of;
  const nervous = Math.sqrt(day.state(step).volatility / day.model.volatility);
  const opening = 1 + 0.8 * Math.max(0, 1 - step / OPENING_STEPS);
  const closing = 1 + 0.5 * Math.max(0, 1 - (day.steps - step) / CLOSING_STEPS);
  const jitter = 0.8 + 0.5 * uniform(day.seed, listing.conId, step, 3);
  const wide = (1 + 0.35 * Math.abs(value.distance)) * nervous * opening * closing * jitter;
  const half = day.model.halfSpread * Math.sqrt(value.price) * wide * MONEY_PER_DOLLAR;
  const middle = value.price * MONEY_PER_DOLLAR;
  const bid = tickBelow(listing.ticks, Math.max(0, middle - half));
  const ask = tickAbove(listing.ticks, Math.max(middle + half, bid + 1));
  return { bid: bid > 0 ? bid : null, ask };
}

/** Volume and last price move together, at the option's own steps: a contract that seldom trades has an old last price. */
function lastTrade(
  day: QuoteDay,
  listing: Listing,
  of: { rhythm: Rhythm; step: number; value: ModelValue },
): { readonly price: Money | null; readonly volume: number } {
  const { rhythm, step } = of;
  const tradeStep = step - modulo(step - rhythm.phase, rhythm.tradePeriod);
  if (tradeStep < 0) return { price: null, volume: 0 };
  const volume = Math.floor(contractsADay(day, listing, of.value) * activityUntil(tradeStep / day.steps));
  if (volume === 0) return { price: null, volume };
  const value = modelValue(day.model, listing.instrument as OptionContract, day.state(tradeStep));
  const price = value === null ? null : nearestTick(listing.ticks, value.price * MONEY_PER_DOLLAR);
  return { price: price === 0 ? tickAbove(listing.ticks, 1) : price, volume };
}

/** Contracts of a whole day: most near the money and near in time. Steady over the day, so it uses the opening state. */
function contractsADay(day: QuoteDay, listing: Listing, value: ModelValue): number {
  const option = listing.instrument as OptionContract;
  const opening = modelValue(day.model, option, day.state(0));
  const distance = Math.abs(opening?.distance ?? value.distance);
  const near = 0.01 * Math.exp(-0.9 * distance - (opening?.years ?? value.years) * 9);
  return day.model.dailyContracts * near * (0.4 + 1.2 * uniform(day.seed, listing.conId, 5));
}

function openInterest(day: QuoteDay, listing: Listing, value: ModelValue): number {
  const option = listing.instrument as OptionContract;
  const round =
    option.strike % (10 * MONEY_PER_DOLLAR) === 0 ? 3 : option.strike % (5 * MONEY_PER_DOLLAR) === 0 ? 1.8 : 1;
  const monthly = isStandardMonthly(option.expiration) ? 3 : 1;
  const turnover = 0.5 + 3 * uniform(day.seed, listing.conId, 6);
  const distance = Math.abs(modelValue(day.model, option, day.closing)?.distance ?? value.distance);
  return Math.floor(day.model.dailyContracts * 0.006 * Math.exp(-0.6 * distance) * round * monthly * turnover);
}

function modelOf(value: ModelValue, spot: number): MarketQuote['model'] {
  const { impliedVolatility, delta, gamma, theta, vega } = value;
  return { impliedVolatility, delta, gamma, theta, vega, underlying: money(Math.round(spot * 100) / 100) };
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
