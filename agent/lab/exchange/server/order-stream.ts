import { dollars } from '../../../core/market/money.ts';
import { encodeCommission, encodeExecution } from '../../../ground/wire/execution-messages.ts';
import { encodeOpenOrder } from '../../../ground/wire/open-order.ts';
import type { BookEvent, BookExecution, BookOrder } from '../book.ts';
import type { Market } from '../market.ts';
import { marginReport, openOrderFrame, orderReport, orderStatusFrame, wireExecution } from './order-report.ts';
import type { Peer } from './peer.ts';

/** The connected clients that hear of an order: its owner and the master. */
export type Audience = (clientId: number) => readonly Peer[];

/** Tells clients what happens in the book, in the broker's words and order. */
export class OrderStream {
  readonly #market: Market;
  readonly #audience: Audience;
  readonly #seen = new Set<number>();
  #unreported: BookExecution[] = [];

  constructor(market: Market, audience: Audience) {
    this.#market = market;
    this.#audience = audience;
  }

  /** Orders that were there before are not new. */
  know(orders: readonly BookOrder[]): void {
    for (const order of orders) this.#seen.add(order.permId);
  }

  tell(event: BookEvent): void {
    switch (event.kind) {
      case 'order':
        this.#order(event.order);
        break;
      case 'execution':
        this.#execution(event.execution);
        break;
      case 'refused':
        for (const peer of this.#owner(event.request.clientId)) {
          peer.error(event.request.orderId, event.refusal.code, event.refusal.text);
        }
        break;
      case 'whatIf':
        for (const peer of this.#owner(event.request.clientId)) {
          const state = { permId: 0, status: 'PreSubmitted', whatIf: marginReport(event.margin) };
          peer.send(encodeOpenOrder(orderReport(this.#market, event.request, state), peer.version));
        }
        break;
      case 'cancelPending':
        for (const peer of this.#owner(event.order.request.clientId)) {
          peer.send(orderStatusFrame(event.order, 'PendingCancel'));
        }
        break;
      case 'position':
        break;
    }
  }

  /** Commissions come behind the status of the order that they belong to; what still waits is told now. */
  flush(): void {
    const executions = this.#unreported;
    this.#unreported = [];
    for (const { clientId, execId, commission, realized } of executions) {
      if (commission === null) continue;
      const report = {
        execId,
        commission: dollars(commission),
        realized: realized === null ? null : dollars(realized),
      };
      for (const peer of this.#audience(clientId)) peer.send(encodeCommission(report));
    }
  }

  #order(order: BookOrder): void {
    const { clientId, orderId } = order.request;
    const fresh = !this.#seen.has(order.permId);
    this.#seen.add(order.permId);
    for (const peer of this.#audience(clientId)) {
      const tell = (status = order.status) => {
        peer.send(openOrderFrame(this.#market, order, peer.version, status));
        peer.send(orderStatusFrame(order, status));
      };
      if (fresh && order.status === 'Submitted' && order.filled === 0) tell('PreSubmitted');
      if (order.status === 'Cancelled' || order.status === 'ApiCancelled') {
        peer.send(orderStatusFrame(order));
      } else {
        tell();
      }
      if (order.status === 'Cancelled') peer.error(orderId, 202, `Order Canceled - reason:${order.reason}`);
    }
    this.flush();
  }

  #execution(execution: BookExecution): void {
    for (const peer of this.#audience(execution.clientId)) {
      peer.send(encodeExecution(-1, wireExecution(this.#market, execution), peer.version));
    }
    this.#unreported.push(execution);
  }

  #owner(clientId: number): readonly Peer[] {
    return this.#audience(clientId).filter((peer) => peer.clientId === clientId);
  }
}
