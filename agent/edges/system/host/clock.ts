import type { EpochMs } from '../../../core/calendar/time.ts';
import { type Clock, type Timer, waitUntil } from '../clock.ts';

/** Engines misbehave with long timers when a machine sleeps; a short one looks at the clock again. */
const LONGEST_SLEEP_MS = 30_000;

export interface HostClockOptions {
  /** Market milliseconds in one real millisecond. */
  readonly speed: number;
  /** A real instant and the market's instant at that moment. */
  readonly anchor: { readonly real: EpochMs; readonly market: EpochMs };
}

/** The machine's clock; or, for the demo, a clock that runs faster from a chosen instant. */
export class HostClock implements Clock {
  readonly #options: HostClockOptions | null;

  constructor(options: HostClockOptions | null = null) {
    this.#options = options;
  }

  now(): EpochMs {
    const real = Date.now();
    if (this.#options === null) return real;
    const { speed, anchor } = this.#options;
    return Math.floor(anchor.market + (real - anchor.real) * speed);
  }

  elapsed(): number {
    return performance.now() * (this.#options?.speed ?? 1);
  }

  at(at: EpochMs, work: () => void): Timer {
    return this.#when(() => at - this.now(), work);
  }

  after(delayMs: number, work: () => void): Timer {
    const end = this.elapsed() + delayMs;
    return this.#when(() => end - this.elapsed(), work);
  }

  until(at: EpochMs, signal?: AbortSignal): Promise<void> {
    return waitUntil(this, at, signal);
  }

  #when(left: () => number, work: () => void): Timer {
    let handle: NodeJS.Timeout;
    const sleep = (): void => {
      const realMs = left() / (this.#options?.speed ?? 1);
      handle = setTimeout(
        realMs > LONGEST_SLEEP_MS ? sleep : ring,
        Math.min(Math.max(Math.ceil(realMs), 0), LONGEST_SLEEP_MS),
      );
    };
    const ring = (): void => {
      if (left() > 0) sleep();
      else work();
    };
    sleep();
    return { cancel: () => clearTimeout(handle) };
  }
}
