import type { Socket } from 'node:net';
import type { Budget } from '../ground/relay/budget.ts';
import type { Waiting } from '../ground/relay/outbound.ts';
import { Pair } from '../ground/relay/pair.ts';
import { monotonicMs } from '../ground/time/clock.ts';
import { globalCancel } from '../ground/wire/client-requests.ts';
import { bodyOf, fieldsOf } from '../ground/wire/frame.ts';
import { ABOUT_ORDERS, REPLY, REQUEST } from '../ground/wire/message-ids.ts';
import { cancelledIdOf, orderIdOf } from '../ground/wire/place-order.ts';
import { encodeError } from '../ground/wire/session-messages.ts';
import type { GuardConfig } from './config.ts';
import type { Cover } from './cover.ts';
import type { Journal } from './journal.ts';
import type { OrderCheck, Verdict } from './order-check.ts';

export interface GateParts {
  readonly config: GuardConfig;
  readonly budget: Budget;
  readonly journal: Journal;
  readonly check: OrderCheck;
  readonly cover: Cover;
  /** Why no order may pass right now, or null. */
  readonly closed: () => string | null;
  /** Why its connections end. */
  readonly record: (text: string) => void;
  readonly ended: () => void;
}

/** The market has gone on since an order that waited longer. */
const MOST_ORDER_WAIT_MS = 5_000;
const REJECTED = 201;
const CHANGE_REFUSED = 105;

/** What passes between one agent and the gateway: orders that were judged, and whatever is no order. */
export class Gate {
  readonly #parts: GateParts;
  /** Order ids that the gateway has heard of. */
  readonly #known = new Set<number>();
  readonly pair: Pair;
  #started = false;

  constructor(agent: Socket, parts: GateParts) {
    const { config, budget, record, ended } = parts;
    this.#parts = parts;
    this.pair = new Pair(agent, {
      ...{ address: config.gateway, frameMs: config.timing.frame, budget, record, ended },
      names: { client: 'the agent', server: 'the gateway' },
      request: (id, frame) => this.#request(id, frame),
      reply: (id, frame) => (ABOUT_ORDERS.has(id) ? this.#reply(id, frame) : undefined),
      objection: (waiting) => this.#objection(waiting),
      refused: (waiting, reason) => this.#refused(waiting, reason),
      sent: (waiting) => this.#known.add(waiting.key as number),
    });
  }

  /** No order that has not left will leave. */
  refuseOrders(reason: string): void {
    this.pair.out.refuse(() => true, reason);
  }

  /** On the agent's own connection, behind what may have left a moment ago. */
  cancelAll(): void {
    if (this.#started && !this.pair.over) this.pair.out.urgent(globalCancel(this.pair.version));
  }

  #request(id: number, frame: Buffer): void {
    if (id === REQUEST.startApi) this.#started = true;
    if (id === REQUEST.placeOrder) this.#place(frame);
    else if (id === REQUEST.cancelOrder || id === REQUEST.globalCancel) this.#cancel(frame, id);
    else if (id === REQUEST.exerciseOptions) this.#tellRefused(frame, 'exercising does not pass the guard');
    else this.pair.out.push(frame);
  }

  #place(frame: Buffer): void {
    const body = bodyOf(frame);
    if (this.#started) {
      const waiting = this.pair.out.hold(frame, orderIdOf(body));
      void this.#parts.check.judge(body, this.pair.version).then((verdict) => this.#judged(waiting, verdict));
    } else {
      this.#tellRefused(frame, 'the session has not been started');
    }
  }

  #judged(waiting: Waiting, { refused, whatIf }: Verdict): void {
    if (waiting.gone) return;
    const { out } = this.pair;
    const refuse = (reason: string): void => out.refuse((other) => other === waiting, reason);
    if (refused !== null) {
      refuse(refused);
      return;
    }
    waiting.guarded = !whatIf;
    const release = (failure: string | null): void => {
      if (waiting.gone) return;
      waiting.held = false;
      if (failure === null) out.pump();
      else refuse(`the journal cannot be written: ${failure}`);
    };
    // An order counts, also after a power cut: its line is on the disk before its bytes leave.
    this.#record('out', 'passed', waiting.frame, whatIf ? undefined : release);
    if (whatIf) release(null);
  }

  /** Asked in the moment before an order's bytes leave. */
  #objection({ since }: Waiting): string | null {
    const isLate = monotonicMs() - since > MOST_ORDER_WAIT_MS;
    return isLate ? 'it has waited too long for its turn' : this.#parts.closed();
  }

  #cancel(frame: Buffer, id: number): void {
    this.#record('out', 'passed', frame);
    const orderId = id === REQUEST.globalCancel ? null : cancelledIdOf(bodyOf(frame), this.pair.version);
    if (this.#started) this.pair.out.cancel(frame, orderId);
    else this.pair.out.push(frame);
  }

  #reply(id: number, frame: Buffer): void {
    const fields = fieldsOf(bodyOf(frame));
    const [, first = '', second = '', code] = fields;
    if (id === REPLY.error && !this.#known.has(Number(second))) return;
    if (id === REPLY.openOrder) this.#known.add(Number(first));
    if (id === REPLY.orderStatus) this.#parts.cover.heard(fields);
    if (id === REPLY.error && Number(code) === REJECTED) this.#parts.cover.neverWas(second);
    this.#record('in', 'passed', frame);
  }

  #refused({ frame, key }: Waiting, reason: string): void {
    if (!this.#known.has(key as number)) this.#parts.cover.neverWas(String(key));
    this.#tellRefused(frame, reason);
  }

  #tellRefused(frame: Buffer, reason: string): void {
    this.#record('out', `refused: ${reason}`, frame);
    const orderId = orderIdOf(bodyOf(frame));
    const code = this.#known.has(orderId) ? CHANGE_REFUSED : REJECTED;
    this.pair.tell(encodeError(orderId, code, `Order rejected - reason: guard: ${reason}`));
  }

  #record(direction: 'out' | 'in', verdict: string, frame: Buffer, written?: (failure: string | null) => void): void {
    this.#parts.journal.append({ kind: 'frame', direction, verdict, fields: fieldsOf(bodyOf(frame)) }, written);
  }
}
