import type { EpochMs, IsoDate } from '../calendar/time.ts';
import type { Money } from '../market/money.ts';
import { type Breaker, CLOSED } from './breaker.ts';

/** Each breaker with what it counts: kept on disk. */
export interface Breakers {
  /** The first net liquidation value of a trading day; `null` = not seen yet. */
  readonly dailyLoss: Breaker & { readonly tradingDay: IsoDate; readonly start: Money | null };
  /** The highest net liquidation value since a person last cleared it. */
  readonly drawdown: Breaker & { readonly peak: Money | null };
  readonly lossStreak: Breaker & {
    readonly losses: number;
    /** What each instrument that is held had brought before, by its key. */
    readonly held: Readonly<Record<string, Money>>;
    /** Shares of each underlying: they move when an option is assigned. */
    readonly shares: Readonly<Record<string, number>>;
  };
  readonly rejectedOrders: Breaker & {
    readonly rejections: number;
    readonly tradingDay: IsoDate;
    /** Orders of that day that have been counted. */
    readonly counted: Readonly<Record<string, 'accepted' | 'rejected'>>;
  };
  readonly failedCalls: Breaker;
  /** Per symbol: good looks in a row, or as a negative number faulty ones; counted up to the limit. */
  readonly dataQuality: Breaker & { readonly runs: Readonly<Record<string, number>> };
  readonly excessLiquidity: Breaker;
}

export type BreakerName = keyof Breakers;

/** In the order in which they are shown. */
export const BREAKER_TITLES: Readonly<Record<BreakerName, string>> = {
  dailyLoss: 'Daily loss',
  drawdown: 'Drawdown',
  lossStreak: 'Loss streak',
  rejectedOrders: 'Rejected orders',
  failedCalls: 'Failed calls',
  dataQuality: 'Data quality',
  excessLiquidity: 'Excess liquidity',
};

export const BREAKER_NAMES = Object.keys(BREAKER_TITLES) as readonly BreakerName[];

/** The account when it was last looked at. */
export interface Figures {
  readonly at: EpochMs;
  readonly netLiquidation: Money | null;
  readonly excessLiquidity: Money | null;
  /** Why they are not known, or `null`. */
  readonly fault: string | null;
}

export interface Call {
  readonly at: EpochMs;
  readonly ok: boolean;
}

export interface RiskState {
  readonly breakers: Breakers;
  /** Not kept: a new process looks for itself first. */
  readonly figures: Figures;
  readonly calls: readonly Call[];
}

const CLEAR: Breakers = {
  dailyLoss: { ...CLOSED, tradingDay: '', start: null },
  drawdown: { ...CLOSED, peak: null },
  lossStreak: { ...CLOSED, losses: 0, held: {}, shares: {} },
  rejectedOrders: { ...CLOSED, rejections: 0, tradingDay: '', counted: {} },
  failedCalls: CLOSED,
  dataQuality: { ...CLOSED, runs: {} },
  excessLiquidity: CLOSED,
};

const POSITIONS: readonly unknown[] = ['closed', 'open', 'halfOpen'];

/** After a start: breakers as they were stored, and nothing seen yet. One that was stored and cannot be read is open. */
export function startingState(stored: Breakers | null, now: EpochMs): RiskState {
  const breakers: Partial<Record<BreakerName, Breaker>> = {};
  for (const name of BREAKER_NAMES) {
    const found = (stored as Partial<Breakers> | null)?.[name];
    if (found === undefined) breakers[name] = CLEAR[name];
    else breakers[name] = readable(found) ? { ...CLEAR[name], ...found } : unreadable(name, now);
  }
  const fault = 'the account has not been looked at since the start';
  return {
    breakers: breakers as Breakers,
    figures: { at: now, netLiquidation: null, excessLiquidity: null, fault },
    calls: [],
  };
}

function readable(found: Partial<Breaker> | null): boolean {
  if (found === null || typeof found !== 'object' || !POSITIONS.includes(found.state)) return false;
  return Number.isFinite(found.since) && (found.state === 'closed' || typeof found.clears?.rule === 'string');
}

function unreadable(name: BreakerName, now: EpochMs): Breaker {
  const reason = 'what was stored of it cannot be read';
  return { ...CLEAR[name], state: 'open', since: now, reason, clears: { rule: 'person' } };
}
