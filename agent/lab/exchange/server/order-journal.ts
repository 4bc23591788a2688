import { dollars } from '../../../core/market/money.ts';
import type { Log, LogFields } from '../../../edges/system/log.ts';
import type { BookEvent, BookOrder, OrderRequest } from '../book.ts';

const ENDS: Readonly<Record<string, string>> = {
  Filled: 'order filled',
  Cancelled: 'order cancelled',
  ApiCancelled: 'order cancelled',
  Inactive: 'order inactive',
};

/** One line when an order is accepted, when it ends and when it is refused. */
export class OrderJournal {
  readonly #log: Log;
  readonly #known = new Set<number>();

  constructor(log: Log) {
    this.#log = log;
  }

  note(event: BookEvent): void {
    if (event.kind === 'order') this.#order(event.order);
    if (event.kind !== 'refused') return;
    const { code, text } = event.refusal;
    this.#log.info({ ...described(event.request), code, text }, 'order refused');
  }

  #order(order: BookOrder): void {
    const { permId, request, filled } = order;
    const sentence = ENDS[order.status] ?? (permId === 0 ? 'order held: it says not to transmit' : 'order accepted');
    if (this.#known.has(permId) && sentence === 'order accepted') return;
    if (sentence === 'order accepted') this.#known.add(permId);
    else this.#known.delete(permId);
    const outcome = filled > 0 ? { filled, price: dollars(order.averagePrice) } : {};
    this.#log.info({ permId, ...described(request), ...outcome }, sentence);
  }
}

function described(request: OrderRequest): LogFields {
  const { clientId, orderId, orderRef, side, quantity, symbol, conId, type, limit } = request;
  return {
    clientId,
    orderId,
    orderRef,
    side,
    quantity,
    symbol,
    conId,
    type,
    limit: limit === null ? null : dollars(limit),
  };
}
