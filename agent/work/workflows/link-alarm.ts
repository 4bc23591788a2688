import { newYorkText } from '../../core/calendar/new-york.ts';
import { type EpochMs, MINUTE_MS } from '../../core/calendar/time.ts';
import type { Broker, BrokerEvent } from '../../edges/broker/broker.ts';
import type { Link } from '../../edges/broker/link.ts';
import type { Alert } from '../../edges/store/records.ts';
import type { Clock, Timer } from '../../edges/system/clock.ts';
import type { Log } from '../../edges/system/log.ts';
import type { AlertBook } from './alert-book.ts';

const LINK_ALERT = 'link';
const READ_ONLY_ALERT = 'read-only';
const READ_ONLY = /read-only/i;
/** What the broker says of an order only when it takes orders. */
const TAKEN: ReadonlySet<string> = new Set(['PreSubmitted', 'Submitted', 'Filled']);

/** The nightly restart of a gateway takes less. */
const TOLD_AFTER_MS = 3 * MINUTE_MS;
/** Nothing that mends itself takes as long. */
const URGENT_AFTER_MS = 30 * MINUTE_MS;

export interface LinkAlarmParts {
  readonly broker: Pick<Broker, 'onEvent' | 'link'>;
  readonly alerts: AlertBook;
  readonly clock: Pick<Clock, 'now' | 'after'>;
  /** Market seconds in one real second: a line takes real time to be made. */
  readonly speed: number;
  readonly log: Log;
}

/**
 * A line to the broker that stays away is told of, and again, louder, when nobody but a person can bring it back. So is a gateway
 * that takes no orders.
 */
export class LinkAlarm {
  readonly #parts: LinkAlarmParts;
  #leave: () => void = () => undefined;
  #timers: readonly Timer[] = [];
  #awaySince: EpochMs | null = null;

  constructor(parts: LinkAlarmParts) {
    this.#parts = parts;
  }

  start(): void {
    const { broker } = this.#parts;
    this.#leave = broker.onEvent((event) => this.#hear(event));
    this.#see(broker.link);
  }

  stop(): void {
    this.#leave();
    this.#cancel();
  }

  #hear(event: BrokerEvent): void {
    const { alerts, clock } = this.#parts;
    const at = clock.now();
    if (event.kind === 'link') this.#see(event.link);
    if (event.kind === 'notice' && READ_ONLY.test(event.reason)) {
      const text = `The gateway is in read-only mode: it takes no orders and no cancels (${event.code}).`;
      this.#kept(alerts.raise(READ_ONLY_ALERT, { severity: 'critical', text, at }));
    }
    if (event.kind === 'orderStatus' && TAKEN.has(event.status)) this.#kept(alerts.resolve(READ_ONLY_ALERT, at));
  }

  #see({ state }: Link): void {
    const { alerts, clock, speed } = this.#parts;
    if (state === 'ready') {
      this.#cancel();
      this.#kept(alerts.resolve(LINK_ALERT, clock.now()));
      return;
    }
    if (this.#awaySince !== null) return;
    this.#awaySince = clock.now();
    this.#timers = [
      clock.after(TOLD_AFTER_MS * speed, () => this.#tell('warning')),
      clock.after(URGENT_AFTER_MS * speed, () => this.#tell('critical')),
    ];
  }

  #tell(severity: Alert['severity']): void {
    const { broker, alerts, clock } = this.#parts;
    const { state, reason } = broker.link;
    const since = newYorkText(this.#awaySince ?? clock.now());
    const urgent = severity === 'critical' ? ' Does the gateway wait for its login?' : '';
    const text = `There is no link to the broker since ${since}: ${state}, ${reason}.${urgent}`;
    this.#kept(alerts.raise(LINK_ALERT, { severity, text, at: clock.now() }));
  }

  #cancel(): void {
    this.#awaySince = null;
    for (const timer of this.#timers) timer.cancel();
  }

  #kept(stored: Promise<void>): void {
    stored.catch((error: unknown) => this.#parts.log.error({ error: String(error) }, 'alert kept'));
  }
}
