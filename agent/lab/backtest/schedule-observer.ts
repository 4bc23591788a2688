import { newYorkText } from '../../core/calendar/new-york.ts';
import { type EpochMs, HOUR_MS } from '../../core/calendar/time.ts';
import { type ResearchWindow, tradingDayAt, type WindowKind, windowAt } from '../../core/calendar/windows.ts';
import type { WindowUse } from '../../edges/store/schedule-records.ts';
import { isHeavy, type Plan, type TaskRun } from '../../work/scheduler/task.ts';
import { inItsPhases } from '../../work/scheduler/timetable.ts';

/** Of all windows of one kind. Shares are 0 to 1. */
export interface WindowFigures {
  readonly windows: number;
  readonly hours: number;
  /** Share of the research time in which something ran. */
  readonly utilisation: number;
  readonly researchShare: number;
  readonly completions: number;
  readonly interruptions: number;
  readonly overruns: number;
  readonly conflicts: number;
  /** Share of the runs, from each task's eleventh on, that stayed within their estimate; `null` = none yet. */
  readonly predictionAccuracy: number | null;
}

export interface Faults {
  /** Two that conflict, two heavy ones, or two of one task at the same time. */
  readonly conflicts: number;
  readonly overMemory: number;
  readonly outsidePhase: number;
  /** Started before what they depend on had completed. */
  readonly beforeDependency: number;
  readonly lateCritical: number;
  readonly latestCriticalMs: number;
  /** The first few of them, in words. */
  readonly first: readonly string[];
}

interface Tally {
  windows: number;
  ms: number;
  busyMs: number;
  researchMs: number;
  completions: number;
  interruptions: number;
  overruns: number;
  conflicts: number;
  within: number;
  estimated: number;
}

interface Seen {
  readonly plan: Plan;
  readonly since: EpochMs;
  readonly estimateMs: number;
  readonly kind: WindowKind | null;
}

const CRITICAL_LATE_MS = 1000;
const LEARNED_AFTER = 10;
const MOST_NAMED = 10;

/** Watches from outside what a scheduler does and holds it against the rules, without asking the scheduler. */
export class ScheduleObserver {
  readonly #memoryMb: number;
  readonly #running = new Map<string, Seen>();
  readonly #completed = new Map<string, EpochMs>();
  readonly #runs = new Map<string, number>();
  readonly #tallies = new Map<WindowKind, Tally>();
  readonly #first: string[] = [];
  #faults = { conflicts: 0, overMemory: 0, outsidePhase: 0, beforeDependency: 0, lateCritical: 0, latestCriticalMs: 0 };
  #started = 0;
  #window: ResearchWindow | null = null;
  #windowSince: EpochMs = 0;

  constructor(memoryMb: number) {
    this.#memoryMb = memoryMb;
  }

  get runs(): number {
    return this.#started;
  }

  get faults(): Faults {
    return { ...this.#faults, first: this.#first };
  }

  began(plan: Plan, run: Pick<TaskRun, 'now' | 'dueAt'>, estimateMs: number): void {
    const { now, dueAt } = run;
    const window = this.#windowAt(now);
    const kind = now >= window.from && now < window.until ? window.type : null;
    this.#started += 1;
    this.#checkCompany(plan, now, kind);
    if (!inItsPhases(plan, now)) this.#fault('outsidePhase', `${plan.name} ran outside its phases`, now);
    if (plan.category === 'research' && (now < window.from || now >= window.researchUntil)) {
      this.#fault('outsidePhase', `${plan.name} ran outside the research window`, now);
    }
    for (const name of plan.dependencies) {
      const at = this.#completed.get(name) ?? 0;
      const done = plan.category === 'research' ? at >= window.from : at > 0 && tradingDayAt(at) === window.tradingDay;
      if (!done) this.#fault('beforeDependency', `${plan.name} ran before ${name}`, now);
    }
    if (plan.priority === 'critical') {
      const late = now - dueAt;
      this.#faults.latestCriticalMs = Math.max(this.#faults.latestCriticalMs, late);
      if (late > CRITICAL_LATE_MS) this.#fault('lateCritical', `${plan.name} was ${late} ms late`, now);
    }
    this.#running.set(plan.name, { plan, since: now, estimateMs, kind });
  }

  ended(plan: Plan, now: EpochMs, completed: boolean): void {
    const seen = this.#running.get(plan.name);
    this.#running.delete(plan.name);
    if (seen === undefined || !completed) return;
    this.#completed.set(plan.name, now);
    const runs = this.#runs.get(plan.name) ?? 0;
    this.#runs.set(plan.name, runs + 1);
    if (runs < LEARNED_AFTER || seen.kind === null) return;
    const tally = this.#tally(seen.kind);
    tally.estimated += 1;
    if (now - seen.since <= seen.estimateMs) tally.within += 1;
  }

  windowEnded(use: WindowUse): void {
    const tally = this.#tally(use.type);
    tally.windows += 1;
    tally.ms += use.researchUntil - use.from;
    tally.busyMs += use.busyMs;
    tally.researchMs += use.researchMs;
    tally.completions += use.completions;
    tally.interruptions += use.interruptions;
    tally.overruns += use.overruns;
  }

  figures(): Readonly<Partial<Record<WindowKind, WindowFigures>>> {
    const figures: Partial<Record<WindowKind, WindowFigures>> = {};
    for (const [kind, tally] of this.#tallies) {
      const { windows, completions, interruptions, overruns, conflicts } = tally;
      figures[kind] = {
        ...{ windows, hours: tally.ms / HOUR_MS },
        utilisation: tally.ms === 0 ? 0 : tally.busyMs / tally.ms,
        researchShare: tally.ms === 0 ? 0 : tally.researchMs / tally.ms,
        ...{ completions, interruptions, overruns, conflicts },
        predictionAccuracy: tally.estimated === 0 ? null : tally.within / tally.estimated,
      };
    }
    return figures;
  }

  #windowAt(now: EpochMs): ResearchWindow {
    if (this.#window === null || now < this.#windowSince || now >= this.#window.until) {
      this.#window = windowAt(now);
      this.#windowSince = now;
    }
    return this.#window;
  }

  #checkCompany(plan: Plan, now: EpochMs, kind: WindowKind | null): void {
    let memory = plan.memoryMb;
    for (const { plan: other } of this.#running.values()) {
      memory += other.memoryMb;
      const twice = other.name === plan.name;
      const opposed = plan.conflicts.includes(other.name) || other.conflicts.includes(plan.name);
      if (!twice && !opposed && !(isHeavy(plan) && isHeavy(other))) continue;
      this.#fault('conflicts', `${plan.name} ran beside ${other.name}`, now);
      if (kind !== null) this.#tally(kind).conflicts += 1;
    }
    if (memory > this.#memoryMb) this.#fault('overMemory', `${memory} MB were claimed with ${plan.name}`, now);
  }

  #fault(kind: Exclude<keyof Faults, 'first' | 'latestCriticalMs'>, text: string, now: EpochMs): void {
    this.#faults[kind] += 1;
    if (this.#first.length < MOST_NAMED) this.#first.push(`${newYorkText(now)}: ${text}`);
  }

  #tally(kind: WindowKind): Tally {
    const known = this.#tallies.get(kind);
    if (known !== undefined) return known;
    const none = { windows: 0, ms: 0, busyMs: 0, researchMs: 0, completions: 0, interruptions: 0, overruns: 0 };
    const tally = { ...none, conflicts: 0, within: 0, estimated: 0 };
    this.#tallies.set(kind, tally);
    return tally;
  }
}
