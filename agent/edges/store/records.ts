import type { EpochMs, IsoDate } from '../../core/calendar/time.ts';
import type { Money } from '../../core/market/money.ts';
import type { FindingKind } from '../../core/portfolio/finding.ts';

/** One planned run of a task. Its key is task and due time, so that a restart cannot run it twice. */
export interface Occurrence {
  readonly task: string;
  readonly dueAt: EpochMs;
  readonly tradingDay: IsoDate;
  readonly state: 'running' | 'done' | 'failed' | 'skipped' | 'missed' | 'interrupted';
  readonly startedAt: EpochMs | null;
  readonly endedAt: EpochMs | null;
  readonly late: boolean;
  readonly note: string;
}

/** Equity at the start of a trading day, so that the day's profit survives a restart. */
export interface DayStart {
  readonly tradingDay: IsoDate;
  readonly netLiquidation: Money;
  readonly at: EpochMs;
}

/** What the statistics task leaves behind of a trading day. */
export interface DayStatistics {
  readonly tradingDay: IsoDate;
  readonly netLiquidation: Money | null;
  readonly realized: Money;
  /** `null` = a position has no trustworthy mark. */
  readonly unrealized: Money | null;
  readonly commission: Money;
  readonly orders: number;
  readonly fills: number;
  readonly decisions: number;
  readonly noTrade: number;
  readonly chains: number;
}

/** Something a person should know of, kept until it is resolved. */
export interface Alert {
  readonly key: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly text: string;
  readonly raisedAt: EpochMs;
  readonly resolvedAt: EpochMs | null;
}

/** A difference from the broker's books that ours have followed: what, why, on which evidence, and on whose word. */
export interface Adoption {
  readonly at: EpochMs;
  readonly kind: FindingKind;
  readonly symbol: string;
  readonly text: string;
  readonly evidence: readonly string[];
  readonly by: string;
  /** The execIds that our books got by it. */
  readonly fills: readonly string[];
}

/** Daily closes and daily implied volatility of one underlying, oldest first. */
export interface PriceHistory {
  readonly symbol: string;
  readonly closes: readonly (readonly [IsoDate, Money])[];
  /** Annual, as a fraction. Empty when the broker has none. */
  readonly impliedVolatility: readonly (readonly [IsoDate, number])[];
  readonly updatedAt: EpochMs;
}

export interface FuturesQuote {
  readonly symbol: string;
  readonly last: Money | null;
  readonly bid: Money | null;
  readonly ask: Money | null;
  readonly quotedAt: EpochMs;
}

/** One day of an underlying as it was traded; `null` = not known. */
export interface DayBar {
  readonly open: Money | null;
  readonly high: Money | null;
  readonly low: Money | null;
  readonly close: Money;
  readonly volume: number | null;
}

/** Implied volatility at the money of one day, as near to the close as a chain was taken. */
export interface DayVolatility {
  /** Annual, as a fraction. */
  readonly impliedVolatility: number;
  readonly takenAt: EpochMs;
}

/** Days on which a company told its results, oldest first. */
export interface Earnings {
  readonly dates: readonly IsoDate[];
}

/** From its date on; continuously compounded per year. */
export interface DayRate {
  readonly rate: number;
}

/** How far the import of a file has come. */
export interface ImportProgress {
  /** Of the file as it was then: another one is read from the start. */
  readonly fingerprint: string;
  readonly finished: boolean;
  /** Per symbol the newest chain that is in the store. */
  readonly through: Readonly<Record<string, EpochMs>>;
  readonly rows: number;
  readonly kept: number;
  readonly chains: number;
  /** What a broken off or damaged file was said of; `null` = whole. */
  readonly trouble: string | null;
}
