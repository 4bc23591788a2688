import type { EpochMs } from '../../core/calendar/time.ts';
import type { Chain } from '../../core/market/chain.ts';
import { type Instrument, instrumentKey, type ListedInstrument } from '../../core/market/contract.ts';
import type { Money } from '../../core/market/money.ts';
import type { Quote } from '../../core/market/quote.ts';
import { type Answer, answered, unanswered } from '../../edges/broker/answer.ts';
import type { ChainSelection, DailyBar, HistoryQuery, ListedOptions } from '../../edges/broker/market-data.ts';
import { chainOf } from './in-process-chain.ts';
import type { Listing, Market } from './market.ts';

const NO_SUCH_CONTRACT = 200;
const NO_HISTORY = 162;

/** Questions to the market itself, answered at once. */
export class InProcessMarketData {
  readonly #market: Market;

  constructor(market: Market) {
    this.#market = market;
  }

  list(instrument: Instrument): Answer<ListedInstrument> {
    const listing = this.#find(instrument);
    if (listing === null) return unanswered('refused', 'no security definition has been found', NO_SUCH_CONTRACT);
    const minTick = Math.min(...listing.ticks.map((band) => band.increment)) as Money;
    return answered({ instrument: listing.instrument, conId: listing.conId, minTick });
  }

  options(symbol: string): Answer<ListedOptions> {
    const listings = this.#market.listings(symbol);
    const expirations = new Set<string>();
    const strikes = new Set<Money>();
    let first: Listing | null = null;
    for (const listing of listings) {
      if (listing.instrument.kind !== 'option') continue;
      first ??= listing;
      expirations.add(listing.instrument.expiration);
      strikes.add(listing.instrument.strike);
    }
    if (first?.instrument.kind !== 'option') return unanswered('refused', `no options of ${symbol}`, NO_SUCH_CONTRACT);
    return answered({
      symbol,
      underlyingConId: first.underlyingConId,
      tradingClass: first.instrument.tradingClass,
      multiplier: first.instrument.multiplier,
      expirations: [...expirations].sort(),
      strikes: [...strikes].sort((a, b) => a - b),
    });
  }

  quote(listed: ListedInstrument): Answer<Quote> {
    if (this.#market.listing(listed.conId) === null) {
      return unanswered('refused', 'no security definition has been found', NO_SUCH_CONTRACT);
    }
    const quote = this.#market.quote(listed.conId);
    if (quote === null) return unanswered('unknown', 'the market has not quoted it');
    const { bid, ask, last, close, bidSize, askSize, volume, quotedAt, data } = quote;
    return answered({ bid, ask, last, close, bidSize, askSize, volume, quotedAt, data });
  }

  chain(selection: ChainSelection, now: EpochMs): Answer<Chain> {
    const options = this.options(selection.symbol);
    if (!options.ok) return options;
    const chain = chainOf(this.#market, selection, now);
    return chain === null ? unanswered('unknown', `no price of ${selection.symbol}`) : answered(chain);
  }

  history(query: HistoryQuery): Answer<readonly DailyBar[]> {
    const listing = this.#find(query.instrument);
    if (listing === null) return unanswered('refused', 'no security definition has been found', NO_SUCH_CONTRACT);
    const bars = this.#market.history(listing.conId, query.days, query.what);
    return bars === null ? unanswered('refused', 'the market keeps no such history', NO_HISTORY) : answered(bars);
  }

  #find(instrument: Instrument): Listing | null {
    const key = instrumentKey(instrument);
    const front = instrument.kind === 'future' && instrument.contractMonth === '';
    for (const listing of this.#market.listings(instrument.symbol)) {
      if (instrumentKey(listing.instrument) === key) return listing;
      if (front && listing.instrument.kind === 'future') return listing;
    }
    return null;
  }
}
