import { ASK } from '../ground/wire/client-requests.ts';
import { type OpenOrder, OpenOrders } from '../ground/wire/open-orders.ts';
import { every, monotonicMs, type Timer } from './clock.ts';
import type { Timing } from './config.ts';
import type { GatewayLink } from './gateway-link.ts';

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
  #reading: OpenOrders | null = null;
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
    const working = this.#reading?.hear(id, fields) ?? null;
    if (working !== null) this.#answered(working);
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
    this.#reading = this.#link.send(ASK.allOpenOrders) ? new OpenOrders() : null;
    this.#askedAt = monotonicMs();
  }

  #answered(working: readonly OpenOrder[]): void {
    this.#reading = null;
    this.working = working.filter((order) => !this.#hooks.isMeant(order));
    const none = this.working.length === 0 && this.#hooks.drained() && this.#link.fresh;
    this.#noneSince = none ? (this.#noneSince ?? this.#askedAt) : null;
    this.confirmed = this.#noneSince !== null && this.#askedAt - this.#noneSince >= this.#timing.confirm;
    this.#hooks.changed();
  }
}
