import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Clock, Timer } from '../../../edges/system/clock.ts';
import { stream } from '../random.ts';
import { type Fault, type FaultName, type FaultSettings, KNOBS } from './fault.ts';
import type { Knob } from './knob.ts';

/** A fault that is switched on. */
export interface ActiveFault {
  readonly fault: Fault;
  readonly since: EpochMs;
  /** When it ends by itself; `null` = not by time. */
  readonly until: EpochMs | null;
  /** Occasions that came, whether it acted on them or not. */
  readonly occasions: number;
  /** Occasions on which it acted. */
  readonly acted: number;
}

export const HAPPENINGS = ['connection', 'request', 'order', 'cancel', 'fill'] as const;

/** What can happen at the exchange that a schedule may wait for. */
export type Happening = (typeof HAPPENINGS)[number];

export type FaultChange = { readonly kind: 'set' | 'ended'; readonly active: ActiveFault };

interface Switch {
  readonly fault: Fault;
  readonly since: EpochMs;
  readonly until: EpochMs | null;
  readonly timer: Timer | null;
  occasions: number;
  acted: number;
}

/** Which faults are on. The exchange asks it at the places where it can fail; the same seed and calls give the same answers. */
export class Switchboard {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #listeners = new Set<(change: FaultChange) => void>();
  readonly #happenings = new Set<(happening: Happening) => void>();
  readonly #on = new Map<string, Switch>();

  constructor(parts: { readonly clock: Clock; readonly seed?: number }) {
    this.#clock = parts.clock;
    this.#random = stream(parts.seed ?? 1);
  }

  /** Switches a fault on. It replaces one of the same name and the same key parameters. `until` may be left to the fault's own. */
  set(fault: Fault, until: EpochMs | null = null): ActiveFault {
    const key = keyOf(fault);
    this.#end(key);
    const now = this.#clock.now();
    const own = (KNOBS[fault.name] as Knob).lasts === true ? (fault.settings as { ms: number }).ms : 0;
    const ends = until ?? (own > 0 ? now + own : null);
    const timer = ends === null ? null : this.#clock.after(ends - now, () => this.#end(key));
    const one: Switch = { fault, since: now, until: ends, timer, occasions: 0, acted: 0 };
    this.#on.set(key, one);
    const active = shown(one);
    this.#tell({ kind: 'set', active });
    return active;
  }

  /** Switches off all settings of a knob, or everything. Returns how many were on. */
  clear(name?: FaultName): number {
    const keys = [...this.#on].filter(([, { fault }]) => name === undefined || fault.name === name);
    for (const [key] of keys) this.#end(key);
    return keys.length;
  }

  list(): readonly ActiveFault[] {
    return [...this.#on.values()].map(shown);
  }

  get isQuiet(): boolean {
    return this.#on.size === 0;
  }

  /** Whether a knob is on, without being an occasion for it. */
  has(name: FaultName): boolean {
    return this.#on.size > 0 && [...this.#on.values()].some(({ fault }) => fault.name === name);
  }

  /** The settings of a knob that is on, without being an occasion for it; the first of those that fit. */
  get<N extends FaultName>(
    name: N,
    fits: (settings: FaultSettings[N]) => boolean = () => true,
  ): FaultSettings[N] | null {
    return (this.#find(name, fits)?.fault.settings as FaultSettings[N] | undefined) ?? null;
  }

  /** An occasion for a knob: its settings when it acts on this one, `null` when it does not. */
  use<N extends FaultName>(
    name: N,
    fits: (settings: FaultSettings[N]) => boolean = () => true,
  ): FaultSettings[N] | null {
    const one = this.#find(name, fits);
    if (one === null) return null;
    one.occasions += 1;
    const { nth, times } = one.fault;
    if (one.occasions < nth) return null;
    one.acted += 1;
    if (times !== null && one.acted >= times) this.#end(keyOf(one.fault));
    return one.fault.settings as FaultSettings[N];
  }

  /** In [0, 1), from the seed. */
  random(): number {
    return this.#random();
  }

  onChange(listener: (change: FaultChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The exchange says that something happened. */
  happened(happening: Happening): void {
    for (const listener of [...this.#happenings]) listener(happening);
  }

  onHappening(listener: (happening: Happening) => void): () => void {
    this.#happenings.add(listener);
    return () => this.#happenings.delete(listener);
  }

  #find<N extends FaultName>(name: N, fits: (settings: FaultSettings[N]) => boolean): Switch | null {
    if (this.#on.size === 0) return null;
    for (const one of this.#on.values()) {
      if (one.fault.name === name && fits(one.fault.settings as FaultSettings[N])) return one;
    }
    return null;
  }

  #end(key: string): void {
    const one = this.#on.get(key);
    if (one === undefined) return;
    this.#on.delete(key);
    one.timer?.cancel();
    this.#tell({ kind: 'ended', active: shown(one) });
  }

  #tell(change: FaultChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }
}

function keyOf({ name, settings }: Fault): string {
  const values = settings as Readonly<Record<string, unknown>>;
  const keys = (KNOBS[name] as Knob).keys ?? [];
  return JSON.stringify([name, ...keys.map((key) => values[key])]);
}

function shown({ fault, since, until, occasions, acted }: Switch): ActiveFault {
  return { fault, since, until, occasions, acted };
}
