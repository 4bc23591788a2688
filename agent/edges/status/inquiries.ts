import type { EpochMs, IsoDate } from '../../core/calendar/time.ts';
import type { ShownMoney, ShownOrder, ShownPosition } from './snapshot.ts';

/** One order as it stands: ours with what decided it, or one of somebody else's, which is shown and never touched. */
export interface OrderRow extends ShownOrder {
  readonly foreign: boolean;
  /** Still in the book, or not known to have left it. */
  readonly working: boolean;
  readonly tradingDay: IsoDate | null;
  readonly task: string;
  readonly strategy: string;
  readonly decidedAt: EpochMs | null;
  readonly commission: ShownMoney;
  /** The broker's own, stable name for it. */
  readonly permId: number | null;
}

export interface PositionRow extends ShownPosition {
  readonly realized: ShownMoney;
  readonly commission: ShownMoney;
  readonly openedAt: EpochMs | null;
}

/** A difference between our books and the broker's that stands. */
export interface FindingRow {
  readonly kind: string;
  readonly symbol: string;
  readonly text: string;
  readonly evidence: readonly string[];
  readonly effect: string;
}

/** One that our books have followed. */
export interface AdoptionRow {
  readonly at: EpochMs;
  readonly kind: string;
  readonly symbol: string;
  readonly text: string;
  readonly evidence: readonly string[];
  readonly by: string;
}

export interface BooksAnswer {
  readonly state: 'pending' | 'agreed' | 'waiting' | 'unknown' | 'differs';
  readonly reason: string;
  readonly at: EpochMs;
  readonly differences: readonly FindingRow[];
  readonly foreignPositions: number;
  readonly foreignOrders: number;
  /** Newest first. */
  readonly adoptions: readonly AdoptionRow[];
}

export interface CandidateRow {
  readonly name: string;
  readonly bid: ShownMoney;
  readonly ask: ShownMoney;
  readonly limit: ShownMoney;
  readonly delta: number;
  readonly impliedVolatility: number;
  readonly daysToExpiration: number;
  readonly openInterest: number;
  readonly volume: number;
  readonly quotedAt: EpochMs;
  readonly score: number;
  readonly parts: readonly { readonly name: string; readonly value: number | null; readonly note: string }[];
  readonly against: readonly string[];
}

/** What a strategy answered last about a symbol, with everything it looked at. */
export interface WhyAnswer {
  readonly symbol: string;
  readonly at: EpochMs;
  readonly tradingDay: IsoDate;
  readonly task: string;
  readonly strategy: string;
  readonly outcome: 'trade' | 'noTrade';
  /** What was chosen, or empty. */
  readonly chosen: string;
  readonly reasons: readonly { readonly rule: string; readonly text: string }[];
  /** Contracts that were looked at. */
  readonly considered: number;
  readonly ruledOut: Readonly<Record<string, number>>;
  /** Best first. */
  readonly candidates: readonly CandidateRow[];
  /** What became of it. */
  readonly order: OrderRow | null;
}

/** What a person may ask beyond the snapshot. */
export interface Inquiries {
  /** Of today and whatever works, newest first; `all` = of all time. */
  orders(all: boolean): readonly OrderRow[];
  positions(): readonly PositionRow[];
  books(): Promise<BooksAnswer>;
  /** The last decision about a symbol, of a day when one is named; `null` = there is none. */
  why(symbol: string, day: IsoDate | null): Promise<WhyAnswer | null>;
  /** All that is stored, as it stands now, as the bytes of a back-up that is not locked; `null` = none is kept on a disk. */
  backUp(signal: AbortSignal): AsyncIterable<Buffer> | null;
}
