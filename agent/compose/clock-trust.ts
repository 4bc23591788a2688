import { MINUTE_MS } from '../core/calendar/time.ts';
import type { Broker } from '../edges/broker/broker.ts';
import type { Clock, Timer } from '../edges/system/clock.ts';
import type { Log } from '../edges/system/log.ts';

export interface ClockTrustParts {
  readonly broker: Pick<Broker, 'link' | 'time' | 'onEvent'>;
  readonly clock: Clock;
  /** Market seconds in one real second: as much more may pass while the answer is on its way. */
  readonly speed: number;
  readonly log: Log;
  readonly onRight: () => void;
}

/** As much as the broker's clock may differ from ours. */
const TOLERANCE_MS = MINUTE_MS;
const AGAIN_MS = MINUTE_MS;

/** Finds out whether our clock is right by the broker's: on every new session, and whenever our clock was set. */
export class ClockTrust {
  readonly #parts: ClockTrustParts;
  #leave: () => void = () => undefined;
  #again: Timer | null = null;

  constructor(parts: ClockTrustParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#leave = this.#parts.broker.onEvent((event) => {
      if (event.kind === 'link' && event.link.state === 'ready') void this.compare();
    });
  }

  stop(): void {
    this.#leave();
    this.#again?.cancel();
  }

  /** Asks, and asks again every minute for as long as the two do not agree. */
  async compare(): Promise<void> {
    const { broker, clock, speed, log, onRight } = this.#parts;
    this.#again?.cancel();
    if (broker.link.state !== 'ready') return;
    const time = await broker.time();
    const difference = time.ok ? Math.abs(time.value - clock.now()) : null;
    if (difference !== null && difference <= TOLERANCE_MS * Math.max(1, speed / 60)) return onRight();
    log.warn({ difference }, 'the clock is not confirmed by the broker');
    this.#again = clock.after(AGAIN_MS * speed, () => void this.compare());
  }
}
