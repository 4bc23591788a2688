import type { EpochMs, IsoDate } from '../../core/calendar/time.ts';
import type { Instrument } from '../../core/market/contract.ts';
import type { Money } from '../../core/market/money.ts';
import type { Quote } from '../../core/market/quote.ts';

/** An instrument listed at the simulated exchange. */
export interface Listing {
  readonly instrument: Instrument;
  readonly conId: number;
  readonly underlyingConId: number;
  readonly longName: string;
  readonly localSymbol: string;
  readonly primaryExchange: string;
  /** Price bands, lowest edge first; the last band whose edge is at or below the price applies. */
  readonly ticks: readonly { readonly from: Money; readonly increment: Money }[];
}

/** Greeks are per share; theta per calendar day; vega per point. `null` where the gateway would not compute them. */
export interface OptionModel {
  readonly impliedVolatility: number;
  readonly delta: number;
  readonly gamma: number;
  readonly theta: number;
  readonly vega: number;
  readonly underlying: Money;
}

/**
 * `quotedAt` is when the exchange quoted the instrument, which may be hours before the market's instant; a gateway tells it as
 * tick 45 (last timestamp) of every instrument.
 */
export interface MarketQuote extends Quote {
  readonly open: Money | null;
  readonly high: Money | null;
  readonly low: Money | null;
  readonly openInterest: number | null;
  readonly model: OptionModel | null;
}

export interface Bar {
  readonly date: IsoDate;
  readonly open: Money;
  readonly high: Money;
  readonly low: Money;
  readonly close: Money;
  readonly volume: number;
}

/**
 * Where prices come from: a seeded model or a recording. It moves only when told, and is the same for the same seed or
 * recording and the same instant, however it got there.
 */
export interface Market {
  /**
   * Moves to an instant not before the last one. Returns the conIds that were quoted anew, among those whose quote anybody has
   * ever asked for: a listing that nobody looks at costs nothing.
   */
  advance(at: EpochMs): readonly number[];
  /** The next instant after `at` at which something changes, or `null` at the end. */
  nextChange(after: EpochMs): EpochMs | null;
  /**
   * Grows with every change of prices: an order never fills on the snapshot it was decided on. It follows from the instant
   * alone, so that numbers written down before a restart still compare.
   */
  readonly sequence: number;
  /** Of one instrument: the sequence at which its quote last changed. */
  sequenceOf(conId: number): number;
  quote(conId: number): MarketQuote | null;
  listing(conId: number): Listing | null;
  symbols(): readonly string[];
  /** Stock first, then futures, then options. */
  listings(symbol: string): readonly Listing[];
  /** Daily bars of completed sessions before the current instant, oldest first. `null` = no such data. */
  history(conId: number, days: number, what: 'trades' | 'impliedVolatility'): readonly Bar[] | null;
}
