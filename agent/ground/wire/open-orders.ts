import { REPLY } from './message-ids.ts';

/** An order as it was read back. */
export interface OpenOrder {
  readonly orderId: number;
  readonly clientId: number;
  readonly permId: string;
  readonly what: string;
  readonly orderRef: string;
  /** `unknown` until a status came with it. */
  readonly status: string;
}

/** Nothing else is the end of an order: one that is inactive may come back. */
export const ORDER_ENDS: ReadonlySet<string> = new Set(['Filled', 'Cancelled', 'ApiCancelled']);

/** One answer to the question for all open orders, as it comes in. */
export class OpenOrders {
  readonly #orders = new Map<string, OpenOrder>();

  /** Returns what works when the answer is complete, else null. */
  hear(id: number, fields: readonly string[]): readonly OpenOrder[] | null {
    if (id === REPLY.openOrder) {
      const order = openOrderIn(fields);
      const key = orderKey(order.permId, order.clientId, order.orderId);
      this.#orders.set(key, { ...order, status: this.#orders.get(key)?.status ?? order.status });
    } else if (id === REPLY.orderStatus) {
      const key = orderKey(fields[6] ?? '', Number(fields[9]), Number(fields[1]));
      const order = this.#orders.get(key);
      if (order !== undefined) this.#orders.set(key, { ...order, status: fields[2] ?? '' });
    }
    if (id !== REPLY.openOrderEnd) return null;
    return [...this.#orders.values()].filter((order) => !ORDER_ENDS.has(order.status));
  }
}

function openOrderIn(fields: readonly string[]): OpenOrder {
  const at = (index: number) => fields[index] ?? '';
  const named = [at(3), at(4), at(5), at(6), at(7)].filter((text) => !['', '0', '0.0', '?'].includes(text));
  const what = `${at(13)} ${at(14)} ${named.join(' ')} ${at(15)} ${at(16)}`;
  const [orderId, clientId] = [Number(at(1)), Number(at(24))];
  return { orderId, clientId, permId: at(25), what, orderRef: at(23), status: 'unknown' };
}

/** One name for an order in all messages: a manual order has no id of its own. */
function orderKey(permId: string, clientId: number, orderId: number): string {
  return permId !== '' && permId !== '0' ? permId : `${clientId}:${orderId}`;
}
