import { newYorkText } from '../calendar/new-york.ts';
import type { EpochMs } from '../calendar/time.ts';
import { windowAt } from '../calendar/windows.ts';

/**
 * closed    nothing holds trading back
 * open      it does
 * halfOpen  it still does, and the next answer decides
 */
export type BreakerPosition = 'closed' | 'open' | 'halfOpen';

/**
 * How an open breaker clears.
 * time      at an instant; where `person` says so, also earlier by hand
 * person    by hand only
 * probe     at an instant without a failure before it, and one good answer then
 * recovery  by itself when what it watches is well again, and not before an instant
 */
export type Clearance =
  | { readonly rule: 'time'; readonly at: EpochMs; readonly person: boolean }
  | { readonly rule: 'person' }
  | { readonly rule: 'probe'; readonly at: EpochMs; readonly quietMs: number }
  | { readonly rule: 'recovery'; readonly when: string; readonly notBefore: EpochMs };

export interface Breaker {
  readonly state: BreakerPosition;
  /** Of the state; a breaker that goes on probing keeps the time at which it opened. */
  readonly since: EpochMs;
  /** Why it opened; empty while closed. */
  readonly reason: string;
  readonly clears: Clearance | null;
}

export const CLOSED: Breaker = { state: 'closed', since: 0, reason: '', clears: null };

const MINUTE_MS = 60_000;

export function isOpen(breaker: Breaker): boolean {
  return breaker.state !== 'closed';
}

/** An open breaker stays as it is: the first reason is the one that counts. */
export function opened<T extends Breaker>(breaker: T, why: { reason: string; clears: Clearance; at: EpochMs }): T {
  if (isOpen(breaker)) return breaker;
  return { ...breaker, state: 'open', since: why.at, reason: why.reason, clears: why.clears };
}

export function closed<T extends Breaker>(breaker: T, at: EpochMs): T {
  return { ...breaker, ...CLOSED, since: at };
}

export function personMayClear({ clears }: Breaker): boolean {
  return clears?.rule === 'person' || (clears?.rule === 'time' && clears.person);
}

/** 8:00 of the next trading day. Throws a RangeError outside the calendar's years. */
export function nextMorning(now: EpochMs): EpochMs {
  return windowAt(now).until;
}

/** The end of a sentence that begins with "clears". */
export function clearsText({ state, clears }: Breaker): string {
  if (clears === null) return '';
  switch (clears.rule) {
    case 'person':
      return 'when a person resumes trading';
    case 'time':
      return `at ${minuteOf(clears.at)}${clears.person ? ', or when a person resumes trading' : ''}`;
    case 'probe':
      if (state === 'halfOpen') return 'with the next good answer of the broker';
      return `after ${clears.quietMs / MINUTE_MS} minutes without a failure (${minuteOf(clears.at)}), with one good answer then`;
    case 'recovery':
      return clears.notBefore === 0 ? clears.when : `${clears.when}, not before ${minuteOf(clears.notBefore)}`;
  }
}

function minuteOf(at: EpochMs): string {
  const text = newYorkText(at);
  return `${text.slice(0, 16)}${text.slice(19)}`;
}
