import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Clock, Timer } from '../../system/clock.ts';

/** Orders and cancels overtake questions, questions overtake market data. */
export type Priority = 'order' | 'question' | 'marketData';

const ORDER: readonly Priority[] = ['order', 'question', 'marketData'];

/** Part of the budget each may use up: what is left over is the reserve of those before it. */
const SHARE: Readonly<Record<Priority, number>> = { order: 1, question: 0.9, marketData: 0.75 };

const WINDOW_MS = 1_000;

export interface Slot {
  /** Takes it back, when it has not been sent. Returns whether that was so. */
  cancel(): boolean;
}

interface Waiting {
  readonly write: () => void;
  readonly dropped: () => void;
}

/** At most so many messages in any second. What is allowed is written at once, in the caller's own turn. */
export class MessageBudget {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #queues: Readonly<Record<Priority, Set<Waiting>>> = {
    order: new Set(),
    question: new Set(),
    marketData: new Set(),
  };
  #sentAt: EpochMs[] = [];
  #pausedUntil: EpochMs = 0;
  #timer: Timer | null = null;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
  }

  get waiting(): number {
    return ORDER.reduce((sum, priority) => sum + this.#queues[priority].size, 0);
  }

  submit(priority: Priority, write: () => void, dropped: () => void): Slot {
    const entry: Waiting = { write, dropped };
    const queue = this.#queues[priority];
    queue.add(entry);
    this.#pump();
    return { cancel: () => queue.delete(entry) };
  }

  /** The link is gone: nothing that waits may ever be sent. */
  clear(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#sentAt = [];
    this.#pausedUntil = 0;
    for (const priority of ORDER) {
      const entries = [...this.#queues[priority]];
      this.#queues[priority].clear();
      for (const entry of entries) entry.dropped();
    }
  }

  /** The broker complained about the rate. */
  pause(forMs: number): void {
    this.#pausedUntil = this.#clock.now() + forMs;
  }

  #pump(): void {
    for (const priority of ORDER) {
      for (const entry of this.#queues[priority]) {
        const freeAt = this.#freeAt(priority);
        if (freeAt !== null) {
          this.#wakeAt(freeAt);
          return;
        }
        this.#queues[priority].delete(entry);
        if (Number.isFinite(this.#perSecond)) this.#sentAt.push(this.#clock.now());
        entry.write();
      }
    }
  }

  /** `null` = now. */
  #freeAt(priority: Priority): EpochMs | null {
    const now = this.#clock.now();
    if (now < this.#pausedUntil) return this.#pausedUntil;
    if (!Number.isFinite(this.#perSecond)) return null;
    const expired = this.#sentAt.findIndex((at) => at > now - WINDOW_MS);
    if (expired !== 0) this.#sentAt.splice(0, expired === -1 ? this.#sentAt.length : expired);
    const most = Math.max(1, Math.floor(this.#perSecond * SHARE[priority]));
    const excess = this.#sentAt.length - most;
    return excess < 0 ? null : (this.#sentAt[excess] as EpochMs) + WINDOW_MS;
  }

  #wakeAt(at: EpochMs): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.at(at, () => {
      this.#timer = null;
      this.#pump();
    });
  }
}
