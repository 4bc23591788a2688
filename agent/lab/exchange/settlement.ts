import { newYorkDate } from '../../core/calendar/new-york.ts';
import { sessionOn } from '../../core/calendar/sessions.ts';
import { type EpochMs, type IsoDate, MINUTE_MS } from '../../core/calendar/time.ts';
import type { Money } from '../../core/market/money.ts';
import type { BookRecord } from './book-record.ts';
import type { BookState, HeldPosition } from './ledger.ts';
import type { Market } from './market.ts';

/** Holders may decide until 17:30 of a full day: what expires is known then, not at the close. */
export const SETTLES_AFTER_CLOSE_MS = 90 * MINUTE_MS;
/** The clearing house exercises what is this far in the money. */
const EXERCISED_FROM = 100;

type Settlement = Extract<BookRecord, { kind: 'settled' }>;

/**
 * Options whose expiration is over: worthless, or shares at the strike. An option whose underlying's closing price is not known
 * stays until it is.
 */
export function settlementsDue(state: BookState, market: Market, at: EpochMs): Settlement[] {
  const due: Settlement[] = [];
  for (const position of state.positions.values()) {
    const settled = position.quantity === 0 ? null : settlementOf(position, market, at);
    if (settled !== null) due.push(settled);
  }
  return due;
}

function settlementOf(position: HeldPosition, market: Market, at: EpochMs): Settlement | null {
  const listing = market.listing(position.conId);
  const option = listing?.instrument;
  if (listing === null || option?.kind !== 'option') return null;
  const close = sessionOn(option.expiration)?.close;
  if (close === undefined || at < close + SETTLES_AFTER_CLOSE_MS) return null;
  const price = closingPrice(market, listing.underlyingConId, { date: option.expiration, at });
  if (price === null) return null;
  const inTheMoney = option.right === 'P' ? option.strike - price : price - option.strike;
  const exercised = inTheMoney >= EXERCISED_FROM;
  const receives = option.right === 'C' ? position.quantity : -position.quantity;
  return {
    kind: 'settled',
    account: position.account,
    conId: position.conId,
    outcome: !exercised ? 'worthless' : position.quantity > 0 ? 'exercised' : 'assigned',
    quantity: position.quantity,
    multiplier: position.multiplier,
    sharesConId: listing.underlyingConId,
    shares: exercised ? receives * position.multiplier : 0,
    strike: option.strike,
    at,
  };
}

function closingPrice(market: Market, conId: number, on: { date: IsoDate; at: EpochMs }): Money | null {
  if (newYorkDate(on.at) === on.date) return market.quote(conId)?.last ?? null;
  const bars = market.history(conId, 60, 'trades') ?? [];
  return bars.find((bar) => bar.date === on.date)?.close ?? null;
}
