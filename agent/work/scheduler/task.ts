import type { Phase } from '../../core/calendar/phase.ts';
import type { EpochMs, IsoDate } from '../../core/calendar/time.ts';

export type Priority = 'critical' | 'high' | 'normal' | 'low' | 'background';
export type Category = 'trading' | 'data' | 'research' | 'maintenance' | 'monitoring';

/**
 * How often a task runs. Times are New York wall clock as `HH:MM`.
 * at                 on trading days at these times
 * every              counted from the open up to and with the close, or from midnight, day and night
 * oncePerPhase       as soon as it may, in each of its phases
 * oncePerTradingDay  as soon as it may, once between one 8:00 of a trading day and the next
 * interval           as soon as it may, this long after its last start
 */
export type Recurrence =
  | { readonly kind: 'at'; readonly times: readonly string[] }
  | { readonly kind: 'every'; readonly minutes: number; readonly from: 'open' | 'midnight' }
  | { readonly kind: 'oncePerPhase' }
  | { readonly kind: 'oncePerTradingDay' }
  | { readonly kind: 'interval'; readonly minutes: number };

/**
 * What becomes of an occurrence that could not start in time.
 * skip       never run late: whatever can trade
 * runWithin  run late, if not later than so many minutes
 * runOnce    run late, whenever that is
 * alarm      as skip, and a person is told
 */
export type MissedPolicy =
  | { readonly kind: 'skip' }
  | { readonly kind: 'runWithin'; readonly minutes: number }
  | { readonly kind: 'runOnce' }
  | { readonly kind: 'alarm' };

/** child: a process of its own that may not use more memory than its cap. */
export type Isolation = { readonly kind: 'agent' } | { readonly kind: 'child'; readonly capMb: number };

/** What a run has done so far. */
export interface Progress {
  readonly done: number;
  readonly of: number;
  readonly best: string;
}

export interface TaskRun {
  readonly task: string;
  readonly dueAt: EpochMs;
  /** Read once; the run works with this instant. */
  readonly now: EpochMs;
  readonly tradingDay: IsoDate;
  readonly late: boolean;
  /** When it will be told to stop at the latest. */
  readonly until: EpochMs;
  readonly signal: AbortSignal;
  progress(progress: Progress): void;
}

/** A task as the scheduler sees it, without what it does. */
export interface Plan {
  readonly name: string;
  /** What it does, for people. */
  readonly title: string;
  readonly workflow: string;
  readonly priority: Priority;
  readonly category: Category;
  readonly enabled: boolean;
  readonly estimatedMinutes: number;
  readonly maxMinutes: number;
  readonly memoryMb: number;
  /** Keeps a core busy: never two of these at once. */
  readonly cpuIntensive: boolean;
  readonly phases: readonly Phase[] | 'always';
  readonly market: 'open' | 'closed' | 'any';
  readonly recurrence: Recurrence;
  /** Must have completed this trading day; for research, since its window began. */
  readonly dependencies: readonly string[];
  readonly conflicts: readonly string[];
  readonly interruptible: boolean;
  readonly missed: MissedPolicy;
  readonly isolation: Isolation;
  /** It can send an order: held while the clock or the books are in doubt. */
  readonly canTrade: boolean;
}

export interface Task extends Plan {
  /** Resolves with one line on what was done; rejects when it failed. */
  run(run: TaskRun): Promise<string>;
}

export const PRIORITIES: readonly Priority[] = ['critical', 'high', 'normal', 'low', 'background'];

export function rankOf(priority: Priority): number {
  return PRIORITIES.indexOf(priority);
}

/** Due at instants that are known beforehand, rather than as soon as it may. */
export function isTimed({ recurrence }: Pick<Plan, 'recurrence'>): boolean {
  return recurrence.kind === 'at' || recurrence.kind === 'every';
}

/** What keeps a core or a process of its own busy. */
export function isHeavy({ cpuIntensive, isolation }: Pick<Plan, 'cpuIntensive' | 'isolation'>): boolean {
  return cpuIntensive || isolation.kind === 'child';
}
