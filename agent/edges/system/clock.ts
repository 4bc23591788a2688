import type { EpochMs } from '../../core/calendar/time.ts';

export interface Timer {
  cancel(): void;
}

/**
 * The only source of time. `host` runs it at real or multiplied speed, `manual` moves only when told. Read it once a
 * cycle and pass the value on.
 */
export interface Clock {
  now(): EpochMs;
  /** Runs `work` at `at`, or as soon as possible when that has passed. Errors in `work` are a broken invariant. */
  at(at: EpochMs, work: () => void): Timer;
  /** Resolves at `at`; rejects with the reason of `signal` when that is aborted first. */
  until(at: EpochMs, signal?: AbortSignal): Promise<void>;
}
