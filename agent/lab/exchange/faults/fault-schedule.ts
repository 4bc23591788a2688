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
  readonly #timed: readonly FaultAt[];
  readonly #awaiting: readonly FaultAfter[];
  readonly #board: Switchboard;
  readonly #clock: Clock;
  readonly #seen = new Map<Happening, number>();
  #next = 0;
  #timer: Timer | null = null;
  #stopListening: () => void = () => {};

  constructor(entries: readonly ScheduledFault[], parts: { readonly board: Switchboard; readonly clock: Clock }) {
    this.#timed = entries.filter((entry) => 'at' in entry).sort((a, b) => a.at - b.at);
    this.#awaiting = entries.filter((entry) => 'after' in entry);
    this.#board = parts.board;
    this.#clock = parts.clock;
  }

  /** What is due already is switched on at once, unless it would be over. */
  start(): void {
    this.#stopListening = this.#board.onHappening((happening) => this.#happened(happening));
    this.#turn();
  }

  stop(): void {
    this.#stopListening();
    this.#timer?.cancel();
    this.#timer = null;
  }

  #turn(): void {
    const now = this.#clock.now();
    for (let entry = this.#timed[this.#next]; entry !== undefined; entry = this.#timed[this.#next]) {
      if (entry.at > now) {
        this.#timer = this.#clock.at(entry.at, () => this.#turn());
        return;
      }
      this.#next += 1;
      if (entry.until === null || entry.until > now) this.#board.set(entry.fault, entry.until);
    }
  }

  #happened(happening: Happening): void {
    const count = (this.#seen.get(happening) ?? 0) + 1;
    this.#seen.set(happening, count);
    for (const entry of this.#awaiting) {
      if (entry.after !== happening || entry.count !== count) continue;
      this.#board.set(entry.fault, entry.forMs === null ? null : this.#clock.now() + entry.forMs);
    }
  }
}
