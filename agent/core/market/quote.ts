import type { EpochMs } from '../calendar/time.ts';
import type { Money } from './money.ts';

/** What was actually delivered, which can differ from what was asked for. */
export type DataKind = 'live' | 'frozen' | 'delayed' | 'delayedFrozen';

/** The last known market of one instrument. `null` = the broker has not said, or said that there is none. */
export interface Quote {
  readonly bid: Money | null;
  readonly ask: Money | null;
  readonly last: Money | null;
  readonly close: Money | null;
  readonly bidSize: number | null;
  readonly askSize: number | null;
  readonly volume: number | null;
  /** When bid, ask or last was last heard of. */
  readonly quotedAt: EpochMs;
  readonly data: DataKind;
}
