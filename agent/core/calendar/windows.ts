import { instantOnDay, newYorkDay, weekday } from './new-york.ts';
import { type Mode, type ModeChange, modeAt, nextModeChange, type Phase, phaseAt } from './phase.ts';
import { nextSession, previousSession, type Session, sessionOnDay } from './sessions.ts';
import { DAY_MS, type EpochDay, type EpochMs, epochDay, HOUR_MS, type IsoDate, isoDate, MINUTE_MS } from './time.ts';

/** By what keeps the exchange closed between two sessions. */
export type WindowKind = 'overnight' | 'weekend' | 'holiday' | 'holiday_weekend';

/** How long before 8:00 a window's research must be over. */
export type Reserves = Readonly<Record<WindowKind, number>>;

export const RESERVES: Reserves = {
  overnight: 1.5 * HOUR_MS,
  weekend: 3.5 * HOUR_MS,
  holiday: 2 * HOUR_MS,
  holiday_weekend: 4 * HOUR_MS,
};

/** The time between two sessions that research may use: [from, researchUntil), then the reserve, then 8:00. */
export interface ResearchWindow {
  readonly type: WindowKind;
  /** The session's date before it: what is done in it belongs to that trading day. */
  readonly tradingDay: IsoDate;
  readonly from: EpochMs;
  readonly researchUntil: EpochMs;
  /** 8:00 of the next trading day. */
  readonly until: EpochMs;
  readonly reserveMs: number;
}

export interface PhaseSpan {
  readonly phase: Phase;
  readonly from: EpochMs;
  readonly until: EpochMs;
}

const PREPARATION_MS = 90 * MINUTE_MS;
/** What follows the close comes first: research begins at 18:00, and at 15:00 on half days. */
const AFTER_CLOSE_MS = 2 * HOUR_MS;

/**
 * The research window that holds at an instant, from 8:00 of one trading day to 8:00 of the next; before its `from` it is the
 * one to come. Throws a RangeError outside the calendar's years.
 */
export function windowAt(at: EpochMs, reserves: Reserves = RESERVES): ResearchWindow {
  const day = newYorkDay(at);
  const today = sessionOnDay(day);
  const begun = today !== null && at >= preparation(today) ? today : previousSession(isoDate(day));
  const next = nextSession(begun.date);
  const type = typeBetween(epochDay(begun.date), epochDay(next.date));
  const until = preparation(next);
  const reserveMs = reserves[type];
  return {
    type,
    tradingDay: begun.date,
    from: begun.close + AFTER_CLOSE_MS,
    researchUntil: until - reserveMs,
    until,
    reserveMs,
  };
}

/** The trading day that an instant belongs to: it lasts from its 8:00 to the 8:00 of the next one. */
export function tradingDayAt(at: EpochMs): IsoDate {
  const day = newYorkDay(at);
  const today = sessionOnDay(day);
  return today !== null && at >= preparation(today) ? today.date : previousSession(isoDate(day)).date;
}

/** `modeAt` with the reserve of the window that holds. */
export function operatingModeAt(at: EpochMs, reserves: Reserves = RESERVES): Mode {
  return modeAt(at, windowAt(at, reserves).reserveMs);
}

/** The next change of `operatingModeAt`. */
export function nextOperatingMode(at: EpochMs, reserves: Reserves = RESERVES): ModeChange {
  const { reserveMs } = windowAt(at, reserves);
  const change = nextModeChange(at, reserveMs);
  if (change.mode !== 'research') return change;
  return { at: change.at, mode: operatingModeAt(change.at, reserves) };
}

/** The phase of an instant with where it begins and ends; neighbours of the same phase (a weekend's two days) are one span. */
export function phaseSpanAt(at: EpochMs): PhaseSpan {
  const phase = phaseAt(at);
  let from = boundaries(newYorkDay(at)).findLast((each) => each <= at) as EpochMs;
  while (phaseAt(from - 1) === phase)
    from = boundaries(newYorkDay(from - 1)).findLast((each) => each < from) as EpochMs;
  let until = nextBoundary(at);
  while (phaseAt(until) === phase) until = nextBoundary(until);
  return { phase, from, until };
}

function preparation(session: Session): EpochMs {
  return session.open - PREPARATION_MS;
}

function typeBetween(begun: EpochDay, next: EpochDay): WindowKind {
  let weekend = false;
  let holiday = false;
  for (let day = begun + 1; day < next; day += 1) {
    if (weekday(day) > 5) weekend = true;
    else holiday = true;
  }
  if (weekend) return holiday ? 'holiday_weekend' : 'weekend';
  return holiday ? 'holiday' : 'overnight';
}

/** The instants of a day at which its phase may change, oldest first. */
function boundaries(day: EpochDay): readonly EpochMs[] {
  const midnight = instantOnDay(day, 0);
  const session = sessionOnDay(day);
  if (session === null) return [midnight];
  const { open, close } = session;
  const postMarketEnd = instantOnDay(day, 17 * HOUR_MS);
  return [midnight, open - PREPARATION_MS, open, close, postMarketEnd, instantOnDay(day, 21.5 * HOUR_MS)];
}

function nextBoundary(at: EpochMs): EpochMs {
  const day = newYorkDay(at);
  const found = boundaries(day).find((each) => each > at) ?? instantOnDay(day + 1, 0);
  return found > at ? found : at + DAY_MS;
}
