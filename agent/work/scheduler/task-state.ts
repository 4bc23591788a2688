import type { EpochMs } from '../../core/calendar/time.ts';
import type { Occurrence } from '../../edges/store/records.ts';
import type { TaskState } from '../../edges/store/schedule-records.ts';

type Kind = 'text' | 'number' | 'text?' | 'number?';

const FIELDS: Readonly<Record<keyof TaskState, Kind>> = {
  task: 'text',
  knownSince: 'number',
  lastStartedAt: 'number?',
  lastEndedAt: 'number?',
  lastOutcome: 'text?',
  lastDueAt: 'number?',
  completedOn: 'text?',
  completedAt: 'number?',
  spent: 'text?',
  failures: 'number',
  triedIn: 'text?',
  runs: 'number',
  averageMs: 'number?',
  lastMs: 'number?',
  successRate: 'number?',
  withinEstimate: 'number',
  estimated: 'number',
  notReady: 'text?',
};

export function newTaskState(task: string, knownSince: EpochMs): TaskState {
  return {
    task,
    knownSince,
    lastStartedAt: null,
    lastEndedAt: null,
    lastOutcome: null,
    lastDueAt: null,
    completedOn: null,
    completedAt: null,
    spent: null,
    failures: 0,
    triedIn: null,
    runs: 0,
    averageMs: null,
    lastMs: null,
    successRate: null,
    withinEstimate: 0,
    estimated: 0,
    notReady: null,
  };
}

/** What is wrong with a stored record, or `null`. */
export function stateFault(record: unknown, task: string): string | null {
  if (typeof record !== 'object' || record === null) return 'it is no record';
  const fields = record as Readonly<Record<string, unknown>>;
  for (const [name, kind] of Object.entries(FIELDS)) {
    const value = fields[name];
    const right = kind.endsWith('?') && value === null ? true : isKind(value, kind);
    if (!right) return `its field ${name} holds ${JSON.stringify(value)}`;
  }
  return fields.task === task ? null : `it is of "${String(fields.task)}"`;
}

function isKind(value: unknown, kind: Kind): boolean {
  return kind.startsWith('text') ? typeof value === 'string' : typeof value === 'number' && Number.isFinite(value);
}

/** What the occurrences still say of a task whose state is lost; durations are learned anew. */
export function rebuiltState(task: string, occurrences: readonly Occurrence[], now: EpochMs): TaskState {
  const state: { -readonly [K in keyof TaskState]: TaskState[K] } = newTaskState(task, now);
  for (const each of occurrences) {
    if (each.task !== task) continue;
    state.knownSince = Math.min(state.knownSince, each.dueAt);
    state.lastDueAt = Math.max(state.lastDueAt ?? 0, each.dueAt);
    if (each.startedAt !== null) {
      state.lastStartedAt = Math.max(state.lastStartedAt ?? 0, each.startedAt);
      state.lastEndedAt = each.endedAt;
      state.lastOutcome = each.state;
    }
    if (each.state === 'done') {
      state.completedOn = each.tradingDay;
      state.completedAt = each.endedAt;
      state.spent = each.tradingDay;
      state.runs += 1;
    }
  }
  return state;
}
