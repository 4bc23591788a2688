import { instantInNewYork, newYorkDate } from '../../core/calendar/new-york.ts';
import { DAY_MS, type EpochMs, MINUTE_MS } from '../../core/calendar/time.ts';
import type { Occurrence } from '../../edges/store/records.ts';
import { type Store, timeKey } from '../../edges/store/store.ts';
import type { Clock, Timer } from '../../edges/system/clock.ts';
import type { Log } from '../../edges/system/log.ts';
import { byPriority, type Task } from './task.ts';
import { dueBetween, nextDue } from './timetable.ts';

/** An occurrence that starts within this of its time is on time. */
const GRACE_MS = 2 * MINUTE_MS;

interface Waiting {
  readonly task: Task;
  readonly dueAt: EpochMs;
}

export interface RunnerParts {
  readonly tasks: readonly Task[];
  readonly clock: Clock;
  readonly store: Pick<Store, 'commit' | 'list'>;
  readonly log: Log;
  /** Called when something started, ended or was missed. */
  readonly onChange: () => void;
}

export interface Coming {
  readonly task: Task;
  readonly at: EpochMs;
}

/**
 * Runs each task at its time, one after another, and remembers every occurrence, so that a restart neither repeats nor
 * forgets one.
 */
export class Runner {
  readonly #parts: RunnerParts;
  #sweptTo: EpochMs = 0;
  #timer: Timer | null = null;
  #queue: Waiting[] = [];
  #running: { readonly occurrence: Occurrence; readonly abort: AbortController } | null = null;
  #recent: Occurrence[] = [];
  #drained: Promise<void> = Promise.resolve();
  #busy = false;
  #stopped = true;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  get running(): Occurrence | null {
    return this.#running?.occurrence ?? null;
  }

  /** The last occurrences, newest first. */
  get recent(): readonly Occurrence[] {
    return this.#recent;
  }

  coming(now: EpochMs, most: number): readonly Coming[] {
    const found: Coming[] = [];
    for (const task of this.#parts.tasks) {
      const at = nextDue(task.timetable, now);
      if (at !== null) found.push({ task, at });
    }
    return found.sort((a, b) => a.at - b.at || byPriority(a.task, b.task)).slice(0, most);
  }

  async start(): Promise<void> {
    const now = this.#parts.clock.now();
    const known = await this.#recall(now);
    this.#stopped = false;
    for (const task of this.#parts.tasks) {
      const since = known.get(task.name);
      await (since === undefined
        ? this.#welcome(task, now)
        : this.#enqueue(task, dueBetween(task.timetable, since, now), now));
    }
    this.#sweptTo = now;
    this.#arm();
    this.#drain();
  }

  /** Lets the running task end by its signal; nothing starts any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#queue = [];
    this.#running?.abort.abort(new Error('the appliance is stopping'));
    await this.#drained;
  }

  /** What was due before the process died is closed as interrupted; returns the last due time known of each task. */
  async #recall(now: EpochMs): Promise<Map<string, EpochMs>> {
    const rows = await this.#parts.store.list('occurrences', { from: timeKey(now - 7 * DAY_MS) });
    const known = new Map<string, EpochMs>();
    for (const [, occurrence] of rows) {
      known.set(occurrence.task, occurrence.dueAt);
      if (occurrence.state !== 'running') continue;
      await this.#record({ ...occurrence, state: 'interrupted', endedAt: now, note: 'the process ended while it ran' });
    }
    return known;
  }

  #arm(): void {
    this.#timer?.cancel();
    const next = this.coming(this.#sweptTo, 1)[0];
    if (next === undefined || this.#stopped) return;
    this.#timer = this.#parts.clock.at(next.at, () => {
      void this.#sweep();
    });
  }

  async #sweep(): Promise<void> {
    const now = this.#parts.clock.now();
    const from = this.#sweptTo;
    this.#sweptTo = Math.max(from, now);
    for (const task of this.#parts.tasks) await this.#enqueue(task, dueBetween(task.timetable, from, now), now);
    this.#arm();
    this.#drain();
  }

  /** A task that was never seen before has missed nothing; what is due today may still run. */
  async #welcome(task: Task, now: EpochMs): Promise<void> {
    const midnight = instantInNewYork(newYorkDate(now), '00:00');
    const due = dueBetween(task.timetable, midnight - 1, now).slice(-1);
    await this.#enqueue(
      task,
      due.filter((at) => mayStart(task, at, now)),
      now,
    );
  }

  /** Only the newest due time may run; those before it were missed. */
  async #enqueue(task: Task, due: readonly EpochMs[], now: EpochMs): Promise<void> {
    for (const [i, dueAt] of due.entries()) {
      if (i === due.length - 1 && mayStart(task, dueAt, now)) this.#queue.push({ task, dueAt });
      else await this.#miss({ task, dueAt }, now);
    }
    this.#queue.sort((a, b) => byPriority(a.task, b.task) || a.dueAt - b.dueAt);
  }

  #drain(): void {
    if (this.#busy || this.#stopped) return;
    const next = this.#queue.shift();
    if (next === undefined) return;
    this.#busy = true;
    this.#drained = this.#run(next).then(() => {
      this.#busy = false;
      this.#drain();
    });
  }

  async #run(waiting: Waiting): Promise<void> {
    const { clock, log, onChange } = this.#parts;
    const now = clock.now();
    if (!mayStart(waiting.task, waiting.dueAt, now)) return this.#miss(waiting, now);
    const abort = new AbortController();
    const occurrence: Occurrence = {
      task: waiting.task.name,
      dueAt: waiting.dueAt,
      tradingDay: newYorkDate(waiting.dueAt),
      state: 'running',
      startedAt: now,
      endedAt: null,
      late: now - waiting.dueAt > GRACE_MS,
      note: '',
    };
    this.#running = { occurrence, abort };
    await this.#record(occurrence);
    onChange();
    const outcome = await this.#attempt(waiting.task, occurrence, abort);
    if (outcome.state === 'failed') log.warn({ task: waiting.task.name, note: outcome.note }, 'task failed');
    this.#running = null;
    await this.#record({ ...occurrence, ...outcome, endedAt: clock.now() });
    onChange();
  }

  async #attempt(
    task: Task,
    occurrence: Occurrence,
    abort: AbortController,
  ): Promise<Pick<Occurrence, 'state' | 'note'>> {
    const { clock } = this.#parts;
    const now = clock.now();
    const timeout = clock.at(now + task.maxMinutes * MINUTE_MS, () => {
      abort.abort(new Error(`took longer than ${task.maxMinutes} minutes`));
    });
    const run = {
      task: task.name,
      dueAt: occurrence.dueAt,
      now,
      tradingDay: occurrence.tradingDay,
      late: occurrence.late,
    };
    try {
      const note = await Promise.race([task.run({ ...run, signal: abort.signal }), aborted(abort.signal)]);
      return { state: 'done', note };
    } catch (error) {
      return { state: 'failed', note: error instanceof Error ? error.message : String(error) };
    } finally {
      timeout.cancel();
    }
  }

  async #miss(waiting: Waiting, now: EpochMs): Promise<void> {
    const late = Math.round((now - waiting.dueAt) / MINUTE_MS);
    await this.#record({
      task: waiting.task.name,
      dueAt: waiting.dueAt,
      tradingDay: newYorkDate(waiting.dueAt),
      state: 'missed',
      startedAt: null,
      endedAt: now,
      late: true,
      note: `could not start until ${late} minutes after its time`,
    });
    this.#parts.onChange();
  }

  async #record(occurrence: Occurrence): Promise<void> {
    const key = `${timeKey(occurrence.dueAt)}/${occurrence.task}`;
    await this.#parts.store.commit([{ table: 'occurrences', key, put: occurrence }], 'sync');
    if (occurrence.state === 'running') return;
    this.#recent = [occurrence, ...this.#recent].slice(0, 30);
  }
}

function mayStart(task: Task, dueAt: EpochMs, now: EpochMs): boolean {
  const late = now - dueAt;
  switch (task.missed.kind) {
    case 'skip':
      return late <= GRACE_MS;
    case 'runWithin':
      return late <= task.missed.minutes * MINUTE_MS;
    case 'runOnce':
      return true;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
