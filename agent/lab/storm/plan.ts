import { instantInNewYork, newYorkText } from '../../core/calendar/new-york.ts';
import { type EpochMs, type IsoDate, MINUTE_MS } from '../../core/calendar/time.ts';
import { type Fault, type FaultName, faultText } from '../exchange/faults/fault.ts';
import { randomFaults } from '../exchange/faults/random-faults.ts';
import { hash, stream } from '../exchange/random.ts';

/** Moments of one order at which a process can die. */
export type Moment = 'beforeStored' | 'afterStored' | 'beforeBytes' | 'afterBytes' | 'accepted' | 'filled';

const MOMENTS: readonly Moment[] = ['beforeStored', 'afterStored', 'beforeBytes', 'afterBytes', 'accepted', 'filled'];

type Who = 'agent' | 'guard';

/** Everything in memory is thrown away; it comes back after `downMs`. */
type Deed =
  | { readonly kind: 'crash'; readonly who: Who | 'both'; readonly downMs: number }
  /** At the nth such moment from then on. */
  | { readonly kind: 'crashAt'; readonly moment: Moment; readonly nth: number; readonly downMs: number }
  | { readonly kind: 'restart'; readonly downMs: number }
  /** Of the red switch; `resetMs` after its release the guard is reset and armed, and trading resumed. */
  | { readonly kind: 'press'; readonly heldMs: number; readonly resetMs: number }
  | { readonly kind: 'halt'; readonly resumeMs: number }
  /** The connections of one side end without a word. */
  | { readonly kind: 'drop'; readonly who: Who }
  | { readonly kind: 'slowDisk'; readonly delayMs: number; readonly forMs: number }
  | { readonly kind: 'fullDisk'; readonly forMs: number }
  | { readonly kind: 'fault'; readonly fault: Fault; readonly forMs: number };

export type StormEvent = Deed & { readonly at: EpochMs };

export interface PlanWish {
  readonly seed: number;
  readonly dates: readonly IsoDate[];
  /** When orders are sent, New York time: most of the trouble comes near it. */
  readonly busy: readonly string[];
  /** Of the exchange; `null` = all that can come at random. */
  readonly faults: readonly FaultName[] | null;
}

const SECOND_MS = 1_000;
const FROM = '08:00';
/** From here on nothing new goes wrong: what is left of the session is for recovering. */
const CALM_FROM = '15:10';
const AROUND_MS = 3 * MINUTE_MS;
const DRAWN_PER_HOUR = 60;
const MOST_AT_ONCE = 4;
const FAULTS_ELSEWHERE = 0.7;

interface Dice {
  /** Both ends included. */
  readonly whole: (from: number, to: number) => number;
  readonly one: <T>(of: readonly T[]) => T;
}

/** What goes wrong on these days, in the order of time. The same wish gives the same list. */
export function planOf(wish: PlanWish): readonly StormEvent[] {
  const next = stream(hash(wish.seed, 77));
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const dice: Dice = { whole, one: (of) => of[whole(0, of.length - 1)] as (typeof of)[number] };
  const events = wish.dates.flatMap((date, index) => [
    ...deedsOf(date, wish, dice),
    ...faultsOf(date, wish, { seed: hash(wish.seed, index), dice }),
  ]);
  return events.sort((a, b) => a.at - b.at);
}

/** Crashes, presses and the like. */
function deedsOf(date: IsoDate, { busy }: PlanWish, dice: Dice): StormEvent[] {
  const from = instantInNewYork(date, FROM);
  const until = instantInNewYork(date, CALM_FROM);
  return Array.from({ length: dice.whole(2, 6) }).flatMap((): StormEvent[] => {
    // Most orders are sent the first time.
    const centre = instantInNewYork(date, dice.one([busy[0] as string, ...busy]));
    const near = [dice.whole(0, 400), dice.whole(0, 10_000), dice.whole(-60_000, AROUND_MS)];
    const at = dice.one([...near.map((ms) => centre + ms), dice.whole(from, until)]);
    const deed = deedOf(dice);
    // A moment of an order is waited for: from a little before the orders.
    if (deed.kind === 'crashAt') return [{ ...deed, at: Math.max(from, centre - dice.whole(0, MINUTE_MS)) }];
    return [{ ...deed, at }, ...(deed.kind === 'press' || deed.kind === 'halt' ? aftermath(at, dice) : [])];
  });
}

