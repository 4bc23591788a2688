import type { QuietWindow } from '../core/calendar/quiet-window.ts';
import type { FeeTable } from '../core/market/fees.ts';
import type { Repricing } from '../core/orders/pricing.ts';
import type { BreakerLimits } from '../core/risk/breaker-limits.ts';
import type { RiskLimits } from '../core/risk/limits.ts';
import type { PutWriteOptions } from '../core/strategy/put-write.ts';
import type { ScoreModel } from '../core/strategy/score.ts';
import type { ChainSelection } from '../edges/broker/market-data.ts';
import type { StatusSnapshot } from '../edges/status/snapshot.ts';
import type { ConfiguredTimes } from './registry.ts';

/** Everything that trading needs to be told, as plain values. */
export interface TradingOptions {
  readonly version: string;
  readonly run: StatusSnapshot['run'];
  readonly speed: number;
  readonly symbols: readonly string[];
  /** Multiplier by symbol of the index futures to collect. */
  readonly futures: Readonly<Record<string, number>>;
  readonly selection: Omit<ChainSelection, 'symbol'>;
  readonly putWrite: PutWriteOptions;
  readonly limits: RiskLimits;
  readonly breakers: BreakerLimits;
  readonly quietWindow: QuietWindow;
  readonly repricing: Repricing;
  readonly model: ScoreModel;
  readonly fees: FeeTable;
  /** What the configuration says of the account: compared with what the broker says. */
  readonly account: { readonly mode: 'paper' | 'live'; readonly id: string | null };
  readonly pennyClasses: ReadonlySet<string>;
  readonly times: ConfiguredTimes;
}
