import type { EpochMs } from '../calendar/time.ts';
import type { Instrument } from '../market/contract.ts';
import type { Money } from '../market/money.ts';

/** What we hold of one instrument. Built from fills only. */
export interface Position {
  readonly instrument: Instrument;
  readonly conId: number;
  /** Negative = short. */
  readonly quantity: number;
  /** Per share, of what is still open, commissions left out. */
  readonly averagePrice: Money;
  /** Premium received (positive) or paid (negative) for what is still open, in all. */
  readonly credit: Money;
  readonly realized: Money;
  readonly commission: Money;
  readonly openedAt: EpochMs;
  readonly updatedAt: EpochMs;
}

/** A position as the broker reports it: compared with ours, never copied over it. */
export interface ReportedPosition {
  readonly instrument: Instrument;
  readonly conId: number;
  readonly quantity: number;
  /** Per share; the broker's figure divided by the multiplier. */
  readonly averagePrice: Money;
}
