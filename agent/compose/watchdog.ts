import type { Clock, Timer } from '../edges/system/clock.ts';
import type { Log } from '../edges/system/log.ts';
import type { Supervisor } from '../ground/supervisor/supervisor.ts';

export interface WatchdogParts {
  readonly supervisor: Supervisor;
  /** Real time. */
  readonly clock: Pick<Clock, 'after'>;
  /** Why the appliance does not look after the market any more, or `null`. */
  readonly stuck: () => string | null;
  /** What it is doing, in a few words. */
  readonly status: () => string;
  readonly log: Log;
}

/** One that is late does not cost a life. */
const SIGNS_IN_PATIENCE = 4;

/**
 * Gives a sign of life while the event loop turns and the appliance does what it is for. Otherwise it keeps silent, and
 * whoever waits for the sign kills and starts it anew: halted if it was halted.
 */
export class Watchdog {
  readonly #parts: WatchdogParts;
  #timer: Timer | null = null;
  #silent: string | null = null;

  constructor(parts: WatchdogParts) {
    this.#parts = parts;
  }

  start(): void {
    const { patienceMs } = this.#parts.supervisor;
    if (patienceMs !== null) this.#turn(patienceMs / SIGNS_IN_PATIENCE);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #turn(everyMs: number): void {
    this.#timer = this.#parts.clock.after(everyMs, () => this.#turn(everyMs));
    const { supervisor, stuck, status, log } = this.#parts;
    const reason = stuck();
    if (reason === null) supervisor.alive(status());
    else {
      supervisor.status(`stuck: ${reason}`);
      if (this.#silent !== reason) log.error({ reason }, 'the watchdog is not told that all is well');
    }
    this.#silent = reason;
  }
}
