import { instantInNewYork, newYorkDate } from '../../core/calendar/new-york.ts';
import { nextSession, previousSession, sessionOn } from '../../core/calendar/sessions.ts';
import { type EpochMs, epochDay, type IsoDate } from '../../core/calendar/time.ts';
import { futureConId, numberSymbols, optionOfConId, stockConId } from './con-id.ts';
import { STEP_MS } from './day-path.ts';
import { frontContractMonth, futureLocalSymbol, optionListing, stockListing } from './listing.ts';
import type { Bar, Listing, Market, MarketQuote } from './market.ts';
import { SyntheticUnderlying } from './synthetic-underlying.ts';
import { FUTURES, type FutureModel, UNDERLYINGS, type UnderlyingModel } from './underlyings.ts';

export interface SyntheticSettings {
  readonly seed: number;
  readonly underlyings?: readonly UnderlyingModel[];
  readonly futures?: readonly FutureModel[];
}

/** More than the steps of a session, so that sequence numbers of different days never meet. */
const STEPS_A_DAY = 8_192;
const EXPIRED_FOR_DAYS = 60;

/**
 * A market made of seeded numbers. A price is a function of seed and instant alone: whoever starts at 10:42 sees what
 * those see who were there since the open. Prices move on a grid of five seconds while the exchange is open.
 */
export class SyntheticMarket implements Market {
  readonly #underlyings = new Map<string, SyntheticUnderlying>();
  readonly #futures: readonly { readonly model: FutureModel; readonly number: number }[];
  readonly #byNumber = new Map<number, SyntheticUnderlying>();
  readonly #known = new Map<number, Listing | null>();
  readonly #quotes = new Map<number, { readonly sequence: number; readonly quote: MarketQuote | null }>();
  readonly #listings = new Map<string, readonly Listing[]>();
  #at: EpochMs = Number.NEGATIVE_INFINITY;
  #date: IsoDate = '';
  #step = -1;

  constructor(settings: SyntheticSettings) {
    const models = settings.underlyings ?? UNDERLYINGS;
    const futures = settings.futures ?? FUTURES;
    const numbers = numberSymbols([...models, ...futures].map((model) => model.symbol));
    for (const model of models) {
      const number = numbers.get(model.symbol) as number;
      const underlying = new SyntheticUnderlying({ model, number, seed: settings.seed });
      this.#underlyings.set(model.symbol, underlying);
      this.#byNumber.set(number, underlying);
    }
    this.#futures = futures.map((model) => ({ model, number: numbers.get(model.symbol) as number }));
  }

