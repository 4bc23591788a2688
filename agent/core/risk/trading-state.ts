import type { EpochMs } from '../calendar/time.ts';

/** active: may open. reducing: may only close. halted: may send no order. */
export interface TradingState {
  readonly state: 'active' | 'reducing' | 'halted';
  readonly reason: string;
  readonly since: EpochMs;
}

const STRICTNESS: Readonly<Record<TradingState['state'], number>> = { active: 0, reducing: 1, halted: 2 };

export function stricter(a: TradingState['state'], b: TradingState['state']): boolean {
  return STRICTNESS[a] > STRICTNESS[b];
}
