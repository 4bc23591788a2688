import { type EpochMs, MINUTE_MS } from '../../core/calendar/time.ts';
import { phaseSpanAt } from '../../core/calendar/windows.ts';
import { inOrder } from './choice.ts';
import { estimateMs } from './estimate.ts';
import { conflict, isDone } from './readiness.ts';
import { isEnabled, onceKey, type Situation, stretchEnd } from './situation.ts';
import { isHeavy, isTimed, type Plan, rankOf } from './task.ts';
import { nextDue } from './timetable.ts';

export interface PlanEntry<T extends Plan = Plan> {
  readonly task: T;
  readonly start: EpochMs;
  readonly end: EpochMs;
}

const BACKFILL_MS = 10 * MINUTE_MS;
const MOST_ENTRIES = 60;

/**
 * What is going to run from now to the end of the window (8:00 of the next trading day) if nothing comes between: critical and
 * high first, normal where it fits, then what can be interrupted fills what is left. Each repeated task is there once, except
 * those that fill the window. Oldest first.
 */
export function planWindow<T extends Plan>(tasks: readonly T[], situation: Situation): readonly PlanEntry<T>[] {
  const planner = new Planner<T>(situation);
  const wanted = tasks.filter((task) => isEnabled(task, situation.control));
  const passes = [(rank: number) => rank <= 1, (rank: number) => rank === 2, (rank: number) => rank >= 3];
  for (const pass of passes) {
    planner.lay(
      inOrder(
        wanted.filter((task) => pass(rankOf(task.priority))),
        situation,
      ),
    );
  }
  planner.fill(wanted);
  return planner.entries.toSorted((a, b) => a.start - b.start || (a.task.name < b.task.name ? -1 : 1));
}

class Planner<T extends Plan> {
  readonly entries: PlanEntry<T>[] = [];
  readonly #situation: Situation;

  constructor(situation: Situation) {
    this.#situation = situation;
  }

  /** As long as one more can be placed: a dependency may come later in the list than what waits for it. */
  lay(tasks: readonly T[]): void {
    let left = tasks;
    for (;;) {
      const rest = left.filter((task) => !this.#place(task, this.#firstInstant(task)));
      if (rest.length === left.length) return;
      left = rest;
    }
  }

  /** Repeats what may run again and again for as long as the window has room. */
  fill(tasks: readonly T[]): void {
    const again = tasks.filter((task) => task.recurrence.kind === 'interval' && task.interruptible);
    for (let placed = true; placed && this.entries.length < MOST_ENTRIES; ) {
      placed = false;
      for (const task of again) {
        const last = this.entries.findLast((entry) => entry.task.name === task.name);
        if (last === undefined || task.recurrence.kind !== 'interval') continue;
        const next = Math.max(last.end, last.start + task.recurrence.minutes * MINUTE_MS);
        if (this.#place(task, next)) placed = true;
      }
    }
  }

  #place(task: T, from: EpochMs | null): boolean {
    const earliest = from === null ? null : this.#afterDependencies(task, from);
    if (earliest === null) return false;
    for (const start of this.#starts(earliest)) {
      const entry = this.#entryAt(task, start);
      if (entry === null || !this.#fits(entry)) continue;
      this.entries.push(entry);
      return true;
    }
    return false;
  }

  /** When it first may run as far as its own times go; `null` = not before the window ends. */
  #firstInstant(task: T): EpochMs | null {
    const { now, window, states, due, running } = this.#situation;
    if (isTimed(task)) {
      const at = due.has(task.name) ? now : nextDue(task, now);
      return at === null || at >= window.until ? null : at;
    }
    const state = states.get(task.name);
    if (running.some(({ name }) => name === task.name)) return this.#afterThisRun(task);
    const key = onceKey(task, this.#situation);
    if (key !== null && state?.spent === key) return this.#nextPhase(task);
    const { recurrence } = task;
    if (recurrence.kind !== 'interval') return now;
    return Math.max(now, (state?.lastStartedAt ?? 0) + recurrence.minutes * MINUTE_MS);
  }

  #afterThisRun(task: T): EpochMs | null {
    if (task.recurrence.kind !== 'interval') return null;
    const { now, states } = this.#situation;
    return now + Math.max(estimateMs(task, states.get(task.name) ?? null), task.recurrence.minutes * MINUTE_MS);
  }

  #nextPhase(task: T): EpochMs | null {
    const { span, window } = this.#situation;
    return task.recurrence.kind === 'oncePerPhase' && span.until < window.until ? span.until : null;
  }

  #afterDependencies(task: T, from: EpochMs): EpochMs | null {
    const { states, window, running, now } = this.#situation;
    let earliest = from;
    for (const name of task.dependencies) {
      const state = states.get(name);
      if (isDone(state, task, window)) continue;
      const entry = this.entries.find((each) => each.task.name === name);
      const current = running.find((each) => each.name === name);
      if (entry !== undefined) earliest = Math.max(earliest, entry.end);
      else if (current !== undefined) earliest = Math.max(earliest, now + estimateMs(current, state ?? null));
      else return null;
    }
    return earliest;
  }

  /** Instants worth trying: the earliest, where phases begin, and where something else ends. */
  #starts(earliest: EpochMs): readonly EpochMs[] {
    const { window } = this.#situation;
    const starts = [earliest, window.from];
    for (let at = phaseSpanAt(earliest).until; at < window.until; at = phaseSpanAt(at).until) starts.push(at);
    for (const { end } of this.entries) starts.push(end);
    return [...new Set(starts)].filter((at) => at >= earliest && at < window.until).sort((a, b) => a - b);
  }

  #entryAt(task: T, start: EpochMs): PlanEntry<T> | null {
    const { window, states, control } = this.#situation;
    if (task.category === 'research' && (start < window.from || start < (control.noResearchUntil ?? 0))) return null;
    const left = stretchEnd(task, { now: start, span: phaseSpanAt(start), window }) - start;
    if (!(left > 0)) return null;
    const estimate = estimateMs(task, states.get(task.name) ?? null);
    const urgent = rankOf(task.priority) <= 1;
    if (estimate > left && !urgent && !(task.interruptible && left > BACKFILL_MS)) return null;
    return { task, start, end: start + Math.min(estimate, left) };
  }

  #fits(entry: PlanEntry<T>): boolean {
    const { freeMb, running, mostAtOnce, now, states } = this.#situation;
    const { task } = entry;
    const beside: Plan[] = [];
    for (const plan of running) {
      if (now + estimateMs(plan, states.get(plan.name) ?? null) > entry.start) beside.push(plan);
    }
    for (const other of this.entries) {
      if (other.start < entry.end && entry.start < other.end) beside.push(other.task);
    }
    if (beside.some((other) => other.name === task.name || conflict(task, other))) return false;
    if (isHeavy(task) && beside.some(isHeavy)) return false;
    if (task.priority !== 'critical' && beside.length >= mostAtOnce) return false;
    const claimed = beside.reduce((sum, other) => sum + other.memoryMb, task.memoryMb);
    return freeMb === null || claimed <= freeMb + running.reduce((sum, { memoryMb }) => sum + memoryMb, 0);
  }
}