  advance(at: EpochMs): readonly number[] {
    if (at < this.#at) throw Object.assign(new Error('a market cannot go back in time'), { code: 'MARKET_BACKWARDS' });
    const before = this.sequence;
    this.#moveTo(at);
    if (this.sequence === before) return [];
    const changed: number[] = [];
    for (const [conId, known] of this.#quotes) {
      if (this.sequenceOf(conId) !== known.sequence) changed.push(conId);
    }
    return changed;
  }

  nextChange(after: EpochMs): EpochMs | null {
    const date = marketDate(after);
    const session = sessionOn(date);
    if (session === null) throw new Error(`no session on ${date}`);
    if (after < session.open) return session.open;
    if (after < session.close) return session.open + (Math.floor((after - session.open) / STEP_MS) + 1) * STEP_MS;
    return instantInNewYork(nextSession(date).date, '00:00');
  }

  get sequence(): number {
    return this.#date === '' ? 0 : epochDay(this.#date) * STEPS_A_DAY + this.#step + 1;
  }

  sequenceOf(conId: number): number {
    const listing = this.listing(conId);
    if (listing === null || this.#step < 0 || listing.instrument.kind !== 'option') return this.sequence;
    const step = this.#of(listing)?.quotedStep(listing, this.#step) ?? this.#step;
    return epochDay(this.#date) * STEPS_A_DAY + step + 1;
  }

  quote(conId: number): MarketQuote | null {
    const sequence = this.sequenceOf(conId);
    const known = this.#quotes.get(conId);
    if (known?.sequence === sequence) return known.quote;
    const listing = this.listing(conId);
    if (listing === null || this.#date === '') return null;
    const quote = this.#priced(listing);
    this.#quotes.set(conId, { sequence, quote });
    return quote;
  }

  listing(conId: number): Listing | null {
    const known = this.#known.get(conId);
    if (known !== undefined || this.#date === '') return known ?? null;
    const listing = this.#find(conId);
    this.#known.set(conId, listing);
    return listing;
  }

  symbols(): readonly string[] {
    return [...this.#underlyings.keys(), ...this.#futures.map((future) => future.model.symbol)];
  }

  listings(symbol: string): readonly Listing[] {
    const known = this.#listings.get(symbol);
    if (known !== undefined || this.#date === '') return known ?? [];
    const found = [...(this.#underlyings.get(symbol)?.listings() ?? []), ...this.#futureListings(symbol)];
    for (const listing of found) this.#known.set(listing.conId, listing);
    this.#listings.set(symbol, found);
    return found;
  }

  history(conId: number, days: number, what: 'trades' | 'impliedVolatility'): readonly Bar[] | null {
    const listing = this.listing(conId);
    if (listing === null || listing.instrument.kind !== 'stock') return null;
    return this.#of(listing)?.history(days, what, this.#at) ?? null;
  }

  #moveTo(at: EpochMs): void {
    this.#at = at;
    const date = marketDate(at);
    if (date !== this.#date) {
      this.#date = date;
      this.#known.clear();
      this.#listings.clear();
      for (const underlying of this.#underlyings.values()) underlying.open(date);
      for (const [conId, known] of this.#quotes) {
        if (known.quote === null) this.#quotes.delete(conId);
      }
    }
    const session = sessionOn(date);
    if (session === null) throw new Error(`no session on ${date}`);
    this.#step = at < session.open ? -1 : Math.floor((Math.min(at, session.close) - session.open) / STEP_MS);
  }

  #priced(listing: Listing): MarketQuote | null {
    const underlying = this.#of(listing);
    if (underlying === undefined) return null;
    if (listing.instrument.kind === 'option') return underlying.quote(listing, this.#step);
    const future = this.#futures.find(({ model }) => model.symbol === listing.instrument.symbol);
    return underlying.share(listing, this.#step, future?.model ?? null);
  }

  #of(listing: Listing): SyntheticUnderlying | undefined {
    const future = this.#futures.find(({ model }) => model.symbol === listing.instrument.symbol);
    return this.#underlyings.get(future?.model.follows ?? listing.instrument.symbol);
  }

  /** Also what is not listed any more: somebody may still hold it. */
  #find(conId: number): Listing | null {
    for (const underlying of this.#underlyings.values()) {
      if (stockConId(underlying.of.number) === conId) return stockListing(underlying.of);
    }
    const future = this.#futures
      .flatMap(({ model }) => this.#futureListings(model.symbol))
      .find((one) => one.conId === conId);
    if (future !== undefined) return future;
    const terms = optionOfConId(conId);
    const underlying = terms === null ? undefined : this.#byNumber.get(terms.symbol);
    if (terms === null || underlying === undefined || !underlying.hasStrike(terms.strike)) return null;
    const age = epochDay(this.#date) - epochDay(terms.expiration);
    if (age > EXPIRED_FOR_DAYS || !underlying.expiresOn(terms.expiration)) return null;
    return optionListing(underlying.of, terms);
  }

  #futureListings(symbol: string): readonly Listing[] {
    const future = this.#futures.find(({ model }) => model.symbol === symbol);
    const follows = this.#underlyings.get(future?.model.follows ?? '');
    if (future === undefined || follows === undefined) return [];
    const month = frontContractMonth(this.#date);
    const { model, number } = future;
    return [
      {
        instrument: { kind: 'future', symbol, contractMonth: month, multiplier: model.multiplier },
        conId: futureConId(number, month),
        underlyingConId: stockConId(follows.of.number),
        longName: model.longName,
        localSymbol: futureLocalSymbol(symbol, month),
        primaryExchange: 'CME',
        ticks: model.ticks,
      },
    ];
  }
}

/** The session whose prices hold at an instant: from its New York midnight until the next session's. */
function marketDate(at: EpochMs): IsoDate {
  const date = newYorkDate(at);
  return sessionOn(date) === null ? previousSession(date).date : date;
}
