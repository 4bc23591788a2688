import type { EpochMs } from '../calendar/time.ts';

/** active: may open. reducing: may only close. halted: may send no order. */
export interface TradingState {
  readonly state: 'active' | 'reducing' | 'halted';
  readonly reason: string;
  readonly since: EpochMs;
}
