import type { EpochMs } from '../../core/calendar/time.ts';
import type { Chain } from '../../core/market/chain.ts';
import type { Fill } from '../../core/orders/fill.ts';
import type { Intent } from '../../core/orders/intent.ts';
import type { Order } from '../../core/orders/order.ts';
import type { Position } from '../../core/portfolio/position.ts';
import type { TradingState } from '../../core/risk/trading-state.ts';
import type { Decision } from '../../core/strategy/decision.ts';
import type { Alert, DayStart, DayStatistics, FuturesQuote, Occurrence, PriceHistory } from './records.ts';

/** Every table with the record it holds. Keys are given by the caller and sort by time where that matters. */
export interface Tables {
  /** key: intent id */
  readonly intents: Intent;
  /** key: intent id */
  readonly orders: Order;
  /** key: `timeKey(at)/execId` */
  readonly fills: Fill;
  /** key: instrument key */
  readonly positions: Position;
  /** key: `timeKey(at)/strategy/symbol` */
  readonly decisions: Decision;
  /** key: `timeKey(dueAt)/task` */
  readonly occurrences: Occurrence;
  /** key: trading day */
  readonly dayStarts: DayStart;
  /** key: trading day */
  readonly statistics: DayStatistics;
  /** key: alert key */
  readonly alerts: Alert;
  /** key: `trading` */
  readonly tradingState: TradingState;
  /** key: symbol */
  readonly histories: PriceHistory;
  /** key: `timeKey(at)/symbol` */
  readonly futures: FuturesQuote;
  /** key: name of a counter, such as `orderId` */
  readonly counters: { readonly value: number };
}

export type TableName = keyof Tables;

export type Write = {
  [T in TableName]:
    | { readonly table: T; readonly key: string; readonly put: Tables[T] }
    | { readonly table: T; readonly key: string; readonly remove: true };
}[TableName];

export interface Range {
  /** First key wanted. */
  readonly from?: string;
  /** First key no longer wanted. */
  readonly before?: string;
  readonly newestFirst?: boolean;
  readonly most?: number;
}

/**
 * The memory of the appliance. Opening fails with a `StoreError` (codes `STORE_LOCKED`, `STORE_NEWER`, `STORE_CORRUPT`,
 * `STORE_UNAVAILABLE`) whose message is one clear sentence.
 */
export interface Store {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** All or nothing. `sync` = on disk before it resolves: for intents, orders, fills, positions, state and occurrences. */
  commit(writes: readonly Write[], durability: 'sync' | 'lazy'): Promise<void>;
  get<T extends TableName>(table: T, key: string): Promise<Tables[T] | null>;
  list<T extends TableName>(table: T, range?: Range): Promise<readonly (readonly [string, Tables[T]])[]>;
  /**
   * Packed columns, not synced: a lost snapshot is a gap, not a wrong book. `keptChain` says what comes back. A chain of the
   * same symbol and time is replaced.
   */
  putChain(chain: Chain): Promise<void>;
  /** The newest chain taken at or before `at` that can be read: nothing later can be seen. */
  chainAt(symbol: string, at: EpochMs): Promise<Chain | null>;
  /** The chains taken in [from, before), oldest first, each read once: the way to go through a day. */
  chains(symbol: string, from: EpochMs, before: EpochMs): AsyncIterable<Chain>;
  /** When chains were taken, oldest first. */
  chainTimes(symbol: string, from: EpochMs, before: EpochMs): Promise<readonly EpochMs[]>;
}

export type StoreErrorCode = 'STORE_LOCKED' | 'STORE_NEWER' | 'STORE_CORRUPT' | 'STORE_UNAVAILABLE';

export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

const KEY_DIGITS = 13;

/** Sorts as text in the order of time. */
export function timeKey(at: EpochMs): string {
  return String(at).padStart(KEY_DIGITS, '0');
}
