import { newYorkDate } from '../../../core/calendar/new-york.ts';
import { FieldReader } from '../../../ground/wire/field-reader.ts';
import { REQUEST } from '../../../ground/wire/message-ids.ts';
import { encodeCompletedOrder } from '../../../ground/wire/open-order.ts';
import {
  decodeAutoOpenOrders,
  decodeCancelOrder,
  decodeCompletedOrdersRequest,
  decodeExerciseRequest,
  encodeCompletedOrdersEnd,
  encodeOpenOrderEnd,
} from '../../../ground/wire/order-messages.ts';
import { decodePlaceOrder, orderIdOf, type PlaceOrder } from '../../../ground/wire/place-order.ts';
import { WireError } from '../../../ground/wire/wire-error.ts';
import type { BookOrder } from '../book.ts';
import type { ExchangeView } from '../exchange-view.ts';
import type { Catalogue } from './catalogue.ts';
import { completedReport, openOrderFrame, orderStatusFrame } from './order-report.ts';
import { orderRequest } from './order-request.ts';
import type { Peer, Route } from './peer.ts';

/** Placing, changing, cancelling and listing of orders. */
export class OrderDesk {
  readonly #peer: Peer;
  readonly #exchange: ExchangeView;
  readonly #catalogue: Catalogue;

  constructor(peer: Peer, exchange: ExchangeView, catalogue: Catalogue) {
    this.#peer = peer;
    this.#exchange = exchange;
    this.#catalogue = catalogue;
  }

  routes(): Route[] {
    return [
      [REQUEST.placeOrder, (body) => this.#place(body)],
      [REQUEST.cancelOrder, (body) => this.#cancel(decodeCancelOrder(new FieldReader(body), this.#peer.version))],
      // Whatever else a global cancel carries, it is obeyed.
      [REQUEST.globalCancel, () => this.#exchange.book.cancelAll(this.#exchange.clock.now())],
      [REQUEST.openOrders, () => this.#open((order) => order.request.clientId === this.#peer.clientId)],
      [REQUEST.allOpenOrders, () => this.#open(() => true)],
      [REQUEST.autoOpenOrders, (body) => this.#autoOpen(decodeAutoOpenOrders(new FieldReader(body)))],
      [REQUEST.completedOrders, (body) => this.#completed(decodeCompletedOrdersRequest(new FieldReader(body)))],
      [REQUEST.exerciseOptions, (body) => this.#exercise(body)],
    ];
  }

  /** What a client is told of its orders when it connects. */
  tellOwn(): void {
    for (const order of this.#exchange.book.openOrders()) {
      if (order.request.clientId === this.#peer.clientId) this.#tell(order);
    }
  }

  #place(body: Buffer): void {
    const order = this.#decode(body);
    if (order === null) return;
    const { book, clock } = this.#exchange;
    const request = orderRequest(order, { clientId: this.#peer.clientId, catalogue: this.#catalogue });
    if ('code' in request) {
      this.#peer.error(order.orderId, request.code, request.text);
      return;
    }
    book.place(request, clock.now());
  }

  #decode(body: Buffer): PlaceOrder | null {
    try {
      return decodePlaceOrder(body, this.#peer.version);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#peer.error(orderIdOf(body), 320, `Error reading request: ${error.message}`);
      return null;
    }
  }

  #cancel(orderId: number): void {
    const refusal = this.#exchange.book.cancel(this.#peer.clientId, orderId, this.#exchange.clock.now());
    if (refusal !== null) this.#peer.error(orderId, refusal.code, refusal.text);
  }

  #open(wanted: (order: BookOrder) => boolean): void {
    for (const order of this.#exchange.book.openOrders()) {
      if (wanted(order)) this.#tell(order);
    }
    this.#peer.send(encodeOpenOrderEnd());
  }

  #tell(order: BookOrder): void {
    this.#peer.send(openOrderFrame(this.#exchange.market, order, this.#peer.version));
    this.#peer.send(orderStatusFrame(order));
  }

  #autoOpen(bind: boolean): void {
    if (this.#peer.clientId === 0) return;
    const what = bind ? 'auto bind orders' : 'change the binding of orders';
    this.#peer.error(-1, 321, `Error validating request: only the default client (i.e. 0) can ${what}`);
  }

  /** Of today. All orders here came through the protocol, so `apiOnly` leaves none out. */
  #completed(_apiOnly: boolean): void {
    const { book, clock } = this.#exchange;
    const today = newYorkDate(clock.now());
    for (const order of book.completedOrders()) {
      if (newYorkDate(order.endedAt ?? order.acceptedAt) !== today) continue;
      this.#peer.send(encodeCompletedOrder(completedReport(this.#exchange.market, order), this.#peer.version));
    }
    this.#peer.send(encodeCompletedOrdersEnd());
  }

  #exercise(body: Buffer): void {
    const { requestId } = decodeExerciseRequest(new FieldReader(body));
    this.#peer.error(requestId, 321, 'Error validating request: this exchange does not take exercise instructions');
  }
}
