import type { EpochMs } from '../../../core/calendar/time.ts';
import { type Clock, type Timer, waitUntil } from '../clock.ts';

interface Alarm {
  readonly at: EpochMs;
  readonly order: number;
  readonly work: () => void;
}

/** Time that moves only when told: for replay, backtest and tests. */
export class ManualClock implements Clock {
  #now: EpochMs;
  #order = 0;
  #alarms: Alarm[] = [];

  constructor(now: EpochMs) {
    this.#now = now;
  }

  now(): EpochMs {
    return this.#now;
  }

  at(at: EpochMs, work: () => void): Timer {
    const alarm = { at: Math.max(at, this.#now), order: this.#order++, work };
    this.#alarms.push(alarm);
    return {
      cancel: () => {
        const index = this.#alarms.indexOf(alarm);
        if (index >= 0) this.#alarms.splice(index, 1);
      },
    };
  }

  until(at: EpochMs, signal?: AbortSignal): Promise<void> {
    return waitUntil(this, at, signal);
  }

  /** When the next alarm is due, or `null`. */
  get nextAlarm(): EpochMs | null {
    return this.#earliest()?.at ?? null;
  }

  /** Moves without ringing anything: what is due rings at the next `ring`. Backward as well. */
  set(at: EpochMs): void {
    this.#now = at;
  }

  /** Rings the earliest alarm that is due. Returns whether there was one. */
  ring(): boolean {
    const alarm = this.#earliest();
    if (alarm === undefined || alarm.at > this.#now) return false;
    this.#alarms.splice(this.#alarms.indexOf(alarm), 1);
    alarm.work();
    return true;
  }

  /** Rings everything up to `at` in the order of time, moving along; lets promises run in between. */
  async advanceTo(at: EpochMs): Promise<void> {
    await new Promise(setImmediate);
    for (let next = this.nextAlarm; next !== null && next <= at; next = this.nextAlarm) {
      this.#now = Math.max(this.#now, next);
      this.ring();
      await new Promise(setImmediate);
    }
    this.#now = at;
    await new Promise(setImmediate);
  }

  #earliest(): Alarm | undefined {
    let found: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (found === undefined || alarm.at < found.at || (alarm.at === found.at && alarm.order < found.order))
        found = alarm;
    }
    return found;
  }
}
