import { type EpochMs, HOUR_MS } from './time.ts';
import { RESERVES, type ResearchWindow, type Reserves, type WindowKind, windowAt } from './windows.ts';

/** What is left of a research window. Hours are clock hours that really pass: a night with a change of clocks is longer or shorter. */
export interface Budget {
  readonly type: WindowKind;
  /** From now, or from the window's start while that is to come, to the next trading day's 8:00. */
  readonly totalHours: number;
  readonly reserveHours: number;
  /** Total less reserve, never below 0. */
  readonly researchHours: number;
  /** More than 12 research hours. */
  readonly extended: boolean;
  /** Research done in this window so far. */
  readonly usedHours: number;
}

/** What a window is best used for, by what is left of it. */
export type WantedWork = 'cleanUp' | 'research' | 'data' | 'preparation';

/** A budget with more research hours than this is extended. */
export const EXTENDED_HOURS = 12;
const CLEAN_UP_ABOVE = 0.8;
const DATA_BELOW = 0.2;
const PREPARATION_BELOW_MS = 1.5 * HOUR_MS;

export interface BudgetOptions {
  readonly usedMs?: number;
  readonly reserves?: Reserves;
}

/** The budget at an instant. Throws a RangeError outside the calendar's years. */
export function budgetAt(at: EpochMs, { usedMs = 0, reserves = RESERVES }: BudgetOptions = {}): Budget {
  const window = windowAt(at, reserves);
  const totalMs = window.until - Math.max(at, window.from);
  const researchHours = Math.max(0, totalMs - window.reserveMs) / HOUR_MS;
  return {
    type: window.type,
    totalHours: totalMs / HOUR_MS,
    reserveHours: window.reserveMs / HOUR_MS,
    researchHours,
    extended: researchHours > EXTENDED_HOURS,
    usedHours: usedMs / HOUR_MS,
  };
}

/**
 * Above 80 % of the window's research time clean-up and reports, then research, below 20 % data, and in the last 1.5 hours
 * preparation. The share is of the whole window, so that it falls as time passes. `null` outside the window's research time.
 */
export function wantedWork(window: ResearchWindow, at: EpochMs): WantedWork | null {
  if (at < window.from || at >= window.until) return null;
  const left = window.researchUntil - at;
  if (left <= PREPARATION_BELOW_MS) return 'preparation';
  const share = left / (window.researchUntil - window.from);
  if (share > CLEAN_UP_ABOVE) return 'cleanUp';
  return share > DATA_BELOW ? 'research' : 'data';
}
