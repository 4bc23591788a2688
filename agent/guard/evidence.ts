import type { GatewayLink } from '../ground/relay/gateway-link.ts';
import { every, monotonicMs, type Timer } from '../ground/time/clock.ts';
import { ASK } from '../ground/wire/client-requests.ts';
import { type OpenOrder, OpenOrders } from '../ground/wire/open-orders.ts';
import type { GuardConfig } from './config.ts';

export interface EvidenceParts {
  readonly link: GatewayLink;
  readonly timing: GuardConfig['timing'];
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
  readonly #parts: EvidenceParts;
  #timer: Timer | null = null;
  #reading: OpenOrders | null = null;
  #askedAt = 0;
  #noneSince: number | null = null;
  /** What the last complete answer said is working; null = there is none. */
  working: readonly OpenOrder[] | null = null;
  confirmed = false;

  constructor(parts: EvidenceParts) {
    this.#parts = parts;
  }

  /** The first cancel has just been sent, or will be as soon as there is a link. */
  begin(): void {
    this.stop();
    this.#ask();
    this.#timer = every(this.#parts.timing.retry, () => this.#round());
  }

  stop(): void {
    this.#timer?.cancel();
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
    const isLate = this.#reading !== null && monotonicMs() - this.#askedAt > this.#parts.timing.stale;
    if (!this.#parts.link.fresh || isLate) {
      this.unknown();
      this.#parts.link.hurry();
    }
    if (this.#reading === null && this.#parts.link.ready) {
      if (this.working === null || this.working.length > 0) this.#parts.link.cancelAll();
      this.#ask();
    }
    this.#parts.changed();
  }

  #ask(): void {
    this.#reading = this.#parts.link.send(ASK.allOpenOrders) ? new OpenOrders() : null;
    this.#askedAt = monotonicMs();
  }

  #answered(working: readonly OpenOrder[]): void {
    this.#reading = null;
    this.working = working.filter((order) => !this.#parts.isMeant(order));
    const none = this.working.length === 0 && this.#parts.drained() && this.#parts.link.fresh;
    this.#noneSince = none ? (this.#noneSince ?? this.#askedAt) : null;
    this.confirmed = this.#noneSince !== null && this.#askedAt - this.#noneSince >= this.#parts.timing.confirm;
    this.#parts.changed();
  }
}
