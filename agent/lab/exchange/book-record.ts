import type { EpochMs, IsoDate } from '../../core/calendar/time.ts';
import type { Money } from '../../core/market/money.ts';
import type { BookExecution, BookOrder, BookStatus, OrderRequest } from './book.ts';

export const BOOK_VERSION = 1;

/** One execution and what the ledger must know to carry it. The whole-combo line has multiplier 0: it moves nothing. */
export interface ExecutedLeg {
  readonly execution: BookExecution;
  readonly multiplier: number;
  /** The sequence of the quote it was filled on. */
  readonly on: number;
}

export interface ChargedFees {
  /** By the rates alone. */
  readonly rated: Money;
  /** With the minimum of the order. */
  readonly paid: Money;
}

/**
 * All that ever changes a book. The state is a fold over these records and nothing else, so that a book read back from its
 * file is the book that wrote it.
 */
export type BookRecord =
  | {
      readonly kind: 'opened';
      readonly version: number;
      readonly accounts: readonly { readonly account: string; readonly cash: Money }[];
    }
  | { readonly kind: 'day'; readonly date: IsoDate; readonly equity: readonly (readonly [string, Money])[] }
  | { readonly kind: 'accepted'; readonly order: BookOrder; readonly resting: boolean }
  | {
      readonly kind: 'modified';
      readonly permId: number;
      readonly request: OrderRequest;
      readonly acceptedOn: number;
      readonly status: BookStatus;
      readonly resting: boolean;
    }
  /** The order id is used up. */
  | { readonly kind: 'refused'; readonly clientId: number; readonly orderId: number }
  /** A newer quote did not fill it: from now on it fills at its own limit, never better. */
  | { readonly kind: 'resting'; readonly permId: number }
  | {
      readonly kind: 'status';
      readonly permId: number;
      readonly status: BookStatus;
      readonly reason: string;
      readonly at: EpochMs;
    }
  | {
      readonly kind: 'filled';
      readonly permId: number;
      readonly at: EpochMs;
      readonly on: number;
      readonly quantity: number;
      readonly price: Money;
      readonly fees: ChargedFees;
      readonly legs: readonly ExecutedLeg[];
    }
  /** A revision supersedes an execution: same fill, another price. */
  | { readonly kind: 'corrected'; readonly execId: string; readonly execution: BookExecution }
  /** Order ids above this one are free again. */
  | { readonly kind: 'rolledBack'; readonly clientId: number; readonly to: number }
  | {
      readonly kind: 'settled';
      readonly account: string;
      readonly conId: number;
      readonly outcome: 'worthless' | 'exercised' | 'assigned';
      readonly quantity: number;
      readonly multiplier: number;
      readonly sharesConId: number;
      /** Signed: what the account receives. */
      readonly shares: number;
      readonly strike: Money;
      readonly at: EpochMs;
    };

export interface BookJournal {
  /** `durable`: it is on the disk when this returns. */
  append(record: BookRecord, durable: boolean): void;
}
