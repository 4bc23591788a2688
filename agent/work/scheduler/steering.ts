import type { EpochMs } from '../../core/calendar/time.ts';
import type { ScheduleControl, ScheduleEvent } from '../../edges/store/schedule-records.ts';
import { type Store, timeKey, type Write } from '../../edges/store/store.ts';
import { isCorrupt } from './readable.ts';
import { NO_CONTROL } from './situation.ts';
import { controlFault } from './task-state.ts';

const KEY = 'schedule';

/** What people decided about the schedule, and the diary of everything that should be readable afterwards. */
export class Steering {
  readonly #store: Pick<Store, 'commit' | 'get'>;
  #control: ScheduleControl = NO_CONTROL;
  #number = 0;

  constructor(store: Pick<Store, 'commit' | 'get'>) {
    this.#store = store;
  }

  get control(): ScheduleControl {
    return this.#control;
  }

  /**
   * Returns what is wrong with the record, or `null`. Whoever paused the schedule or switched off a task may have been in it,
   * so without it nothing but what keeps watch starts until a person says so.
   */
  async load(now: EpochMs): Promise<string | null> {
    const stored = await this.#read();
    if (typeof stored !== 'string') {
      this.#control = stored ?? NO_CONTROL;
      return null;
    }
    this.#control = { ...NO_CONTROL, pausedSince: now };
    return `the record of what people decided: ${stored}; the schedule is paused, and tasks that were switched off by hand must be switched off again before it is resumed`;
  }

  /** Takes effect at once and is on disk, with who asked for it, when it resolves. */
  async decide(change: Partial<ScheduleControl>, event: Omit<ScheduleEvent, 'kind'>): Promise<void> {
    this.#control = { ...this.#control, ...change };
    const put = this.#control;
    await this.#store.commit(
      [{ table: 'scheduleControl', key: KEY, put }, this.write({ ...event, kind: 'command' })],
      'sync',
    );
  }

  note(event: ScheduleEvent): Promise<void> {
    return this.#store.commit([this.write(event)], event.kind === 'command' ? 'sync' : 'lazy');
  }

  write(event: ScheduleEvent): Write {
    this.#number = (this.#number + 1) % 1000;
    const key = `${timeKey(event.at)}/${String(this.#number).padStart(3, '0')}`;
    return { table: 'scheduleEvents', key, put: event };
  }

  async #read(): Promise<ScheduleControl | string | null> {
    try {
      const stored = await this.#store.get('scheduleControl', KEY);
      return stored === null ? null : (controlFault(stored) ?? stored);
    } catch (error) {
      if (isCorrupt(error)) return 'it cannot be read';
      throw error;
    }
  }
}
