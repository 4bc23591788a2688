import type { EpochMs } from '../../core/calendar/time.ts';
import type { Instrument, Side } from '../../core/market/contract.ts';
import type { Money } from '../../core/market/money.ts';
import type { BookExecution, BookOrder } from '../exchange/book.ts';

/** The market's own quote, whatever the agent was told of it. */
export interface TrueQuote {
  readonly bid: Money | null;
  readonly ask: Money | null;
  readonly quotedAt: EpochMs;
  readonly live: boolean;
}

/** An order in the moment before its first byte is written. */
export interface Placing {
  readonly orderId: number;
  readonly orderRef: string;
  readonly conId: number;
  readonly instrument: Instrument | null;
  readonly side: Side;
  readonly quantity: number;
  readonly limit: Money | null;
  /** Its intent was on the disk, safe from any crash. */
  readonly stored: boolean;
  readonly link: string;
  readonly open: boolean;
  /** When the quote was taken that it was decided on; `null` = there is no such intent. */
  readonly decidedOn: EpochMs | null;
  readonly quote: TrueQuote | null;
}

/** What the guard says of itself, beside what the exchange knows in that moment. */
export interface GuardWord {
  readonly halted: 'confirmed' | 'UNCONFIRMED' | null;
  /** Working at the exchange, of all clients. */
  readonly working: number;
}

/** What several intents have in common that are steps of one order: only together may they fill what was wanted. */
export interface Purpose {
  readonly key: string;
  readonly wanted: number;
}

export type Fact =
  | { readonly kind: 'placing'; readonly placing: Placing }
  | {
      readonly kind: 'order';
      readonly order: BookOrder;
      readonly instrument: Instrument | null;
      readonly purpose: Purpose | null;
    }
  | { readonly kind: 'execution'; readonly execution: BookExecution; readonly instrument: Instrument | null }
  /** The exchange has received a cancel of everything. */
  | { readonly kind: 'globalCancel' }
  /** `tripped`: it was not before. */
  | { readonly kind: 'guard'; readonly word: GuardWord; readonly tripped: boolean }
  /** Something of the plan, or a life that began or ended. */
  | { readonly kind: 'event'; readonly text: string }
  | { readonly kind: 'failure'; readonly text: string };

/** In the order in which it happened. */
export type Evidence = Fact & { readonly at: EpochMs };

/** Both books in one moment, once everything has calmed down. */
export interface FinalBooks {
  /** What the appliance says of comparing them itself; `null` = they agree. */
  readonly obstacle: string | null;
  readonly ours: BookPage;
  readonly theirs: BookPage;
}

export interface BookPage {
  /** By reference: what of it is filled, and whether it may still fill. */
  readonly orders: Readonly<Record<string, { readonly filled: number; readonly working: boolean }>>;
  /** By instrument key, without those that are flat. */
  readonly positions: Readonly<Record<string, number>>;
}

export interface StormLimits {
  readonly maxQuoteAgeMs: number;
  readonly maxSecuredPerSymbol: Money;
  readonly maxSecuredTotal: Money;
  readonly maxContractsPerOrder: number;
  readonly maxOrdersPerDay: number;
  /** How far an order may lie from the true market, as a share of its mid. */
  readonly maxLimitDistance: number;
}

export interface StormRecord {
  readonly evidence: readonly Evidence[];
  readonly books: readonly FinalBooks[];
  readonly limits: StormLimits;
  /** The appliance's client: others are somebody else's. */
  readonly clientId: number;
}
