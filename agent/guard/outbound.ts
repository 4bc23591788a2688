import type { Socket } from 'node:net';
import type { Budget } from './budget.ts';
import { after, monotonicMs, type Timer } from './clock.ts';

/** A frame that waits for its turn. */
export interface Waiting {
  readonly frame: Buffer;
  /** Of an order, or null. */
  readonly orderId: number | null;
  readonly since: number;
  /** Orders; what only asks for margins is none. */
  isOrder: boolean;
  /** Not to be sent before it has been judged and recorded. */
  held: boolean;
  gone: boolean;
}

const MOST_UNSENT = 1 << 16;
const MOST_WAITING_BYTES = 1 << 21;
const MOST_WAITING = 2_000;
/** The market has gone on since an order that waited longer. */
const MOST_ORDER_WAIT_MS = 5_000;

export interface OutboundHooks {
  /** Asked in the moment before an order's bytes leave: why it may not, or null. */
  readonly objection: () => string | null;
  /** An order that will not be sent. */
  readonly refused: (waiting: Waiting, reason: string) => void;
  /** An order's bytes have left. */
  readonly sent: (waiting: Waiting) => void;
  /** Something has left, or could not. */
  readonly moved: () => void;
}

/**
 * From the agent to the gateway: in the order of arrival, within the budget, cancels before everything else. A cancel never
 * overtakes its own order into nothing: what it cancels is taken out of the queue.
 */
export class Outbound {
  readonly #socket: Socket;
  readonly #budget: Budget;
  readonly #hooks: OutboundHooks;
  #cancels: Buffer[] = [];
  #queue: Waiting[] = [];
  #bytes = 0;
  #timer: Timer | null = null;

  constructor(socket: Socket, budget: Budget, hooks: OutboundHooks) {
    this.#socket = socket;
    this.#budget = budget;
    this.#hooks = hooks;
    socket.on('drain', () => this.pump());
  }

  /** Nothing more should be read from the agent. */
  get full(): boolean {
    return this.#bytes > MOST_WAITING_BYTES || this.#queue.length > MOST_WAITING;
  }

  push(frame: Buffer, orderId: number | null = null): Waiting {
    const isOrder = orderId !== null;
    const waiting = { frame, orderId, since: monotonicMs(), isOrder, held: isOrder, gone: false };
    this.#queue.push(waiting);
    this.#bytes += frame.length;
    if (this.#queue.length === 1) this.pump();
    return waiting;
  }

  /** @param orderId null = of all orders */
  cancel(frame: Buffer, orderId: number | null): void {
    this.refuse((waiting) => orderId === null || waiting.orderId === orderId, 'it was cancelled before it was sent');
    this.#cancels.push(frame);
    this.pump();
  }

  /** Takes orders out. */
  refuse(wanted: (waiting: Waiting) => boolean, reason: string): void {
    const out = this.#queue.filter((waiting) => waiting.isOrder && wanted(waiting));
    if (out.length === 0) return;
    for (const waiting of out) {
      waiting.gone = true;
      this.#bytes -= waiting.frame.length;
    }
    this.#queue = this.#queue.filter((waiting) => !waiting.gone);
    for (const waiting of out) this.#hooks.refused(waiting, reason);
    this.pump();
  }

  /** Past queue and budget. */
  urgent(frame: Buffer): void {
    this.#budget.spend(monotonicMs());
    this.#socket.write(frame);
  }

  /** The agent is gone: its cancels still go out, its orders and questions do not. */
  finish(reason: string): void {
    this.refuse(() => true, reason);
    for (const frame of this.#cancels.splice(0)) this.urgent(frame);
    this.#queue = [];
    this.#bytes = 0;
    this.#timer?.cancel();
  }

  pump(): void {
    this.#timer?.cancel();
    this.#timer = null;
    while (this.#cancels.length > 0) {
      if (!this.#mayGo('cancel')) return;
      this.#socket.write(this.#cancels.shift() as Buffer);
    }
    const objection = this.#send();
    if (objection !== null) this.refuse((waiting) => this.#objection(waiting) !== null, objection);
    this.#hooks.moved();
  }

  /** Sends from the head on. Returns what speaks against the order that then stands there, or null. */
  #send(): string | null {
    let sent = 0;
    let objection: string | null = null;
    for (; sent < this.#queue.length; sent += 1) {
      const next = this.#queue[sent] as Waiting;
      if (next.held || this.#socket.writableLength > MOST_UNSENT) break;
      objection = next.isOrder ? this.#objection(next) : null;
      if (objection !== null || !this.#mayGo('frame')) break;
      this.#bytes -= next.frame.length;
      this.#socket.write(next.frame);
      if (next.isOrder) this.#hooks.sent(next);
    }
    this.#queue.splice(0, sent);
    return objection;
  }

  #objection(order: Waiting): string | null {
    if (monotonicMs() - order.since > MOST_ORDER_WAIT_MS) return 'it has waited too long for its turn';
    return this.#hooks.objection();
  }

  #mayGo(kind: 'frame' | 'cancel'): boolean {
    const now = monotonicMs();
    const wait = this.#budget.waitMs(kind, now);
    if (wait === 0) {
      this.#budget.spend(now);
      return true;
    }
    this.#timer = after(wait, () => this.pump());
    return false;
  }
}
