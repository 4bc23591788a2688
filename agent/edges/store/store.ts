import type { EpochMs, IsoDate } from '../../core/calendar/time.ts';
import type { Chain } from '../../core/market/chain.ts';
import type { CorporateAction } from '../../core/market/corporate-action.ts';
import type { Fill } from '../../core/orders/fill.ts';
import type { Intent } from '../../core/orders/intent.ts';
import type { Order } from '../../core/orders/order.ts';
import type { ForeignHolding } from '../../core/portfolio/foreign-holding.ts';
import type { Position } from '../../core/portfolio/position.ts';
import type { Breakers } from '../../core/risk/risk-state.ts';
import type { TradingState } from '../../core/risk/trading-state.ts';
import type { Decision } from '../../core/strategy/decision.ts';
import type {
  Adoption,
  Alert,
  DayBar,
  DayRate,
  DayStart,
  DayStatistics,
  DayVolatility,
  Earnings,
  FuturesQuote,
  ImportProgress,
  Occurrence,
  PriceHistory,
} from './records.ts';
import type {
  Report,
  ResearchResult,
  ScheduleControl,
  ScheduleEvent,
  TaskState,
  WindowUse,
} from './schedule-records.ts';

/** Every table with the record it holds. Keys are given by the caller and sort by time where that matters. */
export interface Tables {
  /** key: intent id */
  readonly intents: Intent;
  /** key: intent id */
  readonly orders: Order;
  /** key: `timeKey(at)/execId` */
  readonly fills: Fill;
  /** key: execId; what expiry and assignment did, which no order did */
  readonly settlements: Fill;
  /** key: `timeKey(at)/number` */
  readonly adoptions: Adoption;
  /** key: instrument key */
  readonly foreignHoldings: ForeignHolding;
  /** key: instrument key */
  readonly positions: Position;
  /** key: `timeKey(at)/strategy/symbol` */
  readonly decisions: Decision;
  /** key: `timeKey(dueAt)/task` */
  readonly occurrences: Occurrence;
  /** key: task */
  readonly taskStates: TaskState;
  /** key: `schedule` */
  readonly scheduleControl: ScheduleControl;
  /** key: `timeKey(at)/number` */
  readonly scheduleEvents: ScheduleEvent;
  /** key: `timeKey(from)` */
  readonly windowUses: WindowUse;
  /** key: `timeKey(at)/task` */
  readonly research: ResearchResult;
  /** key: `kind/trading day` */
  readonly reports: Report;
  /** key: trading day */
  readonly dayStarts: DayStart;
  /** key: trading day */
  readonly statistics: DayStatistics;
  /** key: alert key */
  readonly alerts: Alert;
  /** key: `trading` */
  readonly tradingState: TradingState;
  /** key: `breakers` */
  readonly breakers: Breakers;
  /** key: symbol */
  readonly histories: PriceHistory;
  /** key: `timeKey(at)/symbol` */
  readonly futures: FuturesQuote;
  /** key: `dayKey(symbol, date)`; as traded, see history-view.ts for splits and dividends */
  readonly bars: DayBar;
  /** key: `dayKey(symbol, date)`; one value a day, which nothing that makes room ever takes away */
  readonly volatility: DayVolatility;
  /** key: `dayKey(symbol, date)/kind` */
  readonly actions: CorporateAction;
  /** key: symbol */
  readonly earnings: Earnings;
  /** key: date */
  readonly rates: DayRate;
  /** key: paths of what was imported */
  readonly imports: ImportProgress;
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
  /**
   * Takes away the chains of a symbol that were taken at these times; all other chains and every table stay as they are.
   * Answers how many were there. Which to take: core/market/chain-retention.ts.
   */
  dropChains(symbol: string, times: readonly EpochMs[]): Promise<number>;
  /** Gives the room of what was taken away back to the disk; may take minutes. */
  compact(): Promise<void>;
}

export type StoreErrorCode = 'STORE_LOCKED' | 'STORE_NEWER' | 'STORE_CORRUPT' | 'STORE_UNAVAILABLE';

export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Key of the alert that the store did not come through unharmed: until somebody resumes. */
export const STORE_ALERT = 'store';

const KEY_DIGITS = 13;

/** Sorts as text in the order of time. */
export function timeKey(at: EpochMs): string {
  return String(at).padStart(KEY_DIGITS, '0');
}

/** Sorts by symbol, then by date. */
export function dayKey(symbol: string, date: IsoDate): string {
  return `${encodeURIComponent(symbol)}/${date}`;
}

/** The days [from, before) of one symbol in a table whose keys are `dayKey`. */
export function daysOf(symbol: string, from: IsoDate = '', before?: IsoDate): Range {
  const name = encodeURIComponent(symbol);
  // `0` follows `/`: the first key behind those of the symbol.
  return { from: `${name}/${from}`, before: before === undefined ? `${name}0` : `${name}/${before}` };
}
