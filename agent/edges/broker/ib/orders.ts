import type { Contract } from '@stoqey/ib/dist/api/contract/contract.js';
import type { Order } from '@stoqey/ib/dist/api/order/order.js';
import type { OrderState } from '@stoqey/ib/dist/api/order/orderState.js';
import { knownMargins, type MarginPreview } from '../../../core/portfolio/margin-preview.ts';
import { type Answer, answered, unanswered } from '../answer.ts';
import type { OrderTicket } from '../broker.ts';
import { CODE, endsOrder } from './codes.ts';
import type { OrderIds } from './ids.ts';
import type { KnownOrders } from './known-orders.ts';
import { isNonsense, vendorContract } from './map-contract.ts';
import { isComboLine, toCommission, toFill } from './map-event.ts';
import { amount } from './map-number.ts';
import { ticketProblem, toPreview, toStatus, vendorOrder } from './map-order.ts';
import type { Question } from './requests.ts';
import { dropped, offline, type Room } from './room.ts';
import type { Session } from './session.ts';
import type { WireEvents } from './wire-events.ts';

const NO_PREVIEW: MarginPreview = {
  initialMarginBefore: null,
  maintenanceMarginBefore: null,
  equityWithLoanBefore: null,
  initialMarginAfter: null,
  maintenanceMarginAfter: null,
  equityWithLoanAfter: null,
  commission: null,
  warning: '',
};

/** Sends orders and cancels, and turns what the broker says about this client's orders into events. */
export class Orders {
  readonly #room: Room;
  readonly #ids: OrderIds;
  readonly #known: KnownOrders;
  readonly #previews = new Map<number, Question<MarginPreview>>();
  readonly #previewIds = new Set<number>();

  constructor(room: Room, ids: OrderIds, known: KnownOrders) {
    this.#room = room;
    this.#ids = ids;
    this.#known = known;
  }

  attach(session: Session): void {
    session.listen('nextValidId', (orderId) => this.#ids.offer(orderId));
    session.listen('openOrder', (orderId, contract, order, state) =>
      this.#onOpenOrder(orderId, contract, order, state),
    );
    session.listen('orderStatus', (...values) => this.#onStatus(...values));
    session.listen('execDetails', (id, contract, execution) => {
      if (id === -1) this.#onExecution(contract, execution);
    });
    session.listen('commissionReport', (report) => {
      if (!report.execId) return dropped(this.#room, 'a commission without an execution');
      const at = this.#room.clock.now();
      this.#room.emit({ kind: 'commission', execId: report.execId, commission: toCommission(report), at });
    });
  }

  async place(orderId: number, ticket: OrderTicket): Promise<Answer<void>> {
    const refusal = this.#refusal(orderId, ticket);
    if (refusal !== null) return refusal;
    if (this.#previews.has(orderId)) return unanswered('refused', `order id ${orderId} is being previewed`);
    this.#ids.use(orderId);
    this.#previewIds.delete(orderId);
    const contract = vendorContract(ticket.instrument, ticket.conId);
    const order = vendorOrder(ticket, this.#room.account(), false);
    return this.#room.requests.tell('order', `order ${orderId}`, (api) => api.placeOrder(orderId, contract, order));
  }

  async cancel(orderId: number): Promise<Answer<void>> {
    const none = offline(this.#room);
    return none ?? this.#room.requests.tell('order', `cancel of ${orderId}`, (api) => api.cancelOrder(orderId));
  }

  async cancelAll(): Promise<Answer<void>> {
    const none = offline(this.#room);
    return none ?? this.#room.requests.tell('order', 'cancel of all', (api) => api.reqGlobalCancel({}));
  }

  async preview(orderId: number, ticket: OrderTicket): Promise<Answer<MarginPreview>> {
    const refusal = this.#refusal(orderId, ticket);
    if (refusal !== null) return refusal;
    this.#ids.use(orderId);
    this.#previewIds.add(orderId);
    const question = this.#room.requests.question<MarginPreview>({
      what: `preview of order ${orderId}`,
      collected: NO_PREVIEW,
      atDeadline: (preview) => (preview === NO_PREVIEW ? null : answered(preview)),
      ended: () => this.#previews.delete(orderId),
    });
    this.#previews.set(orderId, question);
    const contract = vendorContract(ticket.instrument, ticket.conId);
    const order = vendorOrder(ticket, this.#room.account(), true);
    this.#room.requests.send(question, 'question', (api) => api.placeOrder(orderId, contract, order));
    return question.answer;
  }

  /** An error that carries an order id. */
  failed(orderId: number, code: number, reason: string): void {
    const preview = this.#previews.get(orderId);
    if (this.#previewIds.has(orderId)) {
      if (endsOrder(code, false)) preview?.refuse(code, reason);
      return;
    }
    const final = endsOrder(code, this.#known.isAcknowledged(orderId));
    const orderRef = this.#known.refOf(orderId);
    this.#room.emit({ kind: 'orderError', orderId, orderRef, code, reason, final, at: this.#room.clock.now() });
  }

  #refusal(orderId: number, ticket: OrderTicket): Answer<never> | null {
    const none = offline(this.#room);
    if (none !== null) return none;
    const problem = ticketProblem(orderId, ticket);
    if (problem !== null) return unanswered('refused', problem);
    if (this.#known.claim(orderId, ticket.orderRef)) return null;
    return unanswered('refused', `order id ${orderId} stands for another order`, CODE.duplicateOrderId);
  }

  #onOpenOrder(orderId: number, _contract: Contract, order: Order, state: OrderState): void {
    if (order.clientId !== this.#room.clientId) return;
    if (order.whatIf === true || this.#previewIds.has(orderId)) {
      const question = this.#previews.get(orderId);
      if (question === undefined) return;
      question.collected = toPreview(state);
      if (knownMargins(question.collected) !== null) question.done();
      return;
    }
    this.#ids.use(orderId);
    this.#known.acknowledge(orderId, order.orderRef ?? '', order.permId ?? 0);
  }

  #onStatus(...values: WireEvents['orderStatus']): void {
    const [orderId, word, filled, remaining, average, permId = 0, , , clientId] = values;
    if (clientId !== this.#room.clientId || this.#previewIds.has(orderId)) return;
    const status = toStatus(word);
    if (status === null || filled === undefined || remaining === undefined || Number.isNaN(filled + remaining)) {
      dropped(this.#room, `order ${orderId} in the state ${word}, ${filled} filled and ${remaining} left`);
      return;
    }
    const orderRef = this.#known.refOf(orderId, permId);
    if (orderRef !== '') this.#known.acknowledge(orderId, orderRef, permId);
    this.#room.emit({
      kind: 'orderStatus',
      orderId,
      orderRef,
      permId,
      status,
      filled,
      remaining,
      averagePrice: filled > 0 ? amount(average) : null,
      at: this.#room.clock.now(),
    });
  }

  #onExecution(contract: Contract, execution: WireEvents['execDetails'][2]): void {
    if (isComboLine(contract)) return;
    const fill = toFill(contract, execution, this.#room.clock.now());
    if (isNonsense(fill)) dropped(this.#room, fill.nonsense);
    else this.#room.emit({ kind: 'fill', fill });
  }
}