/** Somebody dies just before a halt or in the middle of it. */
function aftermath(pressedAt: EpochMs, { whole, one }: Dice): StormEvent[] {
  const at = pressedAt + one([whole(-2_000, 0), whole(0, 15), whole(0, 4_000)]);
  const who = one(['nobody', 'agent', 'guard', 'both'] as const);
  return who === 'nobody' ? [] : [{ kind: 'crash', at, who, downMs: one([0, 50, whole(100, 60_000)]) }];
}

function deedOf(dice: Dice): Deed {
  const { whole, one } = dice;
  const downMs = one([0, 50, whole(100, 5_000), whole(5_000, 10 * MINUTE_MS)]);
  switch (whole(0, 11)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return { kind: 'crashAt', moment: one(MOMENTS), nth: whole(1, 4), downMs };
    case 4:
    case 5:
      return { kind: 'crash', who: one(['agent', 'agent', 'guard', 'both'] as const), downMs };
    case 6:
      return { kind: 'restart', downMs };
    case 7:
      return { kind: 'press', heldMs: whole(10, 60_000), resetMs: whole(2_000, 20 * MINUTE_MS) };
    case 8:
      return { kind: 'halt', resumeMs: whole(100, 30 * MINUTE_MS) };
    case 9:
      return { kind: 'drop', who: one(['agent', 'guard'] as const) };
    case 10:
      return { kind: 'slowDisk', delayMs: whole(10, 3_000), forMs: whole(1_000, 5 * MINUTE_MS) };
    default:
      return { kind: 'fullDisk', forMs: whole(1_000, MINUTE_MS) };
  }
}

/** Some that last while orders are sent, each time orders are sent, and few in the rest of the day. */
function faultsOf(
  date: IsoDate,
  { busy, faults }: PlanWish,
  { seed, dice }: { seed: number; dice: Dice },
): StormEvent[] {
  const names = faults === null ? {} : { names: faults };
  const until = instantInNewYork(date, CALM_FROM);
  const near = busy.flatMap((time, index) => {
    const centre = instantInNewYork(date, time);
    const drawn = randomFaults(hash(seed, 1, index), { from: centre, until, perHour: DRAWN_PER_HOUR, ...names });
    return drawn.slice(0, dice.whole(0, MOST_AT_ONCE)).map(({ fault, at, until: ends }): StormEvent => {
      const from = centre + dice.one([dice.whole(-40_000, 0), dice.whole(-500, 0), dice.whole(0, 300), at - centre]);
      const forMs = Math.max((ends ?? at) - at, centre - from + dice.whole(20, 20_000));
      return { kind: 'fault', at: from, fault, forMs: Math.min(forMs, until - from) };
    });
  });
  const window = { from: instantInNewYork(date, FROM), until };
  const far = randomFaults(hash(seed, 2), { ...window, ...names, perHour: FAULTS_ELSEWHERE });
  const elsewhere = far.map(({ at, fault, until: ends }): StormEvent => {
    return { kind: 'fault', at, fault, forMs: (ends ?? until) - at };
  });
  return [...near, ...elsewhere];
}

/** `2026-11-20 10:00:00.120 crash of agent, back after 5 s`. */
export function eventText(event: StormEvent): string {
  const ms = String(event.at % SECOND_MS).padStart(3, '0');
  return `${newYorkText(event.at).slice(0, 19)}.${ms} ${deedText(event)}`;
}

function deedText(deed: Deed): string {
  switch (deed.kind) {
    case 'crash':
      return `crash of ${deed.who}, back after ${spanText(deed.downMs)}`;
    case 'crashAt':
      return `crash of agent at the ${deed.nth}. ${deed.moment} from here, back after ${spanText(deed.downMs)}`;
    case 'restart':
      return `restart of agent in order, back after ${spanText(deed.downMs)}`;
    case 'press':
      return `red switch pressed for ${spanText(deed.heldMs)}, reset ${spanText(deed.resetMs)} later`;
    case 'halt':
      return `halt from the page, resumed after ${spanText(deed.resumeMs)}`;
    case 'drop':
      return `connections of ${deed.who} end`;
    case 'slowDisk':
      return `disk takes ${spanText(deed.delayMs)} for a write, for ${spanText(deed.forMs)}`;
    case 'fullDisk':
      return `disk is full for ${spanText(deed.forMs)}`;
    case 'fault':
      return `fault ${faultText(deed.fault)} for ${spanText(deed.forMs)}`;
  }
}

function spanText(ms: number): string {
  return ms < SECOND_MS ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`;
}
