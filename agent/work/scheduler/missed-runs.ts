import { newYorkText } from '../../core/calendar/new-york.ts';
import type { EpochMs } from '../../core/calendar/time.ts';
import { tradingDayAt } from '../../core/calendar/windows.ts';
import type { Write } from '../../edges/store/store.ts';
import type { Diary } from './diary.ts';
import type { Due } from './due-book.ts';
import { leavesTrace, missedAlarm, missedOccurrence, occurrenceWrite } from './run-record.ts';
import { isEnabled } from './situation.ts';
import type { Plan } from './task.ts';
import type { Waits } from './waits.ts';

export interface MissedRunsParts {
  readonly diary: Diary;
  readonly waits: Waits;
  readonly onChange: () => void;
  readonly onAlarm: (key: string, text: string, resolved: boolean) => void;
}

/** Of one task at one time; a line says of the others how many there were. After months without power they are thousands. */
const MOST_LISTED = 10;

/** What came due and never started: written down in one batch, told where the policy says so. */
export class MissedRuns {
  readonly #parts: MissedRunsParts;

  constructor(parts: MissedRunsParts) {
    this.#parts = parts;
  }

  /** Of each task oldest first. Nobody misses what is disabled. */
  note(missed: readonly Due[], now: EpochMs, why: (task: string) => string): void {
    if (missed.length === 0) return;
    const { diary, waits, onChange, onAlarm } = this.#parts;
    const writes: Write[] = [];
    for (const [task, dueAts] of byTask(missed)) {
      const reason = why(task.name);
      waits.forget(task.name);
      const lastDueAt = Math.max(dueAts.at(-1) ?? 0, diary.states.of(task.name).lastDueAt ?? 0);
      diary.states.change(task.name, { lastDueAt });
      if (!isEnabled(task, diary.steering.control)) continue;
      if (task.missed.kind === 'alarm') {
        onAlarm(missedAlarm(task.name), `Schedule: ${task.title} was missed`, false);
      }
      if (leavesTrace(task)) writes.push(...this.#occurrences(task, dueAts, { now, reason }));
    }
    if (writes.length === 0) return;
    diary.saveSoon(writes, 'sync');
    onChange();
  }

  #occurrences(task: Plan, dueAts: readonly EpochMs[], about: { now: EpochMs; reason: string }): Write[] {
    const listed = dueAts.slice(-MOST_LISTED);
    const others = dueAts.length - listed.length;
    return listed.map((dueAt, index) => {
      const first =
        index === 0 && others > 0 ? `; ${others} before it too, from ${newYorkText(dueAts[0] ?? 0)} on` : '';
      const { now, reason: why } = about;
      const occurrence = missedOccurrence(task.name, dueAt, { now, tradingDay: tradingDayAt(dueAt), why });
      const told = { ...occurrence, note: occurrence.note + first };
      this.#parts.diary.remember(told);
      return occurrenceWrite(told);
    });
  }
}

function byTask(missed: readonly Due[]): ReadonlyMap<Plan, EpochMs[]> {
  const found = new Map<Plan, EpochMs[]>();
  for (const { task, dueAt } of missed) {
    const dueAts = found.get(task);
    if (dueAts === undefined) found.set(task, [dueAt]);
    else dueAts.push(dueAt);
  }
  return found;
}
