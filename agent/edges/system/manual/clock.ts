import type { EpochMs } from '../../../core/calendar/time.ts';
import { type Clock, type Timer, waitUntil } from '../clock.ts';

interface Alarm {
  /** On the clock, or on what has passed. */
  readonly at: number;
  readonly passed: boolean;
  readonly order: number;
  readonly work: () => void;
}

/** Time that moves only when told: for replay, backtest and tests. */
export class ManualClock implements Clock {
  #now: EpochMs;
  #elapsed = 0;
  #order = 0;
  #alarms: Alarm[] = [];

  constructor(now: EpochMs) {
    this.#now = now;
  }

  now(): EpochMs {
    return this.#now;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  at(at: EpochMs, work: () => void): Timer {
    return this.#keep({ at: Math.max(at, this.#now), passed: false, order: this.#order++, work });
  }

  after(delayMs: number, work: () => void): Timer {
    return this.#keep({ at: this.#elapsed + Math.max(0, delayMs), passed: true, order: this.#order++, work });
  }

  until(at: EpochMs, signal?: AbortSignal): Promise<void> {
    return waitUntil(this, at, signal);
  }

  /** When the next alarm is due, or `null`. */
  get nextAlarm(): EpochMs | null {
    const alarm = this.#earliest();
    return alarm === undefined ? null : this.#dueAt(alarm);
  }

  /** Moves without ringing anything: what is due rings at the next `ring`. Backward no time has passed: the clock was wrong. */
  set(at: EpochMs): void {
    this.#elapsed += Math.max(0, at - this.#now);
    this.#now = at;
  }

  /** The clock shows another time, without any having passed. */
  jump(ms: number): void {
    this.#now += ms;
  }

  /** Rings the earliest alarm that is due. Returns whether there was one. */
  ring(): boolean {
    const alarm = this.#earliest();
    if (alarm === undefined || this.#dueAt(alarm) > this.#now) return false;
    this.#alarms.splice(this.#alarms.indexOf(alarm), 1);
    alarm.work();
    return true;
  }

  /** Rings everything up to `at` in the order of time, moving along; lets promises run in between. */
  async advanceTo(at: EpochMs): Promise<void> {
    await new Promise(setImmediate);
    for (let next = this.nextAlarm; next !== null && next <= at; next = this.nextAlarm) {
      this.set(Math.max(this.#now, next));
      this.ring();
      await new Promise(setImmediate);
    }
    this.set(at);
    await new Promise(setImmediate);
  }

  #keep(alarm: Alarm): Timer {
    this.#alarms.push(alarm);
    return {
      cancel: () => {
        const index = this.#alarms.indexOf(alarm);
        if (index >= 0) this.#alarms.splice(index, 1);
      },
    };
  }

  #dueAt({ at, passed }: Alarm): EpochMs {
    return passed ? this.#now + (at - this.#elapsed) : at;
  }

  #earliest(): Alarm | undefined {
    let found: Alarm | undefined;
    let due = 0;
    for (const alarm of this.#alarms) {
      const at = this.#dueAt(alarm);
      if (found === undefined || at < due || (at === due && alarm.order < found.order)) {
        found = alarm;
        due = at;
      }
    }
    return found;
  }
}
