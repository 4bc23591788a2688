import type { Store } from '../edges/store/store.ts';
import type { Clock } from '../edges/system/clock.ts';
import type { Runner } from '../work/scheduler/runner.ts';

export interface ProgressParts {
  readonly runner: Pick<Runner, 'revision'>;
  readonly store: Pick<Store, 'get'>;
  /** Real time. */
  readonly clock: Pick<Clock, 'elapsed'>;
}

/** The scheduler looks at the clock at least every 30 s. */
const LONGEST_TURN_MS = 100_000;
/** A card that is dying, or all threads stuck in it. */
const LONGEST_READ_MS = 60_000;

/** Whether the appliance still does what it is for: the timetable goes on and the store answers. */
export class Progress {
  readonly #parts: ProgressParts;
  #revision = -1;
  #turnedAt = 0;
  #readSince: number | null = null;

  constructor(parts: ProgressParts) {
    this.#parts = parts;
  }

  /** Why it does not, or `null`. To be asked every few seconds. */
  stuck(): string | null {
    const { runner, clock } = this.#parts;
    const now = clock.elapsed();
    if (runner.revision !== this.#revision) {
      this.#revision = runner.revision;
      this.#turnedAt = now;
    }
    this.#read(now);
    if (now - this.#turnedAt > LONGEST_TURN_MS)
      return `the timetable stands still for ${seconds(now - this.#turnedAt)}`;
    if (this.#readSince === null || now - this.#readSince <= LONGEST_READ_MS) return null;
    return `the store has not answered for ${seconds(now - this.#readSince)}`;
  }

  /** A record that cannot be read is an answer too. */
  #read(now: number): void {
    if (this.#readSince !== null) return;
    this.#readSince = now;
    const answered = (): void => {
      this.#readSince = null;
    };
    this.#parts.store.get('tradingState', 'trading').then(answered, answered);
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
