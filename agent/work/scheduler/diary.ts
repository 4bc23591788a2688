import { newYorkText } from '../../core/calendar/new-york.ts';
import { DAY_MS, type EpochMs } from '../../core/calendar/time.ts';
import type { ResearchWindow } from '../../core/calendar/windows.ts';
import type { Occurrence } from '../../edges/store/records.ts';
import type { ScheduleEvent, WindowUse } from '../../edges/store/schedule-records.ts';
import { type Store, timeKey, type Write } from '../../edges/store/store.ts';
import type { Log } from '../../edges/system/log.ts';
import { attemptKey, mayRunAgain } from './attempts.ts';
import { lastStart } from './choice.ts';
import type { Due, DueBook } from './due-book.ts';
import { readableSince } from './readable.ts';
import { obstacleText } from './readiness.ts';
import { leavesTrace, occurrenceWrite } from './run-record.ts';
import { type Loaded, StateBook } from './state-book.ts';
import { Steering } from './steering.ts';
import { isTimed, type Plan } from './task.ts';
import type { Waits } from './waits.ts';
import { WindowLedger } from './window-ledger.ts';

export interface DiaryParts {
  readonly tasks: readonly Plan[];
  readonly store: Pick<Store, 'commit' | 'list' | 'get'>;
  readonly log: Log;
  readonly waits: Waits;
}

export interface Recalled {
  readonly missed: readonly Due[];
  /** When the appliance was last seen at work; `null` = never. */
  readonly seen: EpochMs | null;
  /** Records that had to be set aside, as sentences. */
  readonly corrupt: readonly string[];
}

const RECENT = 30;
const PAST_WINDOWS = 7;
/** The longest there is, with the session before it. */
const WINDOW_MS = 6 * DAY_MS;

/** What the scheduler remembers, in memory and in the store. */
export class Diary {
  readonly states: StateBook;
  readonly steering: Steering;
  readonly ledger = new WindowLedger();
  readonly #parts: DiaryParts;
  #recent: Occurrence[] = [];
  #pastWindows: WindowUse[] = [];
  readonly #saving = new Set<Promise<void>>();

  constructor(parts: DiaryParts) {
    this.#parts = parts;
    this.states = new StateBook(parts.store);
    this.steering = new Steering(parts.store);
  }

  /** The last occurrences, newest first. */
  get recent(): readonly Occurrence[] {
    return this.#recent;
  }

  /** Research windows that are over, newest first. */
  get pastWindows(): readonly WindowUse[] {
    return this.#pastWindows;
  }

  closeWindow(use: WindowUse): void {
    this.#pastWindows = [use, ...this.#pastWindows].slice(0, PAST_WINDOWS);
    this.saveSoon([{ table: 'windowUses', key: timeKey(use.from), put: use }]);
  }

  remember(occurrence: Occurrence): void {
    this.#recent = [occurrence, ...this.#recent].slice(0, RECENT);
  }

  /** These records and all that has changed beside them, in one batch. */
  async save(writes: readonly Write[], durability: 'sync' | 'lazy' = 'lazy'): Promise<void> {
    for (const [name, obstacle] of this.#parts.waits.takeChanged()) {
      this.states.change(name, { notReady: obstacle === null ? null : obstacleText(obstacle) });
    }
    const use = this.ledger.current;
    const all: Write[] = [...writes, ...this.states.takeWrites()];
    if (all.length === 0) return;
    if (use !== null && use.busyMs > 0) all.push({ table: 'windowUses', key: timeKey(use.from), put: use });
    await this.#parts.store.commit(all, durability);
  }

  /** As `save`, for whoever cannot wait. */
  saveSoon(writes: readonly Write[], durability: 'sync' | 'lazy' = 'lazy'): void {
    const saved = this.#saveOrLog(writes, durability).finally(() => this.#saving.delete(saved));
    this.#saving.add(saved);
  }

