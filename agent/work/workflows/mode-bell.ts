import { nextOperatingMode } from '../../core/calendar/windows.ts';
import type { Clock, Timer } from '../../edges/system/clock.ts';

/** Rings at every change of mode, so that page and lights change with it and not with the next event. */
export class ModeBell {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #timer: Timer | null = null;

  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  start(): void {
    this.#timer = this.#clock.at(nextOperatingMode(this.#clock.now()).at, () => {
      this.#onChange();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }
}
