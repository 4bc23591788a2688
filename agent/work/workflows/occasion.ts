import type { EpochMs, IsoDate } from '../../core/calendar/time.ts';

/** Why and when a workflow runs. It reads no clock of its own. */
export interface Occasion {
  readonly task: string;
  readonly now: EpochMs;
  readonly tradingDay: IsoDate;
  /** When it will be told to stop at the latest. */
  readonly until: EpochMs;
  readonly signal: AbortSignal;
  progress(progress: { readonly done: number; readonly of: number; readonly best: string }): void;
}

/** Resolves with one line on what was done; rejects when it failed. */
export type Workflow = (occasion: Occasion) => Promise<string>;

/** `3 chains`, `1 chain`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
