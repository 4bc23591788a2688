/** One number that a benchmark found. A rate is better when larger; give `atMost` instead of `atLeast` where smaller is better. */
export interface Measure {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  /** How many times the yardstick's value this one is. */
  readonly ratio?: number;
  readonly yardstick?: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly aim?: number;
}

/** What every file in this folder exports, beside `title: string`. */
export type Run = () => Promise<Measure[]>;

/** Receives every pass's result, so that no compiler may take the work for useless. */
const kept: { result: unknown } = { result: null };

/**
 * CPU seconds (user and system, this process) of the fastest of several passes, after one that warms up. What a pass computes
 * should be returned, so that it is not optimised away.
 */
export function bestCpuSeconds(pass: () => unknown, passes = 5): number {
  let best = Number.POSITIVE_INFINITY;
  kept.result = pass();
  for (let n = 0; n < passes; n += 1) {
    const before = process.cpuUsage();
    kept.result = pass();
    const used = process.cpuUsage(before);
    best = Math.min(best, (used.user + used.system) / 1e6);
  }
  return Math.max(best, 1e-6);
}

/** As `bestCpuSeconds`, as calls per CPU second when one pass makes `calls` of them. */
export function bestRate(calls: number, pass: () => unknown, passes = 5): number {
  return calls / bestCpuSeconds(pass, passes);
}

/** Whether a measure is on the right side of the bound it must keep. */
export function withinBound(measure: Measure): boolean {
  const { value, atLeast, atMost } = measure;
  return (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
}
