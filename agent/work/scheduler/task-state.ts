import { FIRST_SESSION_YEAR, LAST_SESSION_YEAR } from '../../core/calendar/sessions.ts';
import { DAY_MS, dayNumber, type EpochMs } from '../../core/calendar/time.ts';
import type { Occurrence } from '../../edges/store/records.ts';
import type { TaskState } from '../../edges/store/schedule-records.ts';

type Kind = 'text' | 'instant' | 'count' | 'span' | 'share';

/** A field that may be `null` has a question mark. */
const FIELDS: Readonly<Record<keyof TaskState, Kind | `${Kind}?`>> = {
  task: 'text',
  knownSince: 'instant',
  lastStartedAt: 'instant?',
  lastEndedAt: 'instant?',
  lastOutcome: 'text?',
  lastDueAt: 'instant?',
  completedOn: 'text?',
  completedAt: 'instant?',
  spent: 'text?',
  failures: 'count',
  triedIn: 'text?',
  runs: 'count',
  averageMs: 'span?',
  lastMs: 'span?',
  successRate: 'share?',
  withinEstimate: 'count',
  estimated: 'count',
  notReady: 'text?',
};

const OCCURRENCE: Readonly<Record<keyof Occurrence, Kind | `${Kind}?` | 'flag'>> = {
  task: 'text',
  dueAt: 'instant',
  tradingDay: 'text',
  state: 'text',
  startedAt: 'instant?',
  endedAt: 'instant?',
  late: 'flag',
  note: 'text',
};

/** Of the exchange's calendar: no record is from another time. */
const FIRST = dayNumber(FIRST_SESSION_YEAR, 1, 1) * DAY_MS;
const LAST = dayNumber(LAST_SESSION_YEAR + 1, 1, 1) * DAY_MS;

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
  const fault = faultIn(record, FIELDS);
  if (fault !== null) return fault;
  const named = (record as TaskState).task;
  return named === task ? null : `it is of "${named}"`;
}

/** What is wrong with a stored occurrence, or `null`. */
export function occurrenceFault(record: unknown): string | null {
  return faultIn(record, OCCURRENCE);
}

/** What is wrong with the stored decisions of people, or `null`. */
export function controlFault(record: unknown): string | null {
  const fault = faultIn(record, { pausedSince: 'instant?', noResearchUntil: 'instant?' });
  if (fault !== null) return fault;
  const { enabled } = record as { enabled?: unknown };
  const right = typeof enabled === 'object' && enabled !== null;
  return right && Object.values(enabled).every((each) => typeof each === 'boolean')
    ? null
    : `its field enabled holds ${JSON.stringify(enabled)}`;
}

function faultIn(record: unknown, kinds: Readonly<Record<string, string>>): string | null {
  if (typeof record !== 'object' || record === null) return 'it is no record';
  const fields = record as Readonly<Record<string, unknown>>;
  for (const [name, kind] of Object.entries(kinds)) {
    const value = fields[name];
    if (kind.endsWith('?') && value === null) continue;
    if (!isKind(value, kind.replace('?', ''))) return `its field ${name} holds ${JSON.stringify(value)}`;
  }
  return null;
}

function isKind(value: unknown, kind: string): boolean {
  if (kind === 'text') return typeof value === 'string';
  if (kind === 'flag') return typeof value === 'boolean';
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  if (kind === 'instant') return value >= FIRST && value < LAST;
  if (kind === 'count') return Number.isInteger(value) && value >= 0;
  return kind === 'share' ? value >= 0 && value <= 1 : value >= 0;
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
