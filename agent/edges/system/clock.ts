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
  /** Milliseconds since some instant, as fast as `now` moves, but never set forward or back: what durations are measured on. */
  elapsed(): number;
  /** Runs `work` at `at`, or as soon as possible when that has passed. Errors in `work` are a broken invariant. */
  at(at: EpochMs, work: () => void): Timer;
  /** Runs `work` once so many milliseconds have passed on `elapsed`, whatever becomes of `now`. */
  after(delayMs: number, work: () => void): Timer;
  /** Resolves at `at`; rejects with the reason of `signal` when that is aborted first. */
  until(at: EpochMs, signal?: AbortSignal): Promise<void>;
}

/** How every clock waits. */
export function waitUntil(clock: Pick<Clock, 'at'>, at: EpochMs, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = clock.at(at, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
