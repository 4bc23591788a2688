import type { Clock, Timer } from '../edges/system/clock.ts';

const STEP_MS = 50;

/**
 * Waits in small steps: on a machine so busy that we are late ourselves each of them takes longer, and so does the whole. What has
 * arrived meanwhile is heard before somebody is called late.
 */
export function afterPatience(clock: Pick<Clock, 'after'>, patienceMs: number, work: () => void): Timer {
  let left = patienceMs;
  let timer: Timer;
  const step = (): void => {
    if (left <= 0) {
      work();
      return;
    }
    const ms = Math.min(STEP_MS, left);
    left -= ms;
    timer = clock.after(ms, step);
  };
  step();
  return { cancel: () => timer.cancel() };
}

export interface Patience<T> {
  readonly clock: Pick<Clock, 'after'>;
  readonly ms: number;
  /** What has not come by then. */
  readonly late: () => T;
}

/** What an attempt comes to, or that it takes too long: then its signal tells it to give up. Rejects as the attempt does. */
export async function within<T>(
  { clock, ms, late }: Patience<T>,
  attempt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const over = Promise.withResolvers<T>();
  const timer = afterPatience(clock, ms, () => {
    over.resolve(late());
    stop.abort(new Error('it took too long'));
  });
  try {
    return await Promise.race([attempt(stop.signal), over.promise]);
  } finally {
    timer.cancel();
  }
}

/** Of what is asked over a socket: less than a whole check has, so that the check can tell of it. */
export const ANSWER_MS = 1_800;
