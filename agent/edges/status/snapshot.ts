import type { Budget } from '../../core/calendar/budget.ts';
import type { EpochMs, IsoDate } from '../../core/calendar/time.ts';
import type { WindowKind } from '../../core/calendar/windows.ts';
import type { Hold } from '../../core/risk/holds.ts';
import type { TradingState } from '../../core/risk/trading-state.ts';
import type { Lights } from '../hardware/light.ts';

/** Money in this record is dollars as a number with at most four decimals: it is for eyes, never for sums. */
export type ShownMoney = number | null;

export interface ShownPosition {
  readonly key: string;
  readonly name: string;
  readonly quantity: number;
  readonly averagePrice: ShownMoney;
  /** Price it is marked at; `null` = no trustworthy quote. */
  readonly mark: ShownMoney;
  readonly markedAt: EpochMs | null;
  readonly credit: ShownMoney;
  readonly unrealized: ShownMoney;
  readonly expiration: IsoDate | null;
  readonly daysToExpiration: number | null;
  /** Ours, or seen at the broker and never touched. */
  readonly foreign: boolean;
}

export interface ShownOrder {
  readonly id: string;
  readonly name: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  readonly filled: number;
  readonly limit: ShownMoney;
  readonly averagePrice: ShownMoney;
  readonly state: string;
  readonly reason: string;
  readonly updatedAt: EpochMs;
}

export interface ShownTask {
  readonly name: string;
  readonly title: string;
  readonly at: EpochMs;
  readonly state: 'next' | 'running' | 'done' | 'failed' | 'skipped' | 'missed' | 'interrupted';
  readonly note: string;
}

export interface ShownRun {
  readonly name: string;
  readonly title: string;
  readonly since: EpochMs;
  readonly estimateMinutes: number;
  /** `null` = it does not say how far it is. */
  readonly progress: { readonly done: number; readonly of: number; readonly best: string } | null;
}

/** What the scheduler is doing, is going to do, and why it does not do the rest. */
export interface ShownSchedule {
  readonly paused: boolean;
  readonly researchStoppedUntil: EpochMs | null;
  readonly window: {
    readonly type: WindowKind;
    readonly from: EpochMs;
    readonly researchUntil: EpochMs;
    readonly until: EpochMs;
  };
  readonly budget: Budget;
  readonly running: readonly ShownRun[];
  /** Of what may start at this moment. */
  readonly ready: readonly string[];
  readonly plan: readonly {
    readonly name: string;
    readonly title: string;
    readonly start: EpochMs;
    readonly end: EpochMs;
  }[];
  readonly blocked: readonly { readonly name: string; readonly title: string; readonly reason: string }[];
  /** Of those tasks that have run: what the next run is thought to take and what the last one took. */
  readonly durations: readonly {
    readonly name: string;
    readonly title: string;
    readonly estimateMinutes: number;
    readonly lastMinutes: number;
  }[];
  /** Research windows, newest first. */
  readonly windows: readonly {
    readonly type: WindowKind;
    readonly from: EpochMs;
    /** Share of the research time so far in which something ran, 0 to 1. */
    readonly utilisation: number;
    readonly completions: number;
    readonly interruptions: number;
  }[];
}

export interface ShownDecision {
  readonly at: EpochMs;
  readonly symbol: string;
  readonly strategy: string;
  readonly outcome: 'trade' | 'noTrade';
  /** What was chosen, or empty. */
  readonly name: string;
  readonly score: number | null;
  readonly reasons: readonly string[];
}

export interface ShownConnection {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failed' | 'off';
  readonly detail: string;
  readonly since: EpochMs;
}

export interface ShownData {
  readonly symbol: string;
  readonly spot: ShownMoney;
  readonly contracts: number;
  readonly quotedAt: EpochMs | null;
  readonly complete: boolean;
}

export interface ShownAlert {
  readonly severity: 'info' | 'warning' | 'critical';
  readonly text: string;
  readonly raisedAt: EpochMs;
}

/** What is kept on the card, and what that costs it. */
export interface ShownDisk {
  readonly tradingDay: IsoDate;
  /** Bytes given to the disk on that trading day; `null` = the system does not say. */
  readonly written: number | null;
  /** `null` as well where the guard is a service of its own. */
  readonly guardWritten: number | null;
  /** Why nothing can be stored, and so nothing ordered, or `null`. */
  readonly failure: string | null;
}

/** The process that every order must pass. */
export interface ShownGuard {
  readonly state: 'unreachable' | 'armed' | 'prep' | 'tripped';
  /** Of a trip. */
  readonly halted: 'confirmed' | 'UNCONFIRMED' | null;
  /** Whether an order would pass. */
  readonly open: boolean;
  /** Why no order passes, or who armed it. */
  readonly detail: string;
  /** After a trip: what still works; `null` = not known. */
  readonly working: readonly string[] | null;
  readonly redSwitch: 'normal' | 'pressed' | 'broken' | 'shorted' | 'unknown' | 'none';
  /** What must be shown of the red switch at all times, such as that there is none; `null` = nothing. */
  readonly switchNote: string | null;
  readonly since: EpochMs;
}

/** The board: the one small record that page, MQTT and lights render. */
export interface StatusSnapshot {
  /** Grows by one with each change. */
  readonly sequence: number;
  readonly at: EpochMs;
  readonly version: string;
  readonly startedAt: EpochMs;
  /** `demo` and `replay` trade against the simulated exchange. */
  readonly run: 'demo' | 'replay' | 'paper' | 'live';
  /** 1 in real life; 60 = one minute of the market in a second. */
  readonly speed: number;
  readonly mode: 'trading' | 'research' | 'prep';
  readonly phase: string;
  readonly nextMode: { readonly mode: 'trading' | 'research' | 'prep'; readonly at: EpochMs } | null;
  readonly trading: TradingState;
  /** What holds trading back beside the owner's own switch; `trading` is the strictest of all. */
  readonly breakers: readonly Hold[];
  /** `null` where orders pass none: in a replay. */
  readonly guard: ShownGuard | null;
  readonly lights: Lights;
  /** `null` where nothing is kept on a disk: in a replay. */
  readonly disk: ShownDisk | null;
  readonly profit: {
    readonly day: ShownMoney;
    readonly open: ShownMoney;
    /** Of what was closed, less all commissions. */
    readonly realized: ShownMoney;
    readonly equity: ShownMoney;
    readonly cash: ShownMoney;
    /** Cash that must stay to be able to take assignment of every short put. */
    readonly secured: ShownMoney;
    /** Equity over the day, for a line; at most 120 points. */
    readonly line: readonly (readonly [EpochMs, number])[];
  };
  readonly positions: readonly ShownPosition[];
  readonly orders: readonly ShownOrder[];
  readonly tasks: readonly ShownTask[];
  readonly schedule: ShownSchedule;
  readonly decisions: readonly ShownDecision[];
  readonly connections: readonly ShownConnection[];
  readonly data: readonly ShownData[];
  readonly alerts: readonly ShownAlert[];
}
