import { type OpenOrder, openOrderIn, orderKey } from '../ground/wire/broker-reports.ts';
import { ASK } from '../ground/wire/client-requests.ts';
import { REPLY } from '../ground/wire/message-ids.ts';
import { every, monotonicMs, type Timer } from './clock.ts';
import type { Timing } from './config.ts';
import type { GatewayLink } from './gateway-link.ts';

/** Nothing else is the end of an order: one that is inactive may come back. */
const ENDED: ReadonlySet<string> = new Set(['Filled', 'Cancelled', 'ApiCancelled']);

export interface EvidenceHooks {
  readonly changed: () => void;
  /** Nothing is left where an order that left a moment ago could still hide. */
  readonly drained: () => boolean;
  /** An order that the guard itself has placed to close a position, and that may go on. */
  readonly isMeant: (order: OpenOrder) => boolean;
}

/**
 * After a trip: reads the open orders of all clients back, again and again, and cancels again while there are any. An answer
 * that does not come is *unknown*, never *none*. It goes on as long as the latch is set.
 */
export class Evidence {
  readonly #link: GatewayLink;
  readonly #timing: Timing;
  readonly #hooks: EvidenceHooks;
  #timer: Timer | null = null;
  #reading: Map<string, OpenOrder> | null = null;
  #askedAt = 0;
  #noneSince: number | null = null;
  /** What the last complete answer said is working; null = there is none. */
  working: readonly OpenOrder[] | null = null;
  confirmed = false;

  constructor(link: GatewayLink, timing: Timing, hooks: EvidenceHooks) {
    this.#link = link;
    this.#timing = timing;
    this.#hooks = hooks;
  }

  /** The first cancel has just been sent, or will be as soon as there is a link. */
  begin(): void {
    this.stop();
    this.#ask();
    this.#timer = every(this.#timing.retry, () => this.#round());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.unknown();
  }

  /** Nothing is known any more. */
  unknown(): void {
    this.#reading = null;
    this.#noneSince = null;
    this.working = null;
    this.confirmed = false;
  }

  hear(id: number, fields: readonly string[]): void {
    const reading = this.#reading;
    if (reading === null) return;
    if (id === REPLY.openOrder) {
      const order = openOrderIn(fields);
      const key = orderKey(order.permId, order.clientId, order.orderId);
      reading.set(key, { ...order, status: reading.get(key)?.status ?? order.status });
    } else if (id === REPLY.orderStatus) {
      const key = orderKey(fields[6] ?? '', Number(fields[9]), Number(fields[1]));
      const order = reading.get(key);
      if (order !== undefined) reading.set(key, { ...order, status: fields[2] ?? '' });
    } else if (id === REPLY.openOrderEnd) {
      this.#answered(reading);
    }
  }

  #round(): void {
    const now = monotonicMs();
    if (!this.#link.fresh || (this.#reading !== null && now - this.#askedAt > this.#timing.stale)) this.#lose();
    if (this.#reading === null && this.#link.ready) {
      if (this.working === null || this.working.length > 0) this.#link.cancelAll();
      this.#ask();
    }
    this.#hooks.changed();
  }

  #lose(): void {
    this.unknown();
    this.#link.hurry();
  }

  #ask(): void {
    this.#reading = this.#link.send(ASK.allOpenOrders) ? new Map() : null;
    this.#askedAt = monotonicMs();
  }

  #answered(reading: ReadonlyMap<string, OpenOrder>): void {
    this.#reading = null;
    this.working = [...reading.values()].filter((order) => !ENDED.has(order.status) && !this.#hooks.isMeant(order));
    const none = this.working.length === 0 && this.#hooks.drained() && this.#link.fresh;
    this.#noneSince = none ? (this.#noneSince ?? this.#askedAt) : null;
    this.confirmed = this.#noneSince !== null && this.#askedAt - this.#noneSince >= this.#timing.confirm;
    this.#hooks.changed();
  }
}
