import { instantInNewYork, newYorkDate } from '../../core/calendar/new-york.ts';
import { DAY_MS, type EpochMs } from '../../core/calendar/time.ts';
import { lastStart } from './choice.ts';
import { isTimed, type Plan } from './task.ts';
import { dueBetween, nextDue } from './timetable.ts';

export interface Due {
  readonly task: Plan;
  readonly dueAt: EpochMs;
}

/** What a longer time without the appliance brought is not listed run by run. */
export const LOOK_BACK_MS = 31 * DAY_MS;
const REMEMBERED_MS = 2 * DAY_MS;
/** Two days of a task that runs every 30 seconds are 1,560. */
const MOST_REMEMBERED = 4000;

/** The occurrences of timed tasks: what comes, what waits, what was missed. No occurrence is started twice. */
export class DueBook {
  readonly #tasks: readonly Plan[];
  readonly #next = new Map<string, EpochMs>();
  readonly #waiting = new Map<string, EpochMs>();
  readonly #started = new Map<string, Set<EpochMs>>();

  constructor(tasks: readonly Plan[]) {
    this.#tasks = tasks.filter(isTimed);
  }

  get waiting(): ReadonlyMap<string, EpochMs> {
    return this.#waiting;
  }

  /** The next instant at which something becomes due or too late. */
  get nextAt(): EpochMs {
    let earliest = Number.POSITIVE_INFINITY;
    for (const at of this.#next.values()) if (at < earliest) earliest = at;
    for (const task of this.#tasks) {
      const dueAt = this.#waiting.get(task.name);
      if (dueAt === undefined) continue;
      earliest = Math.min(earliest, lastStart(task.missed, dueAt) + 1);
    }
    return earliest;
  }

  /** Also the first due time of a task, or `null`. */
  nextOf(name: string): EpochMs | null {
    return this.#next.get(name) ?? null;
  }

  remember(name: string, dueAts: Iterable<EpochMs>): void {
    const known = this.#started.get(name) ?? new Set();
    for (const dueAt of dueAts) known.add(dueAt);
    this.#started.set(name, known);
  }

  /** A task that was known until `since` goes on from there; what came due since then waits or was missed. */
  resume(task: Plan, since: EpochMs, now: EpochMs): readonly Due[] {
    this.#aim(task, now);
    return this.#take(task, dueBetween(task, Math.max(since, now - LOOK_BACK_MS), now), now);
  }

  /** An occurrence that was started and came to nothing waits once more, unless a newer one does. */
  again(name: string, dueAt: EpochMs): void {
    if (!this.#waiting.has(name)) this.#waiting.set(name, dueAt);
  }

  /** A task never seen before has missed nothing; what is due today may still run. */
  welcome(task: Plan, now: EpochMs): void {
    this.#aim(task, now);
    const midnight = instantInNewYork(newYorkDate(now), '00:00');
    const last = dueBetween(task, midnight - 1, now).at(-1);
    if (last !== undefined && now <= lastStart(task.missed, last)) this.#waiting.set(task.name, last);
  }

  /** Takes what has become due. Returns what was missed: only the newest occurrence of a task may run. */
  sweep(now: EpochMs): readonly Due[] {
    const missed: Due[] = [];
    for (const task of this.#tasks) {
      const next = this.#next.get(task.name);
      if (next !== undefined && next <= now) {
        missed.push(...this.#take(task, dueBetween(task, Math.max(next - 1, now - LOOK_BACK_MS), now), now));
        this.#aim(task, now);
      }
      const dueAt = this.#waiting.get(task.name);
      if (dueAt === undefined || now <= lastStart(task.missed, dueAt)) continue;
      this.#waiting.delete(task.name);
      if (!this.#wasStarted(task, dueAt)) missed.push({ task, dueAt });
    }
    return missed;
  }

  /** The clock went back: what lies ahead again is due again, unless it was started. */
  rewind(now: EpochMs): void {
    for (const task of this.#tasks) {
      this.#aim(task, now);
      const dueAt = this.#waiting.get(task.name);
      if (dueAt !== undefined && dueAt > now) this.#waiting.delete(task.name);
    }
  }

  begin(name: string): EpochMs | null {
    const dueAt = this.#waiting.get(name) ?? null;
    this.#waiting.delete(name);
    if (dueAt === null) return null;
    const known = this.#started.get(name) ?? new Set();
    known.add(dueAt);
    if (known.size > MOST_REMEMBERED) forgetBefore(known, dueAt - REMEMBERED_MS);
    this.#started.set(name, known);
    return dueAt;
  }

  #aim(task: Plan, now: EpochMs): void {
    const at = nextDue(task, now);
    if (at === null) this.#next.delete(task.name);
    else this.#next.set(task.name, at);
  }

  #wasStarted({ name }: Plan, dueAt: EpochMs): boolean {
    return this.#started.get(name)?.has(dueAt) ?? false;
  }

  #take(task: Plan, due: readonly EpochMs[], now: EpochMs): Due[] {
    const known = this.#started.get(task.name);
    const fresh = known === undefined ? due : due.filter((at) => !known.has(at));
    const newest = fresh.at(-1);
    if (newest === undefined) return [];
    const missed = fresh.slice(0, -1).map((dueAt) => ({ task, dueAt }));
    const before = this.#waiting.get(task.name);
    if (before !== undefined && !this.#wasStarted(task, before)) missed.unshift({ task, dueAt: before });
    this.#waiting.set(task.name, newest);
    if (now <= lastStart(task.missed, newest)) return missed;
    this.#waiting.delete(task.name);
    return [...missed, { task, dueAt: newest }];
  }
}

/** They were added in the order of time; behind one that is young there may be an older one only where the clock went back. */
function forgetBefore(known: Set<EpochMs>, first: EpochMs): void {
  for (const dueAt of known) {
    if (dueAt >= first) return;
    known.delete(dueAt);
  }
}
