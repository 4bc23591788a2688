import type { EpochMs, IsoDate } from '../../core/calendar/time.ts';

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
  readonly netLiquidation: number;
  readonly at: EpochMs;
}

/** What the statistics task leaves behind of a trading day. Money in 1/10,000 dollars. */
export interface DayStatistics {
  readonly tradingDay: IsoDate;
  readonly netLiquidation: number | null;
  readonly realized: number;
  readonly unrealized: number;
  readonly commission: number;
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
