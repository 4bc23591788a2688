import type { EpochMs } from '../../core/calendar/time.ts';
import type { Occurrence } from '../../edges/store/records.ts';
import type { Clock, Timer } from '../../edges/system/clock.ts';
import type { Progress, Task } from './task.ts';

/** Why a run was told to stop. */
export type StopCause = 'maximum' | 'calendar' | 'critical' | 'skip' | 'command' | 'shutdown';

export interface Outcome {
  readonly state: 'done' | 'failed' | 'skipped' | 'interrupted';
  readonly note: string;
  /** It was told to stop and did not. */
  readonly deaf: boolean;
}

const AFTER_STOP: Readonly<Record<StopCause, Outcome['state']>> = {
  maximum: 'failed',
  calendar: 'interrupted',
  critical: 'interrupted',
  skip: 'skipped',
  command: 'interrupted',
  shutdown: 'interrupted',
};

export interface RunningParts {
  readonly task: Task;
  readonly occurrence: Occurrence;
  readonly estimateMs: number;
  readonly maxMs: number;
  /** How long it may take to obey before it counts as deaf. */
  readonly obeyMs: number;
  /** When the calendar ends it; it can move when the clock is set. */
  readonly stopAt: EpochMs;
  readonly clock: Clock;
  readonly onProgress: () => void;
}

/** One run of one task: its signal, its limits, and what came of it. */
export class RunningTask {
  readonly #parts: RunningParts;
  readonly #abort = new AbortController();
  readonly #startedElapsed: number;
  #cause: StopCause | null = null;
  #progress: Progress | null = null;
  #timer: Timer | null = null;
  #giveUp: (outcome: Outcome) => void = () => undefined;
  stopAt: EpochMs;

  constructor(parts: RunningParts) {
    this.#parts = parts;
    this.stopAt = parts.stopAt;
    this.#startedElapsed = parts.clock.elapsed();
  }

  get task(): Task {
    return this.#parts.task;
  }

  get occurrence(): Occurrence {
    return this.#parts.occurrence;
  }

  get estimateMs(): number {
    return this.#parts.estimateMs;
  }

  get progress(): Progress | null {
    return this.#progress;
  }

  get stopping(): boolean {
    return this.#cause !== null;
  }

  get cause(): StopCause | null {
    return this.#cause;
  }

  get tookMs(): number {
    return this.#parts.clock.elapsed() - this.#startedElapsed;
  }

  /** Resolves when it has ended, or when it was told to stop and did not obey in time; then `onEnd` follows later. */
  async run(now: EpochMs, onEnd: () => void): Promise<Outcome> {
    if (this.#cause !== null) return this.#outcome({ note: '', failed: true });
    const { task, occurrence, maxMs, clock, onProgress } = this.#parts;
    this.#timer = clock.after(maxMs, () => this.stop('maximum', `took longer than ${task.maxMinutes} minutes`));
    const { dueAt, tradingDay, late } = occurrence;
    const work = this.#work({
      ...{ task: task.name, dueAt, now, tradingDay, late, until: Math.min(this.stopAt, now + maxMs) },
      signal: this.#abort.signal,
      progress: (progress: Progress) => {
        this.#progress = progress;
        onProgress();
      },
    });
    const gaveUp = new Promise<Outcome>((resolve) => {
      this.#giveUp = resolve;
    });
    const outcome = await Promise.race([work, gaveUp]);
    this.#timer?.cancel();
    if (outcome.deaf) void work.then(onEnd);
    return outcome;
  }

  /** Tells it to stop; the first reason counts. */
  stop(cause: StopCause, reason: string): void {
    if (this.#cause !== null) return;
    this.#cause = cause;
    this.#timer?.cancel();
    const { clock, obeyMs } = this.#parts;
    this.#timer = clock.after(obeyMs, () => {
      const note = `${reason}; it did not end within ${obeyMs / 1000} s of its signal`;
      this.#giveUp({ state: 'failed', note, deaf: true });
    });
    this.#abort.abort(new Error(reason));
  }

  async #work(run: Parameters<Task['run']>[0]): Promise<Outcome> {
    try {
      return this.#outcome({ note: await this.#parts.task.run(run), failed: false });
    } catch (error) {
      return this.#outcome({ note: error instanceof Error ? error.message : String(error), failed: true });
    }
  }

  #outcome({ note, failed }: { readonly note: string; readonly failed: boolean }): Outcome {
    if (this.#cause === null) return { state: failed ? 'failed' : 'done', note, deaf: false };
    const { signal } = this.#abort;
    const reason = signal.reason instanceof Error ? signal.reason.message : '';
    const text = note === '' || note === reason ? reason : `${reason}; ${note}`;
    return { state: AFTER_STOP[this.#cause], note: text, deaf: false };
  }
}
