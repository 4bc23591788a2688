import type { EpochMs } from '../../core/calendar/time.ts';
import type { Clock, Timer } from '../../edges/system/clock.ts';
import type { ExchangeView } from './exchange-view.ts';
import type { Market } from './market.ts';
import type { SimulatedBook } from './simulated-book.ts';

type StepListener = (changed: readonly number[], at: EpochMs) => void;

/** Market and book on one clock. Each step moves the market, then matches the book, then tells the servers. */
export class SimulatedExchange implements ExchangeView {
  readonly market: Market;
  readonly book: SimulatedBook;
  readonly clock: Clock;
  readonly #listeners = new Set<StepListener>();
  #timer: Timer | null = null;
  #steppedTo: EpochMs = Number.NEGATIVE_INFINITY;

  constructor(parts: { readonly market: Market; readonly book: SimulatedBook; readonly clock: Clock }) {
    this.market = parts.market;
    this.book = parts.book;
    this.clock = parts.clock;
  }

  /** Catches up with the clock and steps on by itself until `stop`. */
  start(): void {
    if (this.#timer === null) this.#turn();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** Moves everything to an instant, which must not lie before the last one. */
  step(at: EpochMs): void {
    this.#steppedTo = at;
    const changed = this.market.advance(at);
    this.book.match(at);
    for (const listener of this.#listeners) listener(changed, at);
  }

  /** The next instant after `at` at which anything happens here. */
  nextChange(at: EpochMs): EpochMs {
    return Math.min(this.market.nextChange(at) ?? Number.POSITIVE_INFINITY, this.book.nextChange(at));
  }

  onStep(listener: StepListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A clock that was set back does not take the market with it. */
  #turn(): void {
    const now = Math.max(this.clock.now(), this.#steppedTo);
    this.step(now);
    this.#timer = this.clock.at(this.nextChange(now), () => this.#turn());
  }
}
