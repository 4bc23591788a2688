import { instantInNewYork } from '../../../core/calendar/new-york.ts';
import type { EpochMs } from '../../../core/calendar/time.ts';
import { type Fault, type FaultProblem, type Nearest, parseFault, readFault } from './fault.ts';
import type { ScheduledFault } from './fault-schedule.ts';
import { HAPPENINGS, type Happening } from './switchboard.ts';

type Entry = Readonly<Record<string, unknown>>;

interface Surroundings {
  readonly now: EpochMs;
  readonly nearest: Nearest;
}

const KEYS = ['fault', 'value', 'at', 'until', 'after', 'count', 'forMs'];
const ZONED = /(?:Z|[+-]\d\d:\d\d)$/;

/**
 * A schedule as it is written: a list of `{ fault, value }` with `at` (and `until` or `forMs`), or with `after` and `count` (and
 * `forMs`), or with neither: at once. Every problem says which entry it is in.
 */
export function readSchedule(list: unknown, given: Surroundings): readonly ScheduledFault[] | FaultProblem {
  if (!Array.isArray(list)) return { problem: 'a schedule of faults is a list' };
  const found: ScheduledFault[] = [];
  for (const [index, entry] of list.entries()) {
    const scheduled = readEntry(entry, given);
    if ('problem' in scheduled) return { problem: `entry ${index + 1}: ${scheduled.problem}` };
    found.push(scheduled);
  }
  return found;
}

function readEntry(entry: unknown, given: Surroundings): ScheduledFault | FaultProblem {
  if (typeof entry !== 'object' || entry === null) return { problem: 'is not an object with a fault' };
  const values = entry as Entry;
  const strange = Object.keys(values).find((key) => !KEYS.includes(key));
  if (strange !== undefined) return { problem: `"${strange}" is not known; known are ${KEYS.join(', ')}` };
  const fault = faultIn(values, given.nearest);
  if ('problem' in fault) return fault;
  const { after, count = 1, forMs = null } = values;
  if (forMs !== null && !isCount(forMs)) return { problem: 'forMs must be milliseconds, from 1' };
  if (after === undefined) return timed(values, fault, { now: given.now, forMs });
  if (!HAPPENINGS.includes(after as Happening)) return { problem: `after must be one of ${HAPPENINGS.join(', ')}` };
  if (!isCount(count)) return { problem: 'count must be a whole number from 1' };
  return { after: after as Happening, count, fault, forMs };
}

function timed(
  { at, until }: Entry,
  fault: Fault,
  given: { readonly now: EpochMs; readonly forMs: number | null },
): ScheduledFault | FaultProblem {
  const begins = at === undefined ? given.now : instantOf(at);
  const ends = until === undefined ? null : instantOf(until);
  if (begins === null || (until !== undefined && ends === null)) {
    return { problem: 'at and until must be instants such as 2026-11-20T10:31 (New York), with Z, or with an offset' };
  }
  if (ends !== null && ends <= begins) return { problem: 'until must be later than at' };
  return { at: begins, fault, until: ends ?? (given.forMs === null ? null : begins + given.forMs) };
}

function faultIn({ fault, value }: Entry, nearest: Nearest): Fault | FaultProblem {
  if (typeof fault !== 'string') return { problem: 'it names no fault' };
  return value === undefined ? parseFault(fault, nearest) : readFault(fault, value, nearest);
}

function instantOf(text: unknown): EpochMs | null {
  if (typeof text === 'number') return Number.isSafeInteger(text) ? text : null;
  if (typeof text !== 'string') return null;
  try {
    if (ZONED.test(text)) return Temporal.Instant.from(text).epochMilliseconds;
    const [date = '', time = ''] = text.split('T');
    return instantInNewYork(date, time);
  } catch {
    return null;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}
