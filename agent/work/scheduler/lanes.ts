import { type EpochMs, MINUTE_MS } from '../../core/calendar/time.ts';
import { tradingDayAt } from '../../core/calendar/windows.ts';
import type { Occurrence } from '../../edges/store/records.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { Log } from '../../edges/system/log.ts';
import { attemptKey, mayRunAgain } from './attempts.ts';
import { GRACE_MS } from './choice.ts';
import type { Diary } from './diary.ts';
import { estimateMs } from './estimate.ts';
import { mustStopAt } from './extension.ts';
import type { Obstacle } from './readiness.ts';
import { afterRun, leavesTrace, missedAlarm, occurrenceWrite } from './run-record.ts';
import { type Outcome, RunningTask, type StopCause } from './running-task.ts';
import { onceKey, type Situation } from './situation.ts';
import { isHeavy, type Task } from './task.ts';
import { inItsPhases } from './timetable.ts';

export interface LanesParts {
  readonly clock: Clock;
  readonly diary: Diary;
  readonly log: Log;
  readonly obeyMs?: number;
  readonly onChange: () => void;
  readonly onAlarm: (key: string, text: string, resolved: boolean) => void;
  /** Before what runs changes: time is counted up to now. */
  readonly onTurn: (now: EpochMs) => void;
  /** The occurrence of a timed task came to nothing and may be tried once more. */
  readonly onAgain: (task: Task, dueAt: EpochMs) => void;
  /** Something has ended: there may be room. */
  readonly onEnd: () => void;
}

const OBEY_MS = 5_000;

/** What runs: begins and ends it, with its record on disk before and after. */
export class Lanes {
  readonly #parts: LanesParts;
  readonly #running = new Map<string, RunningTask>();
  readonly #deaf = new Set<string>();
  readonly #ends = new Set<Promise<void>>();

  constructor(parts: LanesParts) {
    this.#parts = parts;
  }

