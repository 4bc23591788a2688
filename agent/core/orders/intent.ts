import type { EpochMs, IsoDate } from '../calendar/time.ts';
import type { ComboLeg, Instrument, Side } from '../market/contract.ts';
import type { Money } from '../market/money.ts';
import type { PricingPlan } from './pricing.ts';

/** An order as decided. Stored, with sync, before the first byte of it is sent. */
export interface Intent {
  /** Computed from trading day, task, strategy and leg, so that a restart repeats it instead of drawing a new one. */
  readonly id: string;
  readonly tradingDay: IsoDate;
  readonly task: string;
  readonly strategy: string;
  readonly instrument: Instrument;
  readonly conId: number;
  readonly side: Side;
  readonly quantity: number;
  /** Per share. */
  readonly limit: Money;
  readonly timeInForce: 'DAY';
  readonly decidedAt: EpochMs;
  /** When the quote was taken that the decision stands on. */
  readonly quotedAt: EpochMs;
  readonly reason: string;
  /** Absent when it has one price and one attempt only. */
  readonly pricing?: PricingPlan;
}

/** A combination of legs with one signed net price: what the broker calls BAG. Negative = a credit. */
export interface ComboInstrument {
  readonly kind: 'combo';
  readonly symbol: string;
  readonly legs: readonly ComboLeg[];
}
