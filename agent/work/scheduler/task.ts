import type { EpochMs, IsoDate } from '../../core/calendar/time.ts';

export type Priority = 'critical' | 'high' | 'normal' | 'low' | 'background';
export type Category = 'trading' | 'data' | 'research' | 'maintenance' | 'monitoring';

/** When a task is due. Times are New York wall clock as `HH:MM`. */
export type Timetable =
  | { readonly kind: 'tradingDays'; readonly times: readonly string[] }
  /** From the open to the close, both included, counted from the open. */
  | { readonly kind: 'whileOpen'; readonly everyMinutes: number }
  /** Day and night, counted from midnight. */
  | { readonly kind: 'always'; readonly everyMinutes: number };

/**
 * What becomes of an occurrence that could not start in time.
 * skip       never run late: whatever can trade
 * runWithin  run late, if not later than so many minutes
 * runOnce    run late, whenever that is
 */
export type MissedPolicy =
  | { readonly kind: 'skip' }
  | { readonly kind: 'runWithin'; readonly minutes: number }
  | { readonly kind: 'runOnce' };

export interface TaskRun {
  readonly task: string;
  readonly dueAt: EpochMs;
  /** Read once; the run works with this instant. */
  readonly now: EpochMs;
  readonly tradingDay: IsoDate;
  readonly late: boolean;
  readonly signal: AbortSignal;
}

export interface Task {
  readonly name: string;
  /** What it does, for the page. */
  readonly title: string;
  readonly priority: Priority;
  readonly category: Category;
  readonly timetable: Timetable;
  readonly maxMinutes: number;
  readonly missed: MissedPolicy;
  /** Resolves with one line on what was done; rejects when it failed. */
  run(run: TaskRun): Promise<string>;
}

const ORDER: readonly Priority[] = ['critical', 'high', 'normal', 'low', 'background'];

export function byPriority(a: Task, b: Task): number {
  return ORDER.indexOf(a.priority) - ORDER.indexOf(b.priority);
}
