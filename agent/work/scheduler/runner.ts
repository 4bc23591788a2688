import type { EpochMs } from '../../core/calendar/time.ts';
import type { Occurrence } from '../../edges/store/records.ts';
import type { WindowUse } from '../../edges/store/schedule-records.ts';
import type { Timer } from '../../edges/system/clock.ts';
import { inOrder } from './choice.ts';
import { ClockWatch, spanText } from './clock-watch.ts';
import { Day } from './day.ts';
import { Diary } from './diary.ts';
import { DueBook } from './due-book.ts';
import { Lanes } from './lanes.ts';
import { MissedRuns } from './missed-runs.ts';
import { type Obstacle, obstacleTo, wakeAt } from './readiness.ts';
import type { RunnerParts } from './runner-parts.ts';
import type { RunningTask, StopCause } from './running-task.ts';
import type { Situation } from './situation.ts';
import type { Steering } from './steering.ts';
import { isTimed, type Task } from './task.ts';
import { Waits } from './waits.ts';

const MEMORY_LOOK_MS = 30_000;

/**
 * Starts each task when its time has come and everything is as it needs it, stops it when it must, and remembers every
 * occurrence, so that a restart neither repeats nor forgets one. Reads the clock once a cycle.
 */
export class Runner {
  readonly #parts: RunnerParts;
  readonly #byName: ReadonlyMap<string, Task>;
  readonly #due: DueBook;
  readonly #diary: Diary;
  readonly #watch: ClockWatch;
  readonly #waits: Waits;
  readonly #day: Day;
  readonly #lanes: Lanes;
  readonly #missed: MissedRuns;
  #distrust: string | null = null;
  #timers: Timer[] = [];
  #stopped = true;
  #revision = 0;
  /** Only where the clock was wrong at the start: then the store is read once it is right. */
  #recalling: Promise<void> | null = null;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#byName = new Map(parts.tasks.map((task) => [task.name, task]));
    this.#due = new DueBook(parts.tasks);
    this.#watch = new ClockWatch(parts.clock, parts.jumpToleranceMs);
    this.#waits = new Waits(parts.onAlarm);
    this.#diary = new Diary({ ...parts, waits: this.#waits });
    this.#day = new Day(parts.tasks);
    this.#missed = new MissedRuns({ ...parts, diary: this.#diary, waits: this.#waits });
    this.#lanes = new Lanes({
      ...parts,
      diary: this.#diary,
      onTurn: (now) => this.#count(now),
      onAgain: (task, dueAt) => this.#due.again(task.name, dueAt),
      onEnd: () => this.#cycle(),
    });
  }

  /** Grows with whatever may change what is ready, planned or blocked, and stands still only when the timetable does. */
  get revision(): number {
    return this.#revision;
  }

  get tasks(): readonly Task[] {
    return this.#parts.tasks;
  }

  get running(): readonly RunningTask[] {
    return this.#lanes.running;
  }

  /** The last occurrences, newest first. */
  get recent(): readonly Occurrence[] {
    return this.#diary.recent;
  }

  get steering(): Steering {
    return this.#diary.steering;
  }

  get pastWindows(): readonly WindowUse[] {
    return this.#diary.pastWindows;
  }

  get windowUse(): WindowUse | null {
    return this.#diary.ledger.current;
  }

  /** Why the clock is not known to be right, or `null`. */
  get clockDoubt(): string | null {
    return this.#watch.doubt;
  }

  /** When a timed task is due next. */
  nextDue(name: string): EpochMs | null {
    return this.#due.waiting.get(name) ?? this.#due.nextOf(name);
  }

  async start(): Promise<void> {
    const { now } = this.#watch.read();
    const lost = await this.steering.load(now);
    if (lost !== null) this.#setAside(lost, now);
    this.#stopped = false;
    if (!this.#day.knows(now)) {
      this.#arm(now);
      return;
    }
    await this.#recall(now);
    this.#cycle();
  }

  /** Lets what runs end by its signal; nothing starts any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
    await this.#lanes.stopAll();
    await this.#diary.saveLast();
  }

  wake(): void {
    this.#cycle();
  }

  /** Another clock says the same as ours. */
  confirmClock(): void {
    if (this.#watch.doubt === null) return;
    this.#watch.confirm();
    this.#cycle();
  }

  /** The books were compared with the broker's. Once they agree, what the scheduler lost does not matter to trading any more. */
  booksCompared(agreed: boolean): void {
    if (agreed) this.#distrust = null;
    this.#cycle();
  }

  /** Why the scheduler itself holds trading until the books were compared, or `null`. */
  get distrust(): string | null {
    return this.#distrust;
  }

  /** Everything as it stands at `now`. */
  situation(now: EpochMs): Situation {
    const { capacity, holdsTrading } = this.#parts;
    const running = this.running.map(({ task }) => task);
    const free = capacity.freeMb();
    return {
      ...{ now, ...this.#day.at(now), running, deaf: this.#lanes.deaf },
      freeMb: free === null ? null : running.reduce((left, { memoryMb }) => left - memoryMb, free),
      ...{ mostAtOnce: capacity.mostAtOnce, serial: capacity.serial },
      hold: this.#doubt() ?? holdsTrading(),
      ...{ control: this.steering.control, states: this.#diary.states.all, due: this.#due.waiting },
    };
  }

  /** Starts a task because a person wants it. Returns why not, or `null`. */
  startAsked(name: string, now: EpochMs): Obstacle | null {
    const task = this.#byName.get(name);
    if (task === undefined) return { rule: 'disabled', about: '' };
    const situation = this.situation(now);
    const obstacle = obstacleTo(task, situation, true);
    if (obstacle === null) this.#begin(task, situation);
    return obstacle;
  }

  stopRun(name: string, cause: StopCause, reason: string): boolean {
    return this.#lanes.stop(name, cause, reason);
  }

  #doubt(): string | null {
    const { doubt } = this.#watch;
    return doubt === null ? this.#distrust : `the clock is not known to be right: ${doubt}`;
  }

  async #recall(now: EpochMs): Promise<void> {
    const { missed, seen, corrupt } = await this.#diary.recall(this.#due, this.#day.at(now).window, now);
    for (const text of corrupt) this.#setAside(text, now);
    if (seen !== null && seen < now && this.#day.knows(seen)) this.#day.resume(seen);
    this.#missed.note(missed, now, () => 'the appliance did not run');
    this.#diary.saveSoon([]);
  }

  #setAside(text: string, now: EpochMs): void {
    this.#distrust = 'a record of the schedule was lost, and the books have not been compared since';
    this.#parts.log.error({ record: text }, 'a record of the schedule was set aside');
    this.#parts.onAlarm('schedule-records', `Schedule: ${text}`, false);
    this.#diary.tell({ at: now, kind: 'corrupt', task: null, source: 'scheduler', text });
  }

  #cycle(): void {
    if (this.#stopped) return;
    this.#revision += 1;
    const { now, jumpMs } = this.#watch.read();
    if (!this.#day.knows(now)) this.#arm(now);
    else if (this.#diary.states.all.size > 0) this.#go(now, jumpMs);
    else this.#recalling ??= this.#recall(now).then(() => this.#cycle());
  }

  #go(now: EpochMs, jumpMs: number): void {
    if (jumpMs !== 0) this.#jumped(now, jumpMs);
    this.#count(now);
    this.#missed.note(this.#day.turn(now, this.#diary.states.all), now, () => 'its time passed');
    this.#missed.note(this.#due.sweep(now), now, (task) => this.#waits.reasonOf(task));
    this.#lanes.stopOverdue(now);
    this.#startReady(now);
    this.#arm(now);
  }

  #startReady(now: EpochMs): void {
    for (;;) {
      const situation = this.situation(now);
      const ready: Task[] = [];
      for (const task of this.#candidates()) {
        const obstacle = obstacleTo(task, situation);
        if (obstacle === null) ready.push(task);
        this.#waits.note(task, obstacle, now);
        if (obstacle !== null && task.priority === 'critical') this.#lanes.makeRoom(task, obstacle);
      }
      const next = inOrder(ready, situation)[0];
      if (next === undefined) return;
      this.#begin(next, situation);
    }
  }

  /** Timed tasks that wait, and what may run as soon as it can in this phase. */
  *#candidates(): Generator<Task> {
    for (const name of this.#due.waiting.keys()) {
      const task = this.#byName.get(name);
      if (task !== undefined) yield task;
    }
    yield* this.#day.opportunistic;
  }

  #begin(task: Task, situation: Situation): void {
    this.#lanes.begin(task, situation, isTimed(task) ? this.#due.begin(task.name) : null);
  }

  #jumped(now: EpochMs, jumpMs: number): void {
    const { log, onJump } = this.#parts;
    const text = `the clock was set ${jumpMs > 0 ? 'forward' : 'back'} by ${spanText(Math.abs(jumpMs))}`;
    log.warn({ jumpMs }, 'the clock was set');
    this.#diary.tell({ at: now, kind: 'jump', task: null, source: 'scheduler', text });
    this.#diary.ledger.skipTo(now);
    this.#day.forget();
    if (jumpMs < 0) {
      this.#due.rewind(now);
      this.#diary.states.endAt(now);
    }
    this.#lanes.aimAgain(this.situation(now));
    onJump(jumpMs);
  }

  #count(now: EpochMs): void {
    const runs = this.#lanes.running;
    const research = runs.some(({ task }) => task.category === 'research');
    const ended = this.#diary.ledger.count(now, this.#day.at(now).window, { anything: runs.length > 0, research });
    if (ended === null) return;
    this.#diary.closeWindow(ended);
  }

  #arm(now: EpochMs): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
    if (this.#stopped) return;
    const { clock, heartbeatMs } = this.#parts;
    const again = (): void => this.#cycle();
    const known = this.#day.knows(now);
    const at = known ? this.#nextInstant(now) : Number.POSITIVE_INFINITY;
    if (Number.isFinite(at)) this.#timers.push(clock.at(at, again));
    const look = Math.min(
      known ? heartbeatMs : 1000,
      this.#waits.forMemory ? MEMORY_LOOK_MS : Number.POSITIVE_INFINITY,
    );
    if (Number.isFinite(look)) this.#timers.push(clock.after(look, again));
  }

  #nextInstant(now: EpochMs): EpochMs {
    const next = Math.min(
      this.#due.nextAt,
      this.#day.nextInstant(now, this.#diary.states.all),
      this.#lanes.nextStop(now),
    );
    const research = this.steering.control.noResearchUntil;
    return Math.min(next, this.#againAt(now), research !== null && research > now ? research : next);
  }

  /** When the next timed task that came to nothing may be tried again. */
  #againAt(now: EpochMs): EpochMs {
    let next = Number.POSITIVE_INFINITY;
    for (const name of this.#due.waiting.keys()) {
      const task = this.#byName.get(name);
      if (task !== undefined) next = Math.min(next, wakeAt(task, this.#diary.states.all.get(name), now));
    }
    return next;
  }
}