  /** As `save`, at the end, with what could not be waited for before: a disk that refuses must not keep the program from stopping. */
  async saveLast(): Promise<void> {
    await Promise.all([...this.#saving, this.#saveOrLog([], 'lazy')]);
  }

  async #saveOrLog(writes: readonly Write[], durability: 'sync' | 'lazy'): Promise<void> {
    try {
      await this.save(writes, durability);
    } catch (error) {
      this.#parts.log.error({ error: String(error) }, 'the schedule could not be written');
    }
  }

  tell(event: ScheduleEvent): void {
    this.saveSoon([this.steering.write(event)]);
  }

  /** What the store knows; closes what the process did not live to end. */
  async recall(due: DueBook, window: ResearchWindow, now: EpochMs): Promise<Recalled> {
    const { tasks } = this.#parts;
    const loaded = await this.states.load(tasks, now);
    const seen = this.states.lastSeen;
    const windows = await this.#windows(window, now);
    this.#recent = [...loaded.recent];
    for (const [name, dueAts] of loaded.started) due.remember(name, dueAts);
    await this.#closeInterrupted(loaded, now);
    const missed: Due[] = [];
    for (const task of tasks.filter(isTimed)) {
      const { lastDueAt, knownSince } = this.states.of(task.name);
      if (loaded.unknown.has(task.name)) due.welcome(task, now);
      else missed.push(...due.resume(task, leavesTrace(task) ? (lastDueAt ?? knownSince) : now, now));
      this.#tryAgain(task, loaded, { due, now });
    }
    return { missed, seen, corrupt: [...loaded.corrupt, ...windows] };
  }

  /** What came to nothing before the process ended may still be due. */
  #tryAgain(task: Plan, { newest }: Loaded, { due, now }: { readonly due: DueBook; readonly now: EpochMs }): void {
    const occurrence = newest.get(task.name);
    if (occurrence === undefined || now > lastStart(task.missed, occurrence.dueAt)) return;
    const state = occurrence.state === 'running' ? 'interrupted' : occurrence.state;
    const { failures, triedIn } = this.states.of(task.name);
    const tries = triedIn === attemptKey(task, occurrence) ? failures : 0;
    if (mayRunAgain(task, { ...occurrence, state }, tries)) due.again(task.name, occurrence.dueAt);
  }

  /** Goes on with what was used of this window and knows the ones before it. Returns what could not be read, as sentences. */
  async #windows(window: ResearchWindow, now: EpochMs): Promise<readonly string[]> {
    const asking = { store: this.#parts.store, table: 'windowUses', endings: [''] } as const;
    const { rows, lost } = await readableSince(asking, window.from - PAST_WINDOWS * WINDOW_MS);
    const usable = rows.filter(([, use]) => typeof use?.busyMs === 'number');
    this.ledger.resume(usable.find(([key]) => key === timeKey(window.from))?.[1] ?? null, now);
    const past = usable.filter(([key]) => key < timeKey(window.from)).map(([, use]) => use);
    this.#pastWindows = past.toReversed().slice(0, PAST_WINDOWS);
    if (lost.length > 0) this.saveSoon(lost.map((key) => ({ table: 'windowUses', key, remove: true })));
    return lost.map((key) => `how the window from ${newYorkText(Number(key))} was used: it is counted from now on`);
  }

  /** A run that the process died in counts as a failure, so that what kills it is not tried for ever. */
  async #closeInterrupted({ interrupted, removals }: Loaded, now: EpochMs): Promise<void> {
    const writes: Write[] = [...removals];
    for (const occurrence of interrupted) {
      const note = 'the process ended while it ran';
      const closed: Occurrence = { ...occurrence, state: 'interrupted', endedAt: now, note };
      writes.push(occurrenceWrite(closed));
      this.remember(closed);
      const state = this.states.all.get(occurrence.task);
      if (state === undefined) continue;
      const task = this.#parts.tasks.find(({ name }) => name === occurrence.task);
      const triedIn = task === undefined ? occurrence.tradingDay : attemptKey(task, occurrence);
      const failures = state.triedIn === triedIn ? state.failures + 1 : 1;
      const ended = { lastEndedAt: now, lastOutcome: 'interrupted' } as const;
      this.states.change(occurrence.task, { ...ended, failures, triedIn });
    }
    if (writes.length > 0) await this.save(writes, 'sync');
  }
}
