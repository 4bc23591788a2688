import { newYorkDay } from '../calendar/new-york.ts';
import { sessionOnDay } from '../calendar/sessions.ts';
import { type EpochMs, MINUTE_MS } from '../calendar/time.ts';
import { clearsText, isOpen } from './breaker.ts';
import type { BreakerAction, BreakerLimits } from './breaker-limits.ts';
import { BREAKER_NAMES, BREAKER_TITLES, type BreakerName, type Figures, type RiskState } from './risk-state.ts';
import { stricter, type TradingState } from './trading-state.ts';

/** Something beside the owner's own switch that holds trading back: an open breaker, or figures that are not known. */
export interface Hold {
  readonly name: BreakerName | 'account';
  readonly title: string;
  readonly state: 'open' | 'halfOpen' | 'unknown';
  readonly action: BreakerAction;
  readonly since: EpochMs;
  readonly reason: string;
  /** The end of a sentence that begins with "clears". */
  readonly clears: string;
}

/** In the order in which they are shown. Empty = trading is as free as the owner left it. */
export function holdsOf(state: RiskState, limits: BreakerLimits, now: EpochMs): readonly Hold[] {
  const holds: Hold[] = [];
  for (const name of BREAKER_NAMES) {
    const breaker = state.breakers[name];
    if (breaker.state === 'closed') continue;
    const { since, reason } = breaker;
    const { action } = limits[name];
    holds.push({
      ...{ name, title: BREAKER_TITLES[name], state: breaker.state, action },
      ...{ since, reason, clears: clearsText(breaker) },
    });
  }
  const reason = unknownFigures(state.figures, limits, now);
  if (reason === null) return holds;
  const unknown = { name: 'account', title: 'Account', state: 'unknown', action: 'reducing' } as const;
  return [...holds, { ...unknown, since: state.figures.at, reason, clears: 'with the next look at the account' }];
}

/**
 * The strictest of the owner's switch and what holds trading back. The owner's halt is above all: it is shown with its own reason,
 * and nothing here lifts it.
 */
export function foldState(owner: TradingState, holds: readonly Hold[]): TradingState {
  let first: Hold | null = null;
  for (const hold of holds) if (first === null || stricter(hold.action, first.action)) first = hold;
  if (first === null || !stricter(first.action, owner.state)) return owner;
  const others = holds.length === 1 ? '' : `, and ${holds.length - 1} more`;
  const reason = `${first.title}: ${first.reason}; clears ${first.clears}${others}`;
  return { state: first.action, reason, since: first.since };
}

/** What the open breakers alone ask for: of what is not known nothing is taken back that works already. */
export function breakerState({ breakers }: RiskState, limits: BreakerLimits): TradingState['state'] {
  let state: TradingState['state'] = 'active';
  for (const name of BREAKER_NAMES) {
    if (isOpen(breakers[name]) && stricter(limits[name].action, state)) state = limits[name].action;
  }
  return state;
}

/** Without them neither loss nor liquidity can be judged. Outside the session nothing is asked of their age. */
function unknownFigures(figures: Figures, limits: BreakerLimits, now: EpochMs): string | null {
  const { at, netLiquidation, excessLiquidity, fault } = figures;
  if (fault !== null) return fault;
  if (netLiquidation === null) return 'the net liquidation value is not known';
  if (excessLiquidity === null) return 'the excess liquidity is not known';
  const session = sessionOnDay(newYorkDay(now));
  if (session === null || now < session.open || now >= session.close) return null;
  const age = now - at;
  if (age >= 0 && age <= limits.maxFigureAgeMs) return null;
  return `its figures are ${Math.round(age / MINUTE_MS)} minutes old`;
}
