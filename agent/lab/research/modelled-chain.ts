import { instantInNewYork, weekday } from '../../core/calendar/new-york.ts';
import { sessionOnDay } from '../../core/calendar/sessions.ts';
import { type EpochDay, epochDay, type IsoDate } from '../../core/calendar/time.ts';
import { type Chain, type ChainBuilder, emptyChain, PUT } from '../../core/market/chain.ts';
import { dollars, type Money, money } from '../../core/market/money.ts';
import { priceEuropeanColumns } from '../../core/pricing/european.ts';
import { optionColumns, valueColumns } from '../../core/pricing/option-columns.ts';

export interface ModelledDay {
  readonly symbol: string;
  readonly date: IsoDate;
  readonly close: Money;
  /** Annual, as a fraction, at the money. */
  readonly volatility: number;
}

/** When the decision of a day is made. */
const TIME = '10:00';
const RATE = 0.04;
/** Puts further out of the money are dearer: by so much of their volatility for each unit of ln(spot ÷ strike). */
const SKEW = 0.8;
const HALF_SPREAD = 0.015;
const LEAST_HALF_SPREAD = 0.01;
const FIRST_DAY = 7;
const LAST_DAY = 65;
const LOWEST_STRIKE = 0.8;

/**
 * The puts that a day's close and volatility make likely, priced by Black and Scholes with a linear skew: for days of which no
 * chain was collected. Weekly expirations of 7 to 65 days, strikes from 80 % of spot to spot.
 */
export function modelledChain(day: ModelledDay): Chain {
  const today = epochDay(day.date);
  const spot = dollars(day.close);
  const expirations = fridays(today);
  const strikes = strikesBelow(spot);
  const chain = emptyChain(day.symbol, expirations.length * strikes.length);
  const at = instantInNewYork(day.date, TIME);
  Object.assign(chain, { takenAt: at, complete: true, spot: day.close, spotAt: at });
  let row = 0;
  for (const expiration of expirations) {
    for (const strike of strikes) {
      chain.expiration[row] = expiration;
      chain.strike[row] = money(strike);
      row += 1;
    }
  }
  chain.right.fill(PUT);
  chain.quotedAt.fill(at);
  chain.openInterest.fill(1000);
  chain.volume.fill(100);
  chain.conId.fill(1);
  fillPrices(chain, { today, spot, volatility: day.volatility });
  return chain;
}

function fillPrices(chain: ChainBuilder, about: { today: EpochDay; spot: number; volatility: number }): void {
  const { today, spot, volatility } = about;
  const options = optionColumns(chain.size);
  for (let i = 0; i < chain.size; i += 1) {
    const strike = dollars(chain.strike[i] as Money);
    options.right[i] = PUT;
    options.spot[i] = spot;
    options.strike[i] = strike;
    options.years[i] = ((chain.expiration[i] as number) - today) / 365;
    options.rate[i] = RATE;
    options.volatility[i] = volatility * (1 + SKEW * Math.log(spot / strike));
  }
  const values = valueColumns(chain.size);
  priceEuropeanColumns(options, values);
  for (let i = 0; i < chain.size; i += 1) {
    const price = values.price[i] as number;
    const half = Math.max(LEAST_HALF_SPREAD, price * HALF_SPREAD);
    chain.bid[i] = money(Math.max(0, Math.floor((price - half) * 100) / 100));
    chain.ask[i] = money(Math.ceil((price + half) * 100) / 100);
    chain.impliedVolatility[i] = options.volatility[i] as number;
    chain.delta[i] = values.delta[i] as number;
    chain.gamma[i] = values.gamma[i] as number;
    chain.theta[i] = values.theta[i] as number;
    chain.vega[i] = values.vega[i] as number;
  }
}

function fridays(today: EpochDay): EpochDay[] {
  const found: EpochDay[] = [];
  for (let day = today + FIRST_DAY; day <= today + LAST_DAY; day += 1) {
    if (weekday(day) === 5 && sessionOnDay(day) !== null) found.push(day);
  }
  return found;
}

function strikesBelow(spot: number): number[] {
  const step = spot < 50 ? 0.5 : spot < 100 ? 1 : spot < 250 ? 2.5 : 5;
  const strikes: number[] = [];
  for (let strike = Math.ceil((spot * LOWEST_STRIKE) / step) * step; strike <= spot; strike += step)
    strikes.push(strike);
  return strikes;
}
