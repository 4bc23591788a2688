import type { EpochMs, IsoDate } from '../../core/calendar/time.ts';
import type { Occurrence } from './records.ts';

/** What the scheduler knows of one task. Times are instants; durations are milliseconds of a clock that never jumps. */
export interface TaskState {
  readonly task: string;
  /** Since when it has been on the timetable: nothing before that was missed. */
  readonly knownSince: EpochMs;
  readonly lastStartedAt: EpochMs | null;
  readonly lastEndedAt: EpochMs | null;
  readonly lastOutcome: Occurrence['state'] | null;
  readonly lastDueAt: EpochMs | null;
  /** The trading day of the last completion, and when it was. */
  readonly completedOn: IsoDate | null;
  readonly completedAt: EpochMs | null;
  /** The phase or trading day whose one run is spent. */
  readonly spent: string | null;
  /** Failures within the phase or trading day that `triedIn` names. */
  readonly failures: number;
  readonly triedIn: string | null;
  readonly runs: number;
  /** Moving averages: of the duration (α 0.3) and of success (α 0.2, 0 to 1). */
  readonly averageMs: number | null;
  readonly lastMs: number | null;
  readonly successRate: number | null;
  /** Of the runs with at least ten before them: how many stayed within the estimate, and how many there were. */
  readonly withinEstimate: number;
  readonly estimated: number;
  /** Why it could not start when it was last asked. */
  readonly notReady: string | null;
}

/** What a person has decided about the schedule. */
export interface ScheduleControl {
  readonly pausedSince: EpochMs | null;
  /** No research before this instant. */
  readonly noResearchUntil: EpochMs | null;
  /** By task: what differs from the registry. */
  readonly enabled: Readonly<Record<string, boolean>>;
}

/** What became of one research window. */
export interface WindowUse {
  readonly type: 'overnight' | 'weekend' | 'holiday' | 'holiday_weekend';
  readonly from: EpochMs;
  readonly researchUntil: EpochMs;
  readonly until: EpochMs;
  /** Research of any kind, and time in which anything ran, within [from, researchUntil). */
  readonly researchMs: number;
  readonly busyMs: number;
  readonly completions: number;
  readonly interruptions: number;
  readonly overruns: number;
}

/** What a person should be able to read afterwards: commands with their source, defects, jumps of the clock. */
export interface ScheduleEvent {
  readonly at: EpochMs;
  readonly kind: 'command' | 'defect' | 'jump' | 'corrupt' | 'memory';
  readonly task: string | null;
  /** Who asked; `scheduler` for what it saw itself. */
  readonly source: string;
  readonly text: string;
}

/** What a piece of research found. */
export interface ResearchResult {
  readonly at: EpochMs;
  readonly task: string;
  readonly tradingDay: IsoDate;
  /** Of so many. */
  readonly done: number;
  readonly of: number;
  readonly finished: boolean;
  readonly best: readonly ResearchScore[];
  readonly note: string;
}

export interface ResearchScore {
  readonly label: string;
  readonly score: number;
  readonly figures: Readonly<Record<string, number>>;
}

export interface Report {
  readonly kind: 'daily' | 'weekly';
  readonly tradingDay: IsoDate;
  readonly at: EpochMs;
  readonly lines: readonly string[];
}
