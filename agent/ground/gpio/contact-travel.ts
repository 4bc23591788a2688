import type { SwitchState } from './switch.ts';

/** The two contacts of a switch that is being moved do not change in the same moment. */
export const TRAVEL_MS = 80;

/**
 * Names what two contacts say while they travel. That the closed one has opened is told at once; whether by a press or by a wire,
 * once the other one has closed or had its time. Both closed are a short only after that time: a switch that is let go may pass there.
 */
export class ContactTravel {
  #since: number | null = null;

  /** @param nowMs of a clock that is never set */
  see(levels: SwitchState, nowMs: number): SwitchState {
    if (levels === 'normal' || levels === 'pressed') {
      this.#since = null;
      return levels;
    }
    this.#since ??= nowMs;
    if (nowMs - this.#since >= TRAVEL_MS) return levels;
    return levels === 'broken' ? 'opened' : 'unknown';
  }
}
