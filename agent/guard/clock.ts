/* The only file of the guard that knows the machine's clock. */

export interface Timer {
  cancel(): void;
}

/** For records: may jump. */
export function wallClock(): number {
  return Date.now();
}

/** ISO, of now or of an instant. */
export function isoTime(at = wallClock()): string {
  return new Date(at).toISOString();
}

/** For ages and deadlines: never jumps. */
export function monotonicMs(): number {
  return performance.now();
}

export function every(ms: number, work: () => void): Timer {
  const handle = setInterval(work, ms);
  return { cancel: () => clearInterval(handle) };
}

export function after(ms: number, work: () => void): Timer {
  const handle = setTimeout(work, ms);
  return { cancel: () => clearTimeout(handle) };
}
