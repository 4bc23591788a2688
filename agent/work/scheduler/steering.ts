import type { EpochMs } from '../../core/calendar/time.ts';
import type { ScheduleControl, ScheduleEvent } from '../../edges/store/schedule-records.ts';
import { type Store, timeKey, type Write } from '../../edges/store/store.ts';
import { NO_CONTROL } from './situation.ts';

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

  async load(): Promise<void> {
    const stored = await this.#store.get('scheduleControl', KEY);
    if (stored !== null) this.#control = { ...NO_CONTROL, ...stored };
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

  isStopped(now: EpochMs): boolean {
    return now < (this.#control.noResearchUntil ?? 0);
  }
}
