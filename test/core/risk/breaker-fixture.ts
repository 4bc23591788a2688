import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { type EpochMs, MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import { money } from '../../../agent/core/market/money.ts';
import type { BreakerLimits } from '../../../agent/core/risk/breaker-limits.ts';
import { step } from '../../../agent/core/risk/breakers.ts';
import { type Hold, holdsOf } from '../../../agent/core/risk/holds.ts';
import type { Observation, SeenPosition } from '../../../agent/core/risk/observation.ts';
import { type RiskState, startingState } from '../../../agent/core/risk/risk-state.ts';

export const LIMITS: BreakerLimits = {
  dailyLoss: { action: 'reducing', maxFraction: 0.03 },
  drawdown: { action: 'reducing', maxFraction: 0.2 },
  lossStreak: { action: 'reducing', trades: 3 },
  rejectedOrders: { action: 'halted', orders: 3 },
  failedCalls: {
    action: 'halted',
    failures: 3,
    maxFraction: 0.5,
    windowMs: 10 * MINUTE_MS,
    quietMs: 10 * MINUTE_MS,
  },
  dataQuality: { action: 'reducing', looks: 2, symbols: ['SPY', 'TSLA'] },
  excessLiquidity: { action: 'reducing', minFraction: 0.1 },
  maxFigureAgeMs: 15 * MINUTE_MS,
};

/** A Friday; the next trading day is Monday, 23 March. */
export function friday(time: string): EpochMs {
  return instantInNewYork('2026-03-20', time);
}

export const MONDAY_8 = instantInNewYork('2026-03-23', '08:00');
export const EMPTY: RiskState = startingState(null, friday('08:00'));

export function after(start: RiskState, now: EpochMs, ...observations: readonly Observation[]): RiskState {
  return observations.reduce((state, each) => step(state, each, { limits: LIMITS, now }), start);
}

export function held(state: RiskState, now: EpochMs): readonly Hold[] {
  return holdsOf(state, LIMITS, now);
}

export function names(state: RiskState, now: EpochMs): readonly string[] {
  return held(state, now).map(({ name }) => name);
}

export function account(netDollars: number, excessDollars = netDollars): Observation {
  return {
    kind: 'account',
    netLiquidation: money(netDollars),
    excessLiquidity: money(excessDollars),
    fault: null,
  };
}

export function call(ok: boolean): Observation {
  return { kind: 'call', ok, question: 'positions', reason: ok ? '' : 'timeout' };
}

export function look(symbol: string, fault: string | null = null): Observation {
  return { kind: 'look', symbol, fault };
}

export function order(id: string, outcome: 'accepted' | 'rejected', tradingDay = '2026-03-20'): Observation {
  return { kind: 'orders', orders: [{ id, tradingDay, outcome }] };
}

export function option(key: string, quantity: number, resultDollars = 0): SeenPosition {
  const result = money(resultDollars);
  return { key, symbol: key.split(' ')[0] as string, kind: 'option', quantity, result, realized: result };
}

export function shares(symbol: string, quantity: number, resultDollars = 0): SeenPosition {
  return { ...option(symbol, quantity, resultDollars), kind: 'stock' };
}

export function positions(...seen: readonly SeenPosition[]): Observation {
  return { kind: 'positions', positions: seen };
}
