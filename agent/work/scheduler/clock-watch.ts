import type { EpochMs } from '../../core/calendar/time.ts';
import type { Clock } from '../../edges/system/clock.ts';

/** Compares the clock with the time that has really passed: finds whoever sets it, and a machine that slept. */
export class ClockWatch {
  readonly #clock: Pick<Clock, 'now' | 'elapsed'>;
  readonly #toleranceMs: number;
  #now: EpochMs;
  #elapsed: number;
  #doubt: string | null = 'it has not been compared with another clock yet';

  constructor(clock: Pick<Clock, 'now' | 'elapsed'>, toleranceMs: number) {
    this.#clock = clock;
    this.#toleranceMs = toleranceMs;
    this.#now = clock.now();
    this.#elapsed = clock.elapsed();
  }

  /** Why the clock is not known to be right, or `null`. */
  get doubt(): string | null {
    return this.#doubt;
  }

  /** Reads the clock once. `jumpMs` is how far it was set since the last reading; 0 when it was not. */
  read(): { readonly now: EpochMs; readonly jumpMs: number } {
    const now = this.#clock.now();
    const elapsed = this.#clock.elapsed();
    const jumpMs = Math.round(now - this.#now - (elapsed - this.#elapsed));
    this.#now = now;
    this.#elapsed = elapsed;
    if (Math.abs(jumpMs) <= this.#toleranceMs) return { now, jumpMs: 0 };
    this.#doubt = `it was set ${jumpMs > 0 ? 'forward' : 'back'} by ${spanText(Math.abs(jumpMs))}`;
    return { now, jumpMs };
  }

  /** Another clock says the same. */
  confirm(): void {
    this.#doubt = null;
  }

  suspect(reason: string): void {
    this.#doubt = reason;
  }
}

export function spanText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
