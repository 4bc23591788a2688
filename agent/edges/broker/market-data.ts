import type { EpochMs, IsoDate } from '../../core/calendar/time.ts';
import type { Chain } from '../../core/market/chain.ts';
import type { Instrument, ListedInstrument, Right } from '../../core/market/contract.ts';
import type { Money } from '../../core/market/money.ts';
import type { Quote } from '../../core/market/quote.ts';
import type { Answer } from './answer.ts';

/** What the exchange lists for one underlying: expirations and strikes are read here, never computed. */
export interface ListedOptions {
  readonly symbol: string;
  readonly underlyingConId: number;
  readonly tradingClass: string;
  readonly multiplier: number;
  readonly expirations: readonly IsoDate[];
  readonly strikes: readonly Money[];
}

/** Which part of a chain is wanted: whole chains do not fit into the broker's market-data lines. */
export interface ChainSelection {
  readonly symbol: string;
  readonly rights: readonly Right[];
  readonly minDays: number;
  readonly maxDays: number;
  /** Bounds on strike ÷ spot. */
  readonly minMoneyness: number;
  readonly maxMoneyness: number;
  /** Most contracts to ask for; of each expiration the roundest strikes first, see `wantedRows`. */
  readonly most: number;
}

export interface DailyBar {
  readonly date: IsoDate;
  readonly open: Money;
  readonly high: Money;
  readonly low: Money;
  readonly close: Money;
  readonly volume: number;
}

export interface HistoryQuery {
  readonly instrument: Instrument;
  readonly days: number;
  readonly what: 'trades' | 'impliedVolatility';
}

export interface MarketData {
  /** The instrument with the broker's id and tick; `refused` when there is none or more than one. */
  list(instrument: Instrument): Promise<Answer<ListedInstrument>>;
  options(symbol: string): Promise<Answer<ListedOptions>>;
  /** One fresh quote; waits for the first bid and ask, within bounds. */
  quote(listed: ListedInstrument): Promise<Answer<Quote>>;
  /** The selected rows as they stand now. `complete` is false when some never answered. */
  chain(selection: ChainSelection, now: EpochMs): Promise<Answer<Chain>>;
  /** Completed sessions, oldest first. Of implied volatility: the yearly fraction as an amount, 0.2345 is 2345. */
  history(query: HistoryQuery): Promise<Answer<readonly DailyBar[]>>;
}
