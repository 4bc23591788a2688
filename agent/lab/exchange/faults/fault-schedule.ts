import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Clock, Timer } from '../../../edges/system/clock.ts';
import type { Fault } from './fault.ts';
import type { Happening, Switchboard } from './switchboard.ts';

/** A fault at an instant. */
export interface FaultAt {
  readonly at: EpochMs;
  readonly fault: Fault;
  /** `null` = as long as it lasts by itself. */
  readonly until: EpochMs | null;
}

/** A fault at the nth event of a kind. */
export interface FaultAfter {
  readonly after: Happening;
  readonly count: number;
  readonly fault: Fault;
  readonly forMs: number | null;
}

export type ScheduledFault = FaultAt | FaultAfter;

/** Switches faults on when their time or their event comes. */
export class FaultSchedule {
  readonly #entries: readonly ScheduledFault[];
  readonly #board: Switchboard;
  readonly #clock: Clock;
  readonly #seen = new Map<Happening, number>();
  #timers: Timer[] = [];
  #stopListening: () => void = () => {};

  constructor(entries: readonly ScheduledFault[], parts: { readonly board: Switchboard; readonly clock: Clock }) {
    this.#entries = entries;
    this.#board = parts.board;
    this.#clock = parts.clock;
  }

  start(): void {
    this.#stopListening = this.#board.onHappening((happening) => this.#happened(happening));
    for (const entry of this.#entries) {
      if (!('at' in entry)) continue;
      const { at, until, fault } = entry;
      if (until === null || until > this.#clock.now()) {
        this.#timers.push(this.#clock.at(at, () => void this.#board.set(fault, until)));
      }
    }
  }

  stop(): void {
    this.#stopListening();
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
  }

  #happened(happening: Happening): void {
    const count = (this.#seen.get(happening) ?? 0) + 1;
    this.#seen.set(happening, count);
    for (const entry of this.#entries) {
      if (!('after' in entry) || entry.after !== happening || entry.count !== count) continue;
      this.#board.set(entry.fault, entry.forMs === null ? null : this.#clock.now() + entry.forMs);
    }
  }
}
