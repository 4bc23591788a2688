/* The machine's clock, for whoever does not see the agent's. */

export interface Timer {
  cancel(): void;
}

/** A clock that is moved by hand: the laboratory runs the guard on one. Milliseconds. */
export interface OtherTime {
  /** Since 1970. */
  now(): number;
  /** Since some instant; never set. */
  elapsed(): number;
  after(ms: number, work: () => void): Timer;
}

/** Null = the machine's own. */
let time: OtherTime | null = null;

/** From now on whatever asks here lives by another clock. Never called where a guard guards anything. */
export function runOn(other: OtherTime | null): void {
  time = other;
}

/** For records: may jump. */
export function wallClock(): number {
  return time === null ? Date.now() : time.now();
}

/** ISO, of now or of an instant. */
export function isoTime(at = wallClock()): string {
  return new Date(at).toISOString();
}

/** For ages and deadlines: never jumps. */
export function monotonicMs(): number {
  return time === null ? performance.now() : time.elapsed();
}

export function every(ms: number, work: () => void): Timer {
  const turn = (): void => {
    timer = after(ms, turn);
    work();
  };
  let timer = after(ms, turn);
  return { cancel: () => timer.cancel() };
}

export function after(ms: number, work: () => void): Timer {
  if (time !== null) return time.after(ms, work);
  const handle = setTimeout(work, ms);
  return { cancel: () => clearTimeout(handle) };
}
