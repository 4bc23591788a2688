import { hash, stream } from '../../../agent/lab/exchange/random.ts';
import type { CutKind } from './volatile-disk.ts';

/** The moment in which the power goes, in real milliseconds. */
export type Moment =
  /** When the disk is asked for the nth flush from now on: before it has flushed, or before it has said so. */
  | { readonly kind: 'flush'; readonly nth: number; readonly side: 'asked' | 'done' }
  /** After the nth thing that happens to an order at the exchange. */
  | { readonly kind: 'order'; readonly nth: number; readonly ms: number }
  /** After the guard has said that its halt is stored. */
  | { readonly kind: 'latch'; readonly ms: number }
  | { readonly kind: 'any'; readonly ms: number };

/** What the box is doing: its orders flow, it was just halted by its red switch or its page, it has just been started, nothing. */
export type Phase = 'orders' | 'press' | 'halt' | 'start' | 'quiet';

export interface Cut {
  readonly phase: Phase;
  readonly moment: Moment;
  readonly keeps: CutKind;
  /** Of what is kept. */
  readonly seed: number;
}

/** A morning: what is cut at a start comes before the box has recovered from the cut before it. */
const DAY: readonly Phase[] = ['orders', 'orders', 'start', 'orders', 'press', 'start', 'quiet'];
const MOST_FLUSHES = { orders: 30, press: 3, halt: 6, start: 12, quiet: 3 };
const MOST_ORDERS = 8;
const LONGEST_MS = { orders: 3_000, press: 400, halt: 800, start: 4_000, quiet: 1_000 };

export function cutsOfDay(seed: number, day: number): readonly Cut[] {
  const phases = day % 2 === 0 ? DAY : DAY.map((phase) => (phase === 'press' ? 'halt' : phase));
  return phases.map((phase, index) => cutOf(phase, hash(seed, day, index)));
}

/** While a store is made there is little that could be cut; each of the first flushes, one after the other. */
export function cutsOfFirstStart(seed: number, cuts: number): readonly Cut[] {
  return Array.from({ length: cuts }, (_, index) => {
    const next = stream(hash(seed, 77, index));
    const side = next() < 0.5 ? 'asked' : 'done';
    return { ...cutOf('start', hash(seed, 77, index)), moment: { kind: 'flush', nth: index + 1, side } };
  });
}

const DOING = {
  orders: 'orders flow',
  press: 'red switch',
  halt: 'HALT on the page',
  start: 'starting',
  quiet: 'nothing to do',
};

export function cutText({ phase, moment, keeps }: Cut): string {
  return `${DOING[phase]}, ${momentText(moment)}, cache ${keeps}`;
}

function momentText(moment: Moment): string {
  if (moment.kind === 'any') return `after ${moment.ms} ms`;
  if (moment.kind === 'latch') return `halt stored + ${moment.ms} ms`;
  if (moment.kind === 'order') return `order event ${moment.nth} + ${moment.ms} ms`;
  return `flush ${moment.nth} ${moment.side === 'asked' ? 'not begun' : 'done, not answered'}`;
}

function cutOf(phase: Phase, seed: number): Cut {
  const next = stream(seed);
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const kind = next();
  const keeps = next() < 0.5 ? 'dropped' : 'half kept';
  return { phase, moment: momentOf(phase, kind, whole), keeps, seed };
}

function momentOf(phase: Phase, kind: number, whole: (from: number, to: number) => number): Moment {
  if (kind < 0.6 && (phase === 'press' || phase === 'halt')) return { kind: 'latch', ms: whole(0, 60) };
  if (kind < 0.25) return { kind: 'any', ms: whole(0, LONGEST_MS[phase]) };
  if (kind < 0.5 && phase === 'orders') return { kind: 'order', nth: whole(1, MOST_ORDERS), ms: whole(0, 60) };
  return { kind: 'flush', nth: whole(1, MOST_FLUSHES[phase]), side: kind < 0.75 ? 'asked' : 'done' };
}
