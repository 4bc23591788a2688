import { previousSession } from '../../core/calendar/sessions.ts';
import { type EpochMs, epochDay, type IsoDate } from '../../core/calendar/time.ts';
import type { OptionContract } from '../../core/market/contract.ts';
import { MONEY_PER_DOLLAR, type Money, money } from '../../core/market/money.ts';
import type { SymbolNumber } from './con-id.ts';
import { DailyWalk, type DayShape } from './daily-walk.ts';
import { type DayPath, dayPath, dayRange, STEP_MS } from './day-path.ts';
import { type ListedSymbol, stockListing } from './listing.ts';
import type { Bar, Listing, MarketQuote } from './market.ts';
import { isExpirationDay, optionListings } from './option-series.ts';
import { hash, hashText, uniform } from './random.ts';
import { type ShareDay, shareBeforeOpen, shareQuote } from './share-quote.ts';
import { type ModelState, moneyVolatility } from './smile.ts';
import { optionBeforeOpen, optionQuote, type QuoteDay, quotedStep, type Rhythm, rhythmOf } from './synthetic-quote.ts';
import type { FutureModel, UnderlyingModel } from './underlyings.ts';

const IMPLIED_DAYS = 30;
/** Two years: the day's range of older sessions is not worth making. */
const MOST_BARS = 520;

/** One underlying of the synthetic market with its options: today's path, what is listed, what is quoted. */
export class SyntheticUnderlying {
  readonly of: ListedSymbol;
  readonly #model: UnderlyingModel;
  readonly #seed: number;
  readonly #walk: DailyWalk;
  readonly #rhythms = new Map<number, Rhythm>();
  readonly #bars = new Map<IsoDate, Bar>();
  #day: DayShape | null = null;
  #path: DayPath | null = null;

  constructor(of: { readonly model: UnderlyingModel; readonly number: SymbolNumber; readonly seed: number }) {
    const { symbol, longName, pennyOptions } = of.model;
    this.of = { symbol, longName, pennyOptions, number: of.number };
    this.#model = of.model;
    this.#seed = of.seed;
    this.#walk = new DailyWalk(of.model, of.seed);
  }

  /** Turns to another session. Its path is made when somebody asks for a price. */
  open(date: IsoDate): void {
    this.#day = this.#walk.day(date);
    this.#path = null;
    this.#rhythms.clear();
  }

