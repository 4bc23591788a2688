import type { EpochMs } from '../../core/calendar/time.ts';
import { type Clock, type Timer, waitUntil } from '../../edges/system/clock.ts';

/** The clock of one life of a process: once killed it never rings again, whoever still holds it. */
export class MortalClock implements Clock {
  readonly #clock: Clock;
  readonly #timers = new Set<Timer>();
  #dead = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): EpochMs {
    return this.#clock.now();
  }

  elapsed(): number {
    return this.#clock.elapsed();
  }

  at(at: EpochMs, work: () => void): Timer {
    return this.#keep((ring) => this.#clock.at(at, ring), work);
  }

  after(delayMs: number, work: () => void): Timer {
    return this.#keep((ring) => this.#clock.after(delayMs, ring), work);
  }

  until(at: EpochMs, signal?: AbortSignal): Promise<void> {
    return waitUntil(this, at, signal);
  }

  kill(): void {
    this.#dead = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #keep(set: (ring: () => void) => Timer, work: () => void): Timer {
    if (this.#dead) return { cancel: () => undefined };
    const inner = set(() => {
      this.#timers.delete(timer);
      work();
    });
    const timer: Timer = {
      cancel: () => {
        inner.cancel();
        this.#timers.delete(timer);
      },
    };
    this.#timers.add(timer);
    return timer;
  }
}
