import { type EpochMs, MINUTE_MS } from '../../core/calendar/time.ts';
import { isWaiting, type Obstacle, obstacleText } from './readiness.ts';
import type { Plan } from './task.ts';

interface Wait {
  readonly obstacle: Obstacle;
  readonly since: EpochMs;
  told: boolean;
}

/** A task that waits for memory longer than this is worth a person's attention. */
const MEMORY_PATIENCE_MS = 30 * MINUTE_MS;

/** Why tasks wait, and since when. */
export class Waits {
  readonly #onAlarm: (key: string, text: string, resolved: boolean) => void;
  readonly #waits = new Map<string, Wait>();
  readonly #changed = new Map<string, Obstacle | null>();

  constructor(onAlarm: (key: string, text: string, resolved: boolean) => void) {
    this.#onAlarm = onAlarm;
  }

  /** Whether anything waits for memory, which nobody announces when it is there. */
  get forMemory(): boolean {
    for (const { obstacle } of this.#waits.values()) if (obstacle.rule === 'memory') return true;
    return false;
  }

  note(task: Plan, obstacle: Obstacle | null, now: EpochMs): void {
    const before = this.#waits.get(task.name);
    if (obstacle === null || !isWaiting(obstacle)) {
      if (before !== undefined) this.forget(task.name);
      return;
    }
    const same = before?.obstacle.rule === obstacle.rule && before.obstacle.about === obstacle.about;
    const wait: Wait = same ? before : { obstacle, since: now, told: false };
    this.#waits.set(task.name, wait);
    if (!same) this.#changed.set(task.name, obstacle);
    if (obstacle.rule !== 'memory' || wait.told || now - wait.since < MEMORY_PATIENCE_MS) return;
    wait.told = true;
    const text = `Schedule: ${task.title} has waited ${Math.round((now - wait.since) / MINUTE_MS)} minutes for memory`;
    this.#onAlarm(`schedule-memory-${task.name}`, text, false);
  }

  forget(name: string): void {
    const wait = this.#waits.get(name);
    if (wait === undefined) return;
    this.#waits.delete(name);
    this.#changed.set(name, null);
    if (wait.told) this.#onAlarm(`schedule-memory-${name}`, '', true);
  }

  reasonOf(name: string): string {
    const wait = this.#waits.get(name);
    return wait === undefined ? '' : obstacleText(wait.obstacle);
  }

  /** What has changed since the last time, for the record. */
  takeChanged(): readonly (readonly [string, Obstacle | null])[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }
}
