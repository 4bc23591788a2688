import { newYorkText } from '../../core/calendar/new-york.ts';
import { DAY_MS, type EpochMs } from '../../core/calendar/time.ts';
import type { Occurrence } from '../../edges/store/records.ts';
import type { TaskState } from '../../edges/store/schedule-records.ts';
import type { Store, Write } from '../../edges/store/store.ts';
import { isCorrupt, readableSince } from './readable.ts';
import type { Plan } from './task.ts';
import { newTaskState, occurrenceFault, rebuiltState, stateFault } from './task-state.ts';

const REMEMBERED_MS = 7 * DAY_MS;

export interface Loaded {
  /** Records that could not be used, as sentences. */
  readonly corrupt: readonly string[];
  /** Runs that the process did not live to end. */
  readonly interrupted: readonly Occurrence[];
  /** By task: the due times that were started. */
  readonly started: ReadonlyMap<string, ReadonlySet<EpochMs>>;
  /** Takes away what cannot be read, so that nobody else stumbles over it. */
  readonly removals: readonly Write[];
  readonly recent: readonly Occurrence[];
  /** By task: the occurrence with the latest due time. */
  readonly newest: ReadonlyMap<string, Occurrence>;
  /** Tasks without any memory of them. */
  readonly unknown: ReadonlySet<string>;
}

interface Lost {
  readonly key: string;
  readonly task: string;
  readonly dueAt: EpochMs;
}

/** What is known of each task, in memory and in the store. */
export class StateBook {
  readonly #store: Pick<Store, 'get' | 'list'>;
  readonly #states = new Map<string, TaskState>();
  readonly #unsaved = new Set<string>();

  constructor(store: Pick<Store, 'get' | 'list'>) {
    this.#store = store;
  }

  get all(): ReadonlyMap<string, TaskState> {
    return this.#states;
  }

  /** When something last began or ended, as far as it is remembered; `null` = nothing ever has. */
  get lastSeen(): EpochMs | null {
    let last: EpochMs | null = null;
    for (const { lastStartedAt, lastEndedAt } of this.#states.values()) {
      const at = Math.max(lastStartedAt ?? 0, lastEndedAt ?? 0);
      if (at > (last ?? 0)) last = at;
    }
    return last;
  }

  of(task: string): TaskState {
    const state = this.#states.get(task);
    if (state === undefined) throw Object.assign(new Error(`no state of task ${task}`), { code: 'SCHEDULE_STATE' });
    return state;
  }

  change(task: string, fields: Partial<TaskState>): void {
    this.#states.set(task, { ...this.of(task), ...fields });
    this.#unsaved.add(task);
  }

  /** The clock was set back: nothing can have happened later than now. */
  endAt(now: EpochMs): void {
    const atMost = (at: EpochMs | null): EpochMs | null => (at === null ? null : Math.min(at, now));
    for (const [name, { lastStartedAt, lastEndedAt, completedAt }] of this.#states) {
      if (Math.max(lastStartedAt ?? 0, lastEndedAt ?? 0, completedAt ?? 0) <= now) continue;
      this.change(name, {
        lastStartedAt: atMost(lastStartedAt),
        lastEndedAt: atMost(lastEndedAt),
        completedAt: atMost(completedAt),
      });
    }
  }

  /** What has changed since the last time, to be committed. */
  takeWrites(): Write[] {
    const writes = [...this.#unsaved].map((key): Write => ({ table: 'taskStates', key, put: this.of(key) }));
    this.#unsaved.clear();
    return writes;
  }

  async load(tasks: readonly Plan[], now: EpochMs): Promise<Loaded> {
    const { occurrences, lost } = await this.#occurrences(tasks, now);
    const records = await this.#records();
    const corrupt = lost.map(
      ({ task, dueAt }) => `the occurrence of ${task} at ${newYorkText(dueAt)}: it counts as started`,
    );
    const unknown = new Set<string>();
    for (const { name } of tasks) {
      const read = records === null ? await this.#read(name) : usableOr(records.get(name), name);
      if (typeof read === 'string') {
        corrupt.push(`the record of ${name}: ${read}; it was rebuilt from the occurrences`);
      }
      const seen = occurrences.some(({ task }) => task === name);
      if (read === null && !seen) unknown.add(name);
      const usable = read !== null && typeof read !== 'string';
      this.#states.set(name, usable ? read : seen ? rebuiltState(name, occurrences, now) : newTaskState(name, now));
      if (!usable) this.#unsaved.add(name);
    }
    const { started, ...others } = remembered(occurrences);
    for (const { task, dueAt } of lost) started.set(task, (started.get(task) ?? new Set()).add(dueAt));
    const removals = lost.map(({ key }): Write => ({ table: 'occurrences', key, remove: true }));
    return { ...{ corrupt, unknown, started, removals }, ...others };
  }

  /** Of the last days; those that cannot be read or used by their key. */
  async #occurrences(
    tasks: readonly Plan[],
    now: EpochMs,
  ): Promise<{ readonly occurrences: readonly Occurrence[]; readonly lost: readonly Lost[] }> {
    const endings = tasks.map(({ name }) => `/${name}`);
    const asking = { store: this.#store, table: 'occurrences', endings } as const;
    const { rows, lost } = await readableSince(asking, now - REMEMBERED_MS);
    const useless = rows.filter(([, each]) => occurrenceFault(each) !== null).map(([key]) => key);
    return {
      occurrences:
        useless.length === 0
          ? rows.map(([, each]) => each)
          : rows.flatMap(([, each]) => (occurrenceFault(each) === null ? [each] : [])),
      lost: [...lost, ...useless].map((key) => ({
        key,
        dueAt: Number(key.slice(0, key.indexOf('/'))),
        task: key.slice(key.indexOf('/') + 1),
      })),
    };
  }

  /** All at once; `null` when one of them cannot be read, and they must be taken one by one. */
  async #records(): Promise<ReadonlyMap<string, TaskState> | null> {
    try {
      return new Map(await this.#store.list('taskStates'));
    } catch (error) {
      if (isCorrupt(error)) return null;
      throw error;
    }
  }

  /** The record, `null` when there is none, or why it cannot be used. */
  async #read(task: string): Promise<TaskState | string | null> {
    try {
      return usableOr((await this.#store.get('taskStates', task)) ?? undefined, task);
    } catch (error) {
      if (isCorrupt(error)) return 'it cannot be read';
      throw error;
    }
  }
}

function usableOr(record: TaskState | undefined, task: string): TaskState | string | null {
  return record === undefined ? null : (stateFault(record, task) ?? record);
}

function remembered(
  occurrences: readonly Occurrence[],
): Pick<Loaded, 'interrupted' | 'recent' | 'newest'> & { readonly started: Map<string, Set<EpochMs>> } {
  const started = new Map<string, Set<EpochMs>>();
  const newest = new Map<string, Occurrence>();
  for (const occurrence of occurrences) {
    const { task, dueAt, startedAt } = occurrence;
    newest.set(task, occurrence);
    if (startedAt === null) continue;
    const known = started.get(task) ?? new Set();
    started.set(task, known.add(dueAt));
  }
  const interrupted = occurrences.filter(({ state }) => state === 'running');
  const recent = occurrences
    .filter(({ state }) => state !== 'running')
    .slice(-30)
    .reverse();
  return { interrupted, started, recent, newest };
}
