/** Longer than the broker's second: its clock and the way there differ from ours. */
const WINDOW_MS = 1_020;

/**
 * At most so many messages to the gateway in any second, of all connections together. What the agent sends leaves a reserve
 * untouched; its cancels may use half of that, and the guard itself never waits.
 */
export class Budget {
  readonly #most: number;
  readonly #reserve: number;
  /** A ring of the last instants. */
  readonly #sent: Float64Array;
  #count = 0;

  /** @param perSecond 0 = no limit */
  constructor(perSecond: number, reserve: number) {
    this.#most = perSecond;
    this.#reserve = reserve;
    this.#sent = new Float64Array(perSecond).fill(Number.NEGATIVE_INFINITY);
  }

  /** How long such a message must wait; 0 = not at all. */
  waitMs(kind: 'frame' | 'cancel', now: number): number {
    if (this.#most === 0) return 0;
    const allowed = this.#most - (kind === 'frame' ? this.#reserve : this.#reserve >> 1);
    // Allowed as soon as the message that many places back has left the window.
    const back = this.#sent[(this.#count - allowed + this.#most * 2) % this.#most] as number;
    return Math.max(0, Math.ceil(back + WINDOW_MS - now));
  }

  spend(now: number): void {
    if (this.#most === 0) return;
    this.#sent[this.#count] = now;
    this.#count = (this.#count + 1) % this.#most;
  }
}