  get running(): readonly RunningTask[] {
    return [...this.#running.values()];
  }

  get deaf(): ReadonlySet<string> {
    return this.#deaf;
  }

  /** When the calendar next stops something. */
  nextStop(now: EpochMs): EpochMs {
    let next = Number.POSITIVE_INFINITY;
    for (const { stopAt, stopping } of this.#running.values()) {
      if (!stopping && stopAt > now) next = Math.min(next, stopAt);
    }
    return next;
  }

  stop(name: string, cause: StopCause, reason: string): boolean {
    const run = this.#running.get(name);
    run?.stop(cause, reason);
    return run !== undefined;
  }

  async stopAll(): Promise<void> {
    for (const run of this.#running.values()) run.stop('shutdown', 'the appliance is stopping');
    await Promise.all(this.#ends);
  }

  stopOverdue(now: EpochMs): void {
    for (const run of this.#running.values()) {
      if (now >= run.stopAt) run.stop('calendar', 'its time of the day is over');
    }
  }

  /** The clock was set: what runs may go on until another instant. */
  aimAgain(situation: Situation): void {
    for (const run of this.#running.values()) {
      if (run.stopAt === Number.POSITIVE_INFINITY) continue;
      run.stopAt = mustStopAt(run.task, situation, Math.max(0, run.estimateMs - run.tookMs));
    }
  }

  /** What can be interrupted gives way to what is critical and waits for room. */
  makeRoom(task: Task, { rule }: Obstacle): void {
    if (['memory', 'heavy', 'conflict', 'slots'].includes(rule)) this.#interrupt(task, () => true);
  }

  begin(task: Task, situation: Situation, waiting: EpochMs | null): void {
    const { clock, diary, onChange, onTurn, obeyMs = OBEY_MS } = this.#parts;
    const { now, span, window } = situation;
    const dueAt = waiting ?? now;
    const tradingDay = dueAt >= span.from ? window.tradingDay : tradingDayAt(dueAt);
    const times = { startedAt: now, endedAt: null, late: now - dueAt > GRACE_MS };
    const occurrence: Occurrence = { task: task.name, dueAt, tradingDay, state: 'running', ...times, note: '' };
    const estimate = estimateMs(task, diary.states.of(task.name));
    const run = new RunningTask({
      ...{ task, occurrence, estimateMs: estimate, maxMs: task.maxMinutes * MINUTE_MS, obeyMs, clock },
      onProgress: onChange,
      // What a person started outside its phases may take its time.
      stopAt: inItsPhases(task, now) ? mustStopAt(task, situation, estimate) : Number.POSITIVE_INFINITY,
    });
    if (task.priority === 'critical') this.#interrupt(task, isHeavy);
    onTurn(now);
    this.#running.set(task.name, run);
    diary.states.change(task.name, { lastStartedAt: now, lastDueAt: dueAt, notReady: null });
    const end = this.#carry(run, onceKey(task, situation)).finally(() => this.#ends.delete(end));
    this.#ends.add(end);
    onChange();
  }

  #interrupt(task: Task, which: (other: Task) => boolean): void {
    for (const run of this.#running.values()) {
      if (run.task.interruptible && which(run.task)) run.stop('critical', `gave way to ${task.name}`);
    }
  }

  async #carry(run: RunningTask, once: string | null): Promise<void> {
    const { diary, log, onAlarm, onChange, onEnd } = this.#parts;
    const { task, occurrence } = run;
    try {
      // On disk before it begins: a run that the store does not know of could be repeated after a crash.
      if (leavesTrace(task)) await diary.save([occurrenceWrite(occurrence)], 'sync');
      const outcome = await run.run(occurrence.startedAt as EpochMs, () => this.#heard(task.name));
      await this.#finish(run, outcome, once);
    } catch (error) {
      log.error({ task: task.name, error: String(error) }, 'a run could not be recorded');
      onAlarm('schedule-store', `Schedule: the run of ${task.name} could not be recorded`, false);
    }
    this.#running.delete(task.name);
    onChange();
    onEnd();
  }

  async #finish(run: RunningTask, outcome: Outcome, once: string | null): Promise<void> {
    const { clock, diary, log, onTurn, onAlarm, onAgain } = this.#parts;
    const now = clock.now();
    const { task, occurrence, tookMs, estimateMs: estimate } = run;
    const state = diary.states.of(task.name);
    const attempt = attemptKey(task, occurrence);
    const ended = { ...{ state, outcome, occurrence, now, tookMs, once, attempt }, estimateMs: estimate };
    diary.states.change(task.name, afterRun(ended));
    onTurn(now);
    if (outcome.state === 'done') {
      diary.ledger.ended('completions', now);
      if (task.missed.kind === 'alarm') onAlarm(missedAlarm(task.name), '', true);
    }
    if (outcome.state === 'interrupted') diary.ledger.ended('interruptions', now);
    if (run.cause === 'maximum') diary.ledger.ended('overruns', now);
    if (outcome.state === 'failed') log.warn({ task: task.name, note: outcome.note }, 'task failed');
    if (outcome.deaf) this.#ignored(task.name, outcome.note, now);
    const closed: Occurrence = { ...occurrence, state: outcome.state, note: outcome.note, endedAt: now };
    if (mayRunAgain(task, closed, diary.states.of(task.name).failures)) onAgain(task, closed.dueAt);
    if (!leavesTrace(task) && outcome.state === 'done') return;
    diary.remember(closed);
    await diary.save([occurrenceWrite(closed)], 'sync');
  }

  #ignored(task: string, text: string, at: EpochMs): void {
    const { diary, log, onAlarm } = this.#parts;
    this.#deaf.add(task);
    log.error({ task, text }, 'a task ignored its signal');
    onAlarm(`schedule-deaf-${task}`, `Schedule: ${task} ${text}`, false);
    diary.tell({ at, kind: 'defect', task, source: 'scheduler', text });
  }

  /** A run that had ignored its signal has ended after all. */
  #heard(task: string): void {
    this.#deaf.delete(task);
    this.#parts.onAlarm(`schedule-deaf-${task}`, '', true);
    this.#parts.onEnd();
  }
}
