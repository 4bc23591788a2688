import type { EpochMs } from '../../core/calendar/time.ts';
import { numberSymbols } from './con-id.ts';
import type { Bar, Listing, Market, MarketQuote } from './market.ts';
import { RecordedSymbolMarket } from './recorded-symbol.ts';
import type { RecordedDay } from './recording.ts';

/**
 * One recorded day. Each snapshot is a step; between two of them nothing moves. What a contract's quote says is what the
 * recording said at `quotedAt`, be that hours ago. The recording knows one price of the underlying, so the stock has a last
 * price and neither bid nor ask: no order in it can fill here.
 */
export class RecordedMarket implements Market {
  readonly #symbols = new Map<string, RecordedSymbolMarket>();
  readonly #byConId = new Map<number, { readonly listing: Listing; readonly market: RecordedSymbolMarket }>();
  readonly #steps: readonly EpochMs[];
  #at: EpochMs = Number.NEGATIVE_INFINITY;
  #sequence = 0;

  constructor(day: RecordedDay) {
    const numbers = numberSymbols(day.symbols.map((one) => one.symbol));
    const times = new Set<EpochMs>();
    for (const recorded of day.symbols) {
      const market = new RecordedSymbolMarket(recorded, numbers.get(recorded.symbol) as number);
      this.#symbols.set(recorded.symbol, market);
      for (const listing of market.listings) this.#byConId.set(listing.conId, { listing, market });
      for (const snapshot of recorded.snapshots) times.add(snapshot.at);
    }
    this.#steps = [...times].sort((a, b) => a - b);
  }

  advance(at: EpochMs): readonly number[] {
    if (at < this.#at) throw Object.assign(new Error('a market cannot go back in time'), { code: 'MARKET_BACKWARDS' });
    this.#at = at;
    const changed = new Set<number>();
    for (let next = this.#steps[this.#sequence]; next !== undefined && next <= at; next = this.#steps[this.#sequence]) {
      this.#sequence += 1;
      for (const market of this.#symbols.values()) market.turnTo(next, this.#sequence, changed);
    }
    return [...changed];
  }

  nextChange(after: EpochMs): EpochMs | null {
    return this.#steps.find((step) => step > after) ?? null;
  }

  get sequence(): number {
    return this.#sequence;
  }

  sequenceOf(conId: number): number {
    return this.#byConId.get(conId)?.market.sequenceOf(conId) ?? 0;
  }

  quote(conId: number): MarketQuote | null {
    return this.#byConId.get(conId)?.market.quote(conId) ?? null;
  }

  listing(conId: number): Listing | null {
    return this.#byConId.get(conId)?.listing ?? null;
  }

  symbols(): readonly string[] {
    return [...this.#symbols.keys()];
  }

  listings(symbol: string): readonly Listing[] {
    return this.#symbols.get(symbol)?.listings ?? [];
  }

  history(): readonly Bar[] | null {
    return null;
  }
}
