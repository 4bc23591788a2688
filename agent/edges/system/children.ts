export interface ChildProgress {
  readonly done: number;
  readonly of: number;
  readonly best: string;
}

export interface ChildJob {
  /** Which work, by a name the child knows. */
  readonly work: string;
  /** What it works on: plain values and columns. */
  readonly input: unknown;
  /** More memory than this, and it is killed. */
  readonly capMb: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ChildProgress, partial: unknown) => void;
}

/**
 * done         its result
 * failed       it said why, or died of something else
 * outOfMemory  it wanted more than its cap: a finding, not a crash
 * stopped      by the signal
 */
export type ChildOutcome =
  | { readonly kind: 'done'; readonly result: unknown; readonly peakMb: number }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'outOfMemory'; readonly peakMb: number; readonly capMb: number }
  | { readonly kind: 'stopped' };

/** Work in processes of their own, so that whoever trades never waits for it. */
export interface Children {
  /** Resolves when the process is gone. */
  run(job: ChildJob): Promise<ChildOutcome>;
}
