import type { EpochMs } from '../../core/calendar/time.ts';
import { clearsText, isOpen } from '../../core/risk/breaker.ts';
import type { BreakerLimits } from '../../core/risk/breaker-limits.ts';
import { step } from '../../core/risk/breakers.ts';
import { breakerState, type Hold, holdsOf } from '../../core/risk/holds.ts';
import type { Observation } from '../../core/risk/observation.ts';
import {
  BREAKER_NAMES,
  BREAKER_TITLES,
  type BreakerName,
  type Breakers,
  type RiskState,
  startingState,
} from '../../core/risk/risk-state.ts';
import type { TradingState } from '../../core/risk/trading-state.ts';
import type { Broker } from '../../edges/broker/broker.ts';
import type { Store } from '../../edges/store/store.ts';
import type { Clock, Timer } from '../../edges/system/clock.ts';
import type { Log } from '../../edges/system/log.ts';
import type { AlertBook } from './alert-book.ts';
import type { Blotter } from './blotter.ts';
import { seenOrders, seenPositions } from './risk-feed.ts';
import { Turn } from './turn.ts';

export interface RiskWatchParts {
  readonly store: Pick<Store, 'commit' | 'get'>;
  readonly alerts: Pick<AlertBook, 'raise' | 'resolve'>;
  readonly broker: Pick<Broker, 'onEvent' | 'time'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: BreakerLimits;
  readonly onChange: () => void;
  /** What works may have to be taken back. */
  readonly onOpened: () => void;
}

const KEY = 'breakers';
const UNKNOWN_ALERT = 'risk-unknown';
/** The broker is short of margin and may liquidate. */
const MARGIN_WARNING = 2148;

/** The breakers as they stand: fed by whoever sees something, in force at once, on disk right after, and there again after a restart. */
export class RiskWatch {
  readonly #parts: RiskWatchParts;
  readonly #turn = new Turn();
  #state: RiskState;
  #timer: Timer | null = null;
  #unknownLooks = 0;
  #leave: (() => void) | null = null;

  constructor(parts: RiskWatchParts) {
    this.#parts = parts;
    this.#state = startingState(null, parts.clock.now());
  }

  get holds(): readonly Hold[] {
    return holdsOf(this.#state, this.#parts.limits, this.#parts.clock.now());
  }

  /** Of the open breakers alone. */
  get asksFor(): TradingState['state'] {
    return breakerState(this.#state, this.#parts.limits);
  }

  /** After the orders and positions, of which it may have missed the last. */
  async load(blotter: Pick<Blotter, 'orders' | 'positions'>): Promise<void> {
    const { store, clock } = this.#parts;
    this.#state = startingState(await store.get('breakers', KEY), clock.now());
    this.books(blotter);
  }

  start(): void {
    const { broker } = this.#parts;
    this.#leave = broker.onEvent((event) => {
      if (event.kind !== 'notice' || event.code !== MARGIN_WARNING) return;
      this.observe({ kind: 'marginWarning', reason: event.reason });
    });
    this.#wait();
  }

  /** Resolves when everything is on disk. */
  async stop(): Promise<void> {
    this.#leave?.();
    this.#leave = null;
    this.#timer?.cancel();
    this.#timer = null;
    await this.#turn.idle();
  }

  observe(observation: Observation): void {
    const { clock, limits, onChange } = this.#parts;
    const now = clock.now();
    const before = this.#state;
    this.#state = step(before, observation, { limits, now });
    if (this.#state.breakers !== before.breakers) this.#changed(before.breakers, now);
    else if (observation.kind === 'account') onChange();
  }

  books({ orders, positions }: Pick<Blotter, 'orders' | 'positions'>): void {
    this.observe({ kind: 'orders', orders: seenOrders(orders) });
    this.observe({ kind: 'positions', positions: seenPositions(positions) });
  }

  /** By a person; answers with what still holds trading back. */
  async release(): Promise<readonly Hold[]> {
    this.observe({ kind: 'person' });
    await this.#turn.idle();
    return this.holds;
  }

  /** Clears what is due, and says so when something that must be known is not, the second time it finds that. */
  async look(): Promise<readonly Hold[]> {
    const { alerts, clock } = this.#parts;
    this.observe({ kind: 'time' });
    const { holds } = this;
    const unknown = holds.find(({ state }) => state === 'unknown');
    const at = clock.now();
    this.#unknownLooks = unknown === undefined ? 0 : this.#unknownLooks + 1;
    if (unknown === undefined) await alerts.resolve(UNKNOWN_ALERT, at);
    // At the open the figures are those of the morning until the first look.
    else if (this.#unknownLooks > 1) {
      const text = `Nothing is opened: ${unknown.title}, ${unknown.reason.replace(/\d+ minutes/, 'minutes')}`;
      await alerts.raise(UNKNOWN_ALERT, { severity: 'warning', text, at });
    }
    return holds;
  }

  #changed(before: Breakers, now: EpochMs): void {
    const { log, onChange, onOpened } = this.#parts;
    const { breakers } = this.#state;
    this.#inTurn(() => this.#parts.store.commit([{ table: 'breakers', key: KEY, put: breakers }], 'sync'));
    let anyOpened = false;
    for (const name of BREAKER_NAMES) {
      const was = isOpen(before[name]);
      if (was === isOpen(breakers[name])) continue;
      if (was) this.#inTurn(() => this.#parts.alerts.resolve(alertOf(name), now));
      else this.#inTurn(() => this.#raise(name, now));
      log.warn({ breaker: name, state: breakers[name].state, reason: breakers[name].reason }, 'a breaker has moved');
      anyOpened ||= !was;
    }
    this.#wait();
    onChange();
    if (anyOpened) onOpened();
  }

  #raise(name: BreakerName, at: EpochMs): Promise<void> {
    const { alerts, limits } = this.#parts;
    const breaker = this.#state.breakers[name];
    const { action } = limits[name];
    const severity = action === 'halted' ? 'critical' : 'warning';
    const text = `${BREAKER_TITLES[name]}: ${breaker.reason}. Trading is ${action}; this clears ${clearsText(breaker)}`;
    return alerts.raise(alertOf(name), { severity, text, at });
  }

  #inTurn(work: () => Promise<void>): void {
    const { log } = this.#parts;
    // What could not be stored holds all the same, until the next start.
    const done = this.#turn.take(work);
    done.catch((error: unknown) => log.error({ error: String(error) }, 'the state of the breakers could not be kept'));
  }

  /** Until the first of them clears by time, or may be probed. */
  #wait(): void {
    const { clock, broker } = this.#parts;
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#leave === null) return;
    let next = Number.POSITIVE_INFINITY;
    for (const name of BREAKER_NAMES) {
      const { state, clears } = this.#state.breakers[name];
      if (state === 'open' && (clears?.rule === 'time' || clears?.rule === 'probe')) next = Math.min(next, clears.at);
    }
    if (next === Number.POSITIVE_INFINITY) return;
    this.#timer = clock.at(next, () => {
      this.observe({ kind: 'time' });
      // Its answer is seen on the way, and decides.
      if (this.#state.breakers.failedCalls.state === 'halfOpen') void broker.time().catch(() => undefined);
    });
  }
}

/** What a person who resumes must still know; empty when nothing holds trading back. */
export function heldSentence(holds: readonly Hold[]): string {
  if (holds.length === 0) return '';
  const each = holds.map(({ title, reason, clears }) => `${title}: ${reason}; clears ${clears}`);
  return `Still held back by ${each.join('. ')}.`;
}

function alertOf(name: BreakerName): string {
  return `breaker-${name}`;
}
