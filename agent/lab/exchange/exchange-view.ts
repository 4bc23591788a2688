import type { EpochMs } from '../../core/calendar/time.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { Book } from './book.ts';
import type { Market } from './market.ts';

/** What the servers of the exchange see of it: its parts, and when they moved. */
export interface ExchangeView {
  readonly market: Market;
  readonly book: Book;
  readonly clock: Clock;
  /** Called after each step of the market, when the book has been matched, with the conIds whose quote changed. */
  onStep(listener: (changed: readonly number[], at: EpochMs) => void): () => void;
}
