import type { Button } from 'johnny-five';
import type { Clock, Timer } from '../../system/clock.ts';
import { gestureOf, RESET_HOLD_MS, SHUTDOWN_HOLD_MS } from '../press.ts';

export interface ButtonActions {
  /** A short press. */
  next(): void;
  /** Held for 3 seconds and let go. */
  reset(): void;
  /** Held for 10 seconds. */
  shutdown(): void;
  /** What letting go at this moment would do, so that the lights can say it; `null` = nothing. */
  armed(what: 'reset' | 'shutdown' | null): void;
}

/** What presses of the button mean, by how long they last. */
export class ModeButton {
  readonly #clock: Pick<Clock, 'elapsed' | 'after'>;
  readonly #actions: ButtonActions;
  #downAt: number | null = null;
  #timers: readonly Timer[] = [];

  constructor(clock: Pick<Clock, 'elapsed' | 'after'>, actions: ButtonActions) {
    this.#clock = clock;
    this.#actions = actions;
  }

  listen(button: Pick<Button, 'on'>): void {
    button.on('press', () => this.#down());
    button.on('release', () => this.#up());
  }

  /** A press that lasts means nothing any more. */
  stop(): void {
    this.#downAt = null;
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
  }

  #down(): void {
    if (this.#downAt !== null) return;
    this.#downAt = this.#clock.elapsed();
    this.#timers = [
      this.#clock.after(RESET_HOLD_MS, () => this.#actions.armed('reset')),
      this.#clock.after(SHUTDOWN_HOLD_MS, () => {
        this.#actions.armed('shutdown');
        this.#actions.shutdown();
      }),
    ];
  }

  #up(): void {
    const downAt = this.#downAt;
    if (downAt === null) return;
    this.stop();
    this.#actions.armed(null);
    const gesture = gestureOf(this.#clock.elapsed() - downAt);
    if (gesture === 'next') this.#actions.next();
    else if (gesture === 'reset') this.#actions.reset();
  }
}
