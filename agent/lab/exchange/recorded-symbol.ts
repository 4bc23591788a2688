import { newYorkDate } from '../../core/calendar/new-york.ts';
import { isOpenAt, sessionOn } from '../../core/calendar/sessions.ts';
import type { EpochMs } from '../../core/calendar/time.ts';
import type { OptionContract } from '../../core/market/contract.ts';
import { dollars, type Money } from '../../core/market/money.ts';
import { priceEuropean } from '../../core/pricing/european.ts';
import { optionConId, type SymbolNumber } from './con-id.ts';
import { type ListedSymbol, optionListing, stockListing } from './listing.ts';
import type { Listing, MarketQuote, OptionModel } from './market.ts';
import type { RecordedSnapshot, RecordedSymbol } from './recording.ts';
import type { RecordedRow } from './recording-row.ts';
import { yearsTo } from './smile.ts';
import { UNDERLYINGS } from './underlyings.ts';

interface Seen {
  readonly row: RecordedRow;
  readonly at: EpochMs;
  readonly sequence: number;
}

const RATE = 0.043;
const PENNY_SYMBOLS = ['SPY', 'QQQ', 'IWM'];

/** One symbol of a recorded day: what each of its contracts was last seen at. */
export class RecordedSymbolMarket {
  readonly listings: readonly Listing[];
  readonly #symbol: string;
  readonly #number: SymbolNumber;
  readonly #byTime: ReadonlyMap<EpochMs, RecordedSnapshot>;
  readonly #stock: Listing;
  readonly #options: ReadonlyMap<number, Listing>;
  readonly #seen = new Map<number, Seen>();
  readonly #close: Money | null;
  readonly #quotes = new Map<number, { readonly sequence: number; readonly quote: MarketQuote | null }>();
  #spot: { readonly price: Money; readonly at: EpochMs; readonly sequence: number } | null = null;

  constructor(recorded: RecordedSymbol, number: SymbolNumber) {
    const model = UNDERLYINGS.find((one) => one.symbol === recorded.symbol);
    const of: ListedSymbol = {
      symbol: recorded.symbol,
      number,
      longName: model?.longName ?? recorded.symbol,
      pennyOptions: PENNY_SYMBOLS.includes(recorded.symbol),
    };
    this.#symbol = recorded.symbol;
    this.#number = number;
    this.#byTime = new Map(recorded.snapshots.map((snapshot) => [snapshot.at, snapshot]));
    this.#stock = stockListing(of);
    this.#options = optionsIn(of, recorded.snapshots);
    const inOrder = [...this.#options.values()].sort((a, b) => (a.conId < b.conId ? -1 : 1));
    this.listings = [this.#stock, ...inOrder];
    this.#close = previousClose(recorded.snapshots);
  }

  turnTo(at: EpochMs, sequence: number, changed: Set<number>): void {
    const snapshot = this.#byTime.get(at);
    if (snapshot === undefined) return;
    for (const row of snapshot.rows) {
      const conId = this.#conIdOf(row);
      if (conId === null) continue;
      this.#seen.set(conId, { row, at, sequence });
      changed.add(conId);
    }
    const price = spotOf(snapshot);
    if (price === null) return;
    this.#spot = { price, at, sequence };
    changed.add(this.#stock.conId);
  }

  sequenceOf(conId: number): number {
    if (conId === this.#stock.conId) return this.#spot?.sequence ?? 0;
    return this.#seen.get(conId)?.sequence ?? 0;
  }

  /** The same object until the next snapshot that holds it. */
  quote(conId: number): MarketQuote | null {
    const sequence = this.sequenceOf(conId);
    const known = this.#quotes.get(conId);
    if (known?.sequence === sequence) return known.quote;
    const quote = conId === this.#stock.conId ? this.#stockQuote() : this.#optionQuote(conId);
    this.#quotes.set(conId, { sequence, quote });
    return quote;
  }

  #optionQuote(conId: number): MarketQuote | null {
    const seen = this.#seen.get(conId);
    const option = this.#options.get(conId)?.instrument;
    if (seen === undefined || option?.kind !== 'option') return null;
    const { row, at } = seen;
    return {
      bid: row.bid,
      ask: row.ask,
      last: row.last,
      close: null,
      bidSize: null,
      askSize: null,
      volume: row.volume,
      quotedAt: at,
      data: isOpenAt(at) ? 'live' : 'frozen',
      open: null,
      high: null,
      low: null,
      openInterest: row.openInterest,
      model: this.#model(option, row, at),
    };
  }

  #stockQuote(): MarketQuote | null {
    if (this.#spot === null) return null;
    const nothing = {
      bid: null,
      ask: null,
      bidSize: null,
      askSize: null,
      volume: null,
      open: null,
      high: null,
      low: null,
    };
    return {
      ...nothing,
      last: this.#spot.price,
      close: this.#close,
      quotedAt: this.#spot.at,
      data: isOpenAt(this.#spot.at) ? 'live' : 'frozen',
      openInterest: null,
      model: null,
    };
  }

  /** Where nobody quoted, the source's volatility is a left-over of its search and not an answer. */
  #model(option: OptionContract, row: RecordedRow, at: EpochMs): OptionModel | null {
    const spot = row.spot ?? this.#spot?.price ?? null;
    if (row.impliedVolatility === null || spot === null || (row.bid === null && row.ask === null)) return null;
    const model = UNDERLYINGS.find((one) => one.symbol === this.#symbol);
    const value = priceEuropean({
      right: option.right,
      spot: dollars(spot),
      strike: dollars(option.strike),
      years: yearsTo(option.expiration, at),
      rate: RATE,
      dividendYield: model?.dividendYield ?? 0,
      volatility: row.impliedVolatility,
    });
    if (value === null || ![value.delta, value.gamma, value.theta, value.vega].every(Number.isFinite)) return null;
    const { delta, gamma, theta, vega } = value;
    return { impliedVolatility: row.impliedVolatility, delta, gamma, theta, vega, underlying: spot };
  }

  #conIdOf(row: RecordedRow): number | null {
    return optionConId({ symbol: this.#number, expiration: row.expiration, strike: row.strike, right: row.right });
  }
}

function optionsIn(of: ListedSymbol, snapshots: readonly RecordedSnapshot[]): Map<number, Listing> {
  const found = new Map<number, Listing>();
  for (const { rows } of snapshots) {
    for (const { expiration, strike, right } of rows) {
      const terms = { symbol: of.number, expiration, strike, right };
      const conId = optionConId(terms);
      if (conId === null || found.has(conId)) continue;
      const listing = optionListing(of, terms);
      if (listing !== null) found.set(conId, listing);
    }
  }
  return found;
}

/** Known only when the day before was still recorded after its close. */
function previousClose(snapshots: readonly RecordedSnapshot[]): Money | null {
  const [before, next] = snapshots;
  if (before === undefined || next === undefined) return null;
  const date = newYorkDate(before.at);
  const session = sessionOn(date);
  return session !== null && date !== newYorkDate(next.at) && before.at >= session.close ? spotOf(before) : null;
}

function spotOf(snapshot: RecordedSnapshot): Money | null {
  return snapshot.rows.find((row) => row.spot !== null)?.spot ?? null;
}
