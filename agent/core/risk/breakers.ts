import type { EpochMs } from '../calendar/time.ts';
import type { Money } from '../market/money.ts';
import { type Breaker, closed, isOpen, nextMorning, personMayClear } from './breaker.ts';
import { dailyLoss, drawdown, excessLiquidity, marginWarning } from './breaker-account.ts';
import { failedCalls, probing } from './breaker-calls.ts';
import { dataQuality } from './breaker-data.ts';
import type { BreakerLimits } from './breaker-limits.ts';
import { lossStreak, rejectedOrders } from './breaker-streaks.ts';
import type { Observation, Seen } from './observation.ts';
import { BREAKER_NAMES, type BreakerName, type Breakers, type RiskState } from './risk-state.ts';

export interface StepAt {
  readonly limits: BreakerLimits;
  readonly now: EpochMs;
}

/**
 * The state after one more observation. What is due by `now` clears first. The same `breakers` come back when nothing is to be
 * stored. Throws a RangeError outside the calendar's years.
 */
export function step(before: RiskState, observation: Observation, at: StepAt): RiskState {
  const state = afterTime(before, at);
  const { breakers } = state;
  switch (observation.kind) {
    case 'time':
      return state;
    case 'account':
      return account(state, observation, at);
    case 'marginWarning': {
      const next = marginWarning(breakers.excessLiquidity, observation.reason, at);
      return withBreakers(state, { excessLiquidity: next });
    }
    case 'orders':
      return withBreakers(state, { rejectedOrders: rejectedOrders(breakers.rejectedOrders, observation.orders, at) });
    case 'positions':
      return withBreakers(state, { lossStreak: lossStreak(breakers.lossStreak, observation.positions, at) });
    case 'call': {
      const seen = failedCalls({ breaker: breakers.failedCalls, calls: state.calls }, observation, at);
      return { ...withBreakers(state, { failedCalls: seen.breaker }), calls: seen.calls };
    }
    case 'look':
      return withBreakers(state, { dataQuality: dataQuality(breakers.dataQuality, observation, at) });
    case 'person':
      return byPerson(state, at.now);
  }
}

function account(state: RiskState, seen: Seen<'account'>, at: StepAt): RiskState {
  const { netLiquidation, excessLiquidity: excess, fault } = seen;
  const figures = { at: at.now, netLiquidation, excessLiquidity: excess, fault };
  const { breakers } = state;
  const changes: { -readonly [N in BreakerName]?: Breakers[N] } = {};
  if (netLiquidation !== null) {
    changes.dailyLoss = dailyLoss(breakers.dailyLoss, netLiquidation, at);
    changes.drawdown = drawdown(breakers.drawdown, netLiquidation, at);
    if (excess !== null) {
      const both = { netLiquidation, excessLiquidity: excess };
      changes.excessLiquidity = excessLiquidity(breakers.excessLiquidity, both, at);
    }
  }
  return { ...withBreakers(state, changes), figures };
}

function afterTime(state: RiskState, at: StepAt): RiskState {
  const changes: Partial<Record<BreakerName, Breaker>> = {};
  for (const name of BREAKER_NAMES) {
    const breaker = sinceNow(state.breakers[name], at.now);
    const due = breaker.clears?.rule === 'time' && at.now >= breaker.clears.at;
    changes[name] = due ? cleared(name, state, at.now) : probing(breaker, at.now);
  }
  const data = dataQuality(changes.dataQuality as Breakers['dataQuality'], null, at);
  return withBreakers(state, { ...(changes as Partial<Breakers>), dataQuality: data });
}

/** Opened in the future: the clock was wrong then, and so was the instant at which it was to clear. */
function sinceNow<T extends Breaker>(breaker: T, now: EpochMs): T {
  const { state, since, clears } = breaker;
  if (state === 'closed' || since <= now || clears === null) return breaker;
  if (clears.rule === 'time') return { ...breaker, since: now, clears: { ...clears, at: nextMorning(now) } };
  if (clears.rule === 'probe') return { ...breaker, since: now, clears: { ...clears, at: now + clears.quietMs } };
  if (clears.rule === 'person' || clears.notBefore === 0) return { ...breaker, since: now };
  return { ...breaker, since: now, clears: { ...clears, notBefore: nextMorning(now) } };
}

function byPerson(state: RiskState, now: EpochMs): RiskState {
  const changes: Partial<Record<BreakerName, Breaker>> = {};
  for (const name of BREAKER_NAMES) {
    const breaker = state.breakers[name];
    if (isOpen(breaker) && personMayClear(breaker)) changes[name] = cleared(name, state, now);
  }
  return withBreakers(state, changes as Partial<Breakers>);
}

/** Closed, and counting anew: what opened it must not open it again at once. */
function cleared(name: BreakerName, { breakers, figures }: RiskState, now: EpochMs): Breaker {
  switch (name) {
    case 'dailyLoss':
      return { ...closed(breakers.dailyLoss, now), tradingDay: '', start: null } as Breaker;
    case 'drawdown':
      return { ...closed(breakers.drawdown, now), peak: figures.netLiquidation satisfies Money | null } as Breaker;
    case 'lossStreak':
      return { ...closed(breakers.lossStreak, now), losses: 0 } as Breaker;
    case 'rejectedOrders':
      return { ...closed(breakers.rejectedOrders, now), rejections: 0 } as Breaker;
    default:
      return closed(breakers[name], now);
  }
}

function withBreakers(state: RiskState, changes: Partial<Breakers>): RiskState {
  const same = BREAKER_NAMES.every((name) => changes[name] === undefined || changes[name] === state.breakers[name]);
  return same ? state : { ...state, breakers: { ...state.breakers, ...changes } };
}