  listings(): Listing[] {
    const { session, previousClose } = this.#today();
    const on = { date: session.date, reference: previousClose };
    return [stockListing(this.of), ...optionListings(this.of, this.#model, on)];
  }

  hasStrike(strike: Money): boolean {
    return strike > 0 && strike % Math.round(this.#model.strikeStep * MONEY_PER_DOLLAR) === 0;
  }

  expiresOn(date: IsoDate): boolean {
    return isExpirationDay(epochDay(date), this.#model.dailyExpirations);
  }

  quotedStep(listing: Listing, step: number): number {
    return quotedStep(this.#rhythm(listing), step, this.#todaysPath().steps);
  }

  /** `step` −1 = before the open. `null` for an option that has expired on an earlier day. */
  quote(listing: Listing, step: number): MarketQuote | null {
    const option = listing.instrument as OptionContract;
    if (option.expiration < this.#today().session.date) return null;
    const day = this.#quoteDay();
    return step < 0
      ? optionBeforeOpen(day, listing)
      : optionQuote(day, listing, { rhythm: this.#rhythm(listing), step });
  }

  share(listing: Listing, step: number, future: FutureModel | null): MarketQuote {
    const { session, previousClose } = this.#today();
    const day: ShareDay = {
      path: this.#todaysPath(),
      factor: future === null ? 1 : future.factor * this.#carry(listing),
      previousClose,
      previousCloseAt: previousSession(session.date).close,
      dailyVolume: this.#sharesOn(session.date) * (future === null ? 1 : 0.02),
      seed: this.#seed,
    };
    return step < 0 ? shareBeforeOpen(day, listing) : shareQuote(day, listing, { step, at: this.#instant(step) });
  }

  /** Completed sessions before an instant, oldest first. */
  history(days: number, what: 'trades' | 'impliedVolatility', at: EpochMs): Bar[] {
    const today = this.#today();
    const last = today.session.close <= at ? today.index : today.index - 1;
    const bars: Bar[] = [];
    for (let index = Math.max(0, last - Math.min(days, MOST_BARS) + 1); index <= last; index += 1) {
      const day = this.#walk.at(index);
      if (day !== null) bars.push(what === 'trades' ? this.#tradesBar(day) : this.#volatilityBar(day));
    }
    return bars;
  }

  #tradesBar(day: DayShape): Bar {
    const known = this.#bars.get(day.session.date);
    if (known !== undefined) return known;
    const { high, low } = dayRange({ model: this.#model, day, seed: this.#seed });
    const bar: Bar = {
      date: day.session.date,
      open: cents(day.open),
      high: cents(high),
      low: cents(low),
      close: cents(day.close),
      volume: Math.floor(this.#sharesOn(day.session.date)),
    };
    this.#bars.set(bar.date, bar);
    return bar;
  }

  /** Implied volatility of thirty days as a number per year (0.1834), carried in the price fields. */
  #volatilityBar(day: DayShape): Bar {
    const implied = (volatility: number): number => moneyVolatility(this.#model, volatility, IMPLIED_DAYS / 365);
    const open = implied(day.volatilityAtOpen);
    const close = implied(day.volatilityAtClose);
    const wide = 1 + 0.03 * uniform(this.#seed, epochDay(day.session.date), hashText(this.#model.symbol), 4);
    return {
      date: day.session.date,
      open: money(open),
      high: money(Math.max(open, close) * wide),
      low: money(Math.min(open, close) / wide),
      close: money(close),
      volume: 0,
    };
  }

  #quoteDay(): QuoteDay {
    const today = this.#today();
    const path = this.#todaysPath();
    const previous = previousSession(today.session.date);
    return {
      model: this.#model,
      seed: this.#seed,
      steps: path.steps,
      state: (step) => this.#state(path, step),
      closing: { at: previous.close, spot: today.previousClose, volatility: today.volatilityAtOpen },
    };
  }

  #state(path: DayPath, step: number): ModelState {
    return {
      at: this.#instant(step),
      spot: path.spot[step] as number,
      volatility: path.volatility[step] as number,
    };
  }

  #rhythm(listing: Listing): Rhythm {
    const known = this.#rhythms.get(listing.conId);
    if (known !== undefined) return known;
    const rhythm = rhythmOf(this.#quoteDay(), listing.instrument as OptionContract, listing.conId);
    this.#rhythms.set(listing.conId, rhythm);
    return rhythm;
  }

  #carry(listing: Listing): number {
    const { session } = this.#today();
    const month = listing.instrument.kind === 'future' ? listing.instrument.contractMonth : '';
    const expiration = epochDay(`${month.slice(0, 4)}-${month.slice(4)}-18`);
    const years = Math.max(0, (expiration - epochDay(session.date)) / 365);
    return Math.exp((this.#model.rate - this.#model.dividendYield) * years);
  }

  #sharesOn(date: IsoDate): number {
    return (
      this.#model.dailyShares * (0.7 + 0.6 * uniform(this.#seed, epochDay(date), hash(hashText(this.#model.symbol), 8)))
    );
  }

  #instant(step: number): EpochMs {
    return this.#today().session.open + step * STEP_MS;
  }

  #today(): DayShape {
    if (this.#day === null) throw new Error('the market has not been moved to an instant yet');
    return this.#day;
  }

  #todaysPath(): DayPath {
    this.#path ??= dayPath({ model: this.#model, day: this.#today(), seed: this.#seed });
    return this.#path;
  }
}

function cents(dollars: number): Money {
  return money(Math.round(dollars * 100) / 100);
}
