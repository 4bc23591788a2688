import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Book, BookEvent, BookOrder, OrderRequest } from '../book.ts';
import type { BookRecord } from '../book-record.ts';
import type { BookState } from '../ledger.ts';
import type { Market } from '../market.ts';

/** What a fault may do with a book. */
export interface BookHand {
  readonly book: Book;
  readonly market: Market;
  readonly state: BookState;
  /** Writes, applies and tells a change that no client asked for. */
  change(record: BookRecord): void;
  tell(event: BookEvent): void;
  /** Orders that were not transmitted are gone, as when the gateway that held them ends. */
  forgetHeld(): void;
}

/** Where the book asks whether something goes wrong. */
export interface BookFaults {
  /** Once, when the book is ready. */
  attach(hand: BookHand): void;
  /** True when a fault decides on an order that the book would accept. */
  takesOver(request: OrderRequest, at: EpochMs): boolean;
  /** Whether the market may fill an order that could be filled. */
  mayFill(order: BookOrder): boolean;
  /** Whether a cancel of a working order is obeyed now. */
  mayCancel(order: BookOrder, at: EpochMs): boolean;
}

export const NO_BOOK_FAULTS: BookFaults = {
  attach: () => {},
  takesOver: () => false,
  mayFill: () => true,
  mayCancel: () => true,
};
