import type { EpochMs } from '../calendar/time.ts';
import type { Instrument, Side } from '../market/contract.ts';
import type { Money } from '../market/money.ts';

/** One execution. `execId` is its identity; the part after the last dot is its revision: a higher one replaces the lower. */
export interface Fill {
  readonly execId: string;
  /** The intent it belongs to; empty when it is not ours. */
  readonly orderRef: string;
  readonly permId: number;
  readonly instrument: Instrument;
  readonly conId: number;
  readonly side: Side;
  readonly quantity: number;
  /** Per share. */
  readonly price: Money;
  readonly at: EpochMs;
  /** The broker closed it by force. */
  readonly liquidation?: true;
}
