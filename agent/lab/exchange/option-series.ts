import { isStandardMonthly } from '../../core/calendar/expirations.ts';
import { weekday } from '../../core/calendar/new-york.ts';
import { sessionOnDay } from '../../core/calendar/sessions.ts';
import { type EpochDay, epochDay, type IsoDate, isoDate } from '../../core/calendar/time.ts';
import type { Money } from '../../core/market/money.ts';
import { MONEY_PER_DOLLAR } from '../../core/market/money.ts';
import { type ListedSymbol, optionListing } from './listing.ts';
import type { Listing } from './market.ts';
import type { UnderlyingModel } from './underlyings.ts';

const FRIDAY = 5;
const WEEKLY_DAYS = 63;
const DAILY_DAYS = 14;
const MONTHLY_DAYS = 190;
/** Every strike this near to the reference price, every fifth up to the outer bound. */
const INNER = 0.09;
const OUTER = 0.32;

/** What the synthetic exchange lists on a date: Fridays for nine weeks, monthlies for half a year, for some every day. */
function expirationsOn(date: IsoDate, daily: boolean): IsoDate[] {
  const today = epochDay(date);
  const found: IsoDate[] = [];
  for (let day = today; day <= today + MONTHLY_DAYS; day += 1) {
    if (isExpiration(day, day - today, daily)) found.push(isoDate(day));
  }
  return found;
}

/** Whether options can have been listed for a day at any time before it. */
export function isExpirationDay(day: EpochDay, daily: boolean): boolean {
  return isExpiration(day, 0, daily);
}

/** A Friday without a session hands its expiration to the session before it. */
function isExpiration(day: EpochDay, days: number, daily: boolean): boolean {
  if (sessionOnDay(day) === null) return false;
  if (daily && days <= DAILY_DAYS) return true;
  if (isStandardMonthly(isoDate(day))) return true;
  if (days > WEEKLY_DAYS) return false;
  if (weekday(day) === FRIDAY) return true;
  return weekday(day) === FRIDAY - 1 && sessionOnDay(day + 1) === null;
}

/** Strikes around a reference price in dollars, as money. */
function strikesAround(reference: number, step: number): Money[] {
  const strikes: Money[] = [];
  const last = Math.floor((reference * (1 + OUTER)) / step);
  for (let i = Math.max(1, Math.ceil((reference * (1 - OUTER)) / step)); i <= last; i += 1) {
    const near = Math.abs((i * step) / reference - 1) <= INNER;
    if (near || i % 5 === 0) strikes.push(Math.round(i * step * MONEY_PER_DOLLAR) as Money);
  }
  return strikes;
}

/** All options of one underlying on a date, sorted by expiration, strike, right. */
export function optionListings(
  of: ListedSymbol,
  model: UnderlyingModel,
  on: { readonly date: IsoDate; readonly reference: number },
): Listing[] {
  const strikes = strikesAround(on.reference, model.strikeStep);
  const found: Listing[] = [];
  for (const expiration of expirationsOn(on.date, model.dailyExpirations)) {
    for (const strike of strikes) {
      for (const right of ['C', 'P'] as const) {
        const listing = optionListing(of, { symbol: of.number, expiration, strike, right });
        if (listing !== null) found.push(listing);
      }
    }
  }
  return found;
}
