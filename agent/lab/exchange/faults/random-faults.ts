import type { EpochMs } from '../../../core/calendar/time.ts';
import { stream } from '../random.ts';
import { type Fault, type FaultName, faultOf } from './fault.ts';
import type { FaultAt } from './fault-schedule.ts';

export interface FaultWindow {
  readonly from: EpochMs;
  readonly until: EpochMs;
  /** On average in an hour. */
  readonly perHour?: number;
  /** Only these; all that can come at random when left out. */
  readonly names?: readonly FaultName[];
}

const HOUR_MS = 3_600_000;
const PER_HOUR = 4;
const SHORTEST_MS = 1000;
const LONGEST_MS = 120_000;

/** Draws from the seed. */
interface Dice {
  /** Both ends included. */
  readonly whole: (from: number, to: number) => number;
  readonly one: <T>(of: readonly T[]) => T;
  readonly chance: (of: number) => boolean;
}

/** How each knob is set when it comes by chance. Left out is what stops a client for ever: the bench cannot go on without it. */
const DRAWN: { readonly [N in FaultName]?: (dice: Dice) => Fault } = {
  greetingDelay: ({ whole }) => faultOf('greetingDelay', { ms: whole(10, 20_000) }),
  noGreeting: () => faultOf('noGreeting'),
  noNextValidId: () => faultOf('noNextValidId'),
  nextValidIdRollback: ({ whole }) => faultOf('nextValidIdRollback', { by: whole(1, 5) }),
  dropAfterBytes: ({ whole, one }) =>
    faultOf('dropAfterBytes', { bytes: whole(1, 4000), end: one(['rst', 'fin'] as const) }),
  rst: ({ one, chance }) => faultOf('rst', { on: one([0, 3, 4]), handled: chance(0.5) }),
  fin: ({ one, chance }) => faultOf('fin', { on: one([0, 3, 4]), handled: chance(0.5) }),
  freeze: ({ whole, one }) =>
    faultOf('freeze', { ms: whole(100, 30_000), side: one(['both', 'read', 'write'] as const) }),
  chunking: ({ whole }) => faultOf('chunking', { bytes: whole(1, 64) }),
  mergeFrames: ({ whole }) => faultOf('mergeFrames', { frames: whole(2, 50), ms: whole(1, 500) }),
  rawBytes: ({ one }) =>
    faultOf('rawBytes', {
      kind: one(['zeroLength', 'unknownId', 'short', 'long', 'noNul'] as const),
    }),
  latency: ({ whole, one }) =>
    faultOf('latency', {
      message: one([3, 5, 11, 59, 4, 61]),
      ms: whole(0, 3000),
      spread: whole(0, 3000),
      dist: 'uniform',
    }),
  reorder: ({ whole }) => faultOf('reorder', { window: whole(2, 8), ms: whole(1, 100) }),
  duplicate: ({ one }) => faultOf('duplicate', { message: one([3, 5, 11, 59, 0]) }),
  swallow: ({ one, whole }) => {
    const [message, way] = one([
      [3, 'in'],
      [4, 'in'],
      [3, 'out'],
      [11, 'out'],
      [59, 'out'],
      [5, 'out'],
      [62, 'out'],
      [53, 'out'],
      [55, 'out'],
      [102, 'out'],
    ] as const);
    return faultOf('swallow', { message, way }, { times: whole(1, 3) });
  },
  error: ({ one }) => faultOf('error', { on: 3, code: one([399, 404, 2109, 10349]), text: 'Warning: held' }),
  commissionFirst: ({ chance }) => faultOf('commissionFirst', { unset: chance(0.5) }),
  legOnlyFill: ({ whole }) => faultOf('legOnlyFill', { leg: whole(1, 2), ms: whole(0, 20_000) }),
  whatIfUnset: ({ whole }) => faultOf('whatIfUnset', { ms: whole(0, 5000) }),
  fillAfterCancel: ({ whole }) => faultOf('fillAfterCancel', { ms: whole(1, 5000) }, { times: 1 }),
  cancelAck: ({ one, whole }) => faultOf('cancelAck', { mode: one(['none', 'delay'] as const), ms: whole(10, 30_000) }),
  cancelRefused: ({ one }) => faultOf('cancelRefused', { code: one([161, 10147, 10148]) }, { times: 1 }),
  rejectPlan: ({ one, whole }) =>
    faultOf(
      'rejectPlan',
      {
        form: one(['error', 'errorThenInactive', 'inactiveThenError', 'inactive'] as const),
        code: one([201, 110, 321, 451, 10311]),
        ms: one([0, whole(1, 5000)]),
      },
      { times: 1 },
    ),
  execCorrection: ({ whole, one }) => faultOf('execCorrection', { ms: whole(1, 10_000), by: one([-0.01, 0.01]) }),
  assignment: () => faultOf('assignment'),
  manualCancel: () => faultOf('manualCancel'),
  connectivity: ({ whole, one }) =>
    faultOf('connectivity', { ms: whole(1000, 60_000), restored: one(['1101', '1102'] as const) }),
  farm: ({ whole, one, chance }) =>
    faultOf('farm', {
      farm: one(['market', 'history', 'secdef'] as const),
      ms: whole(1000, 60_000),
      resume: chance(0.7),
    }),
  restart: ({ whole }) => faultOf('restart', { ms: whole(1000, 90_000) }),
  lingeringSession: ({ whole }) => faultOf('lingeringSession', { ms: whole(1000, 30_000) }),
  competingSession: ({ whole, chance }) => faultOf('competingSession', { ms: whole(1000, 60_000), kick: chance(0.3) }),
  readOnly: () => faultOf('readOnly'),
  rateLimit: ({ whole }) => faultOf('rateLimit', { perSecond: whole(10, 50) }),
  lines: ({ whole }) => faultOf('lines', { count: whole(0, 50) }),
  historicalPacing: () => faultOf('historicalPacing'),
  marketDataType: ({ one }) =>
    faultOf('marketDataType', {
      type: one(['2', '3', '4'] as const),
      code: one(['none', '354', '10090', '10167', '10197'] as const),
    }),
  quotes: ({ one }) => faultOf('quotes', { how: one(['frozen', 'crossed', 'none', 'nan', 'noGreeks'] as const) }),
  clockSkew: ({ whole }) => faultOf('clockSkew', { ms: whole(-120_000, 120_000) }),
};

/** The faults that can come at random. */
export const RANDOM_FAULTS = Object.keys(DRAWN) as readonly FaultName[];

/**
 * Faults of a window of time, in the order of their beginning; each ends within the window. The same seed and window give the
 * same faults.
 */
export function randomFaults(seed: number, window: FaultWindow): readonly FaultAt[] {
  const next = stream(seed);
  const dice: Dice = {
    whole: (from, to) => from + Math.floor(next() * (to - from + 1)),
    one: (of) => of[Math.floor(next() * of.length)] as (typeof of)[number],
    chance: (of) => next() < of,
  };
  const names = (window.names ?? RANDOM_FAULTS).filter((name) => DRAWN[name] !== undefined);
  const gap = HOUR_MS / (window.perHour ?? PER_HOUR);
  const found: FaultAt[] = [];
  if (names.length === 0) return found;
  for (let at = window.from; ; ) {
    at += Math.round(-Math.log(1 - next()) * gap);
    if (at >= window.until) return found;
    const fault = DRAWN[dice.one(names)]?.(dice) as Fault;
    const until = Math.min(window.until, at + dice.whole(SHORTEST_MS, LONGEST_MS));
    found.push({ at, fault, until });
  }
}
