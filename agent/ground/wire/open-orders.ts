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
      const key = this.#keyOf(fields[6] ?? '', Number(fields[9]), Number(fields[1]));
      const order = this.#orders.get(key);
      if (order !== undefined) this.#orders.set(key, { ...order, status: fields[2] ?? '' });
    }
    if (id !== REPLY.openOrderEnd) return null;
    return [...this.#orders.values()].filter((order) => !ORDER_ENDS.has(order.status));
  }

  /** A manual order may be told by another id than it is listed with; then its permanent id does, where only one order has it. */
  #keyOf(permId: string, clientId: number, orderId: number): string {
    const key = orderKey(permId, clientId, orderId);
    if (this.#orders.has(key) || isUnset(permId)) return key;
    const others = [...this.#orders.keys()].filter((other) => other.startsWith(`${permId} `));
    return others.length === 1 ? (others[0] as string) : key;
  }
}

function openOrderIn(fields: readonly string[]): OpenOrder {
  const at = (index: number) => fields[index] ?? '';
  const named = [at(3), at(4), at(5), at(6), at(7)].filter((text) => !['', '0', '0.0', '?'].includes(text));
  const what = `${at(13)} ${at(14)} ${named.join(' ')} ${at(15)} ${at(16)}`;
  const [orderId, clientId] = [Number(at(1)), Number(at(24))];
  return { orderId, clientId, permId: at(25), what, orderRef: at(23), status: 'unknown' };
}

/** A change while the gateway had lost the exchange can leave two live orders with one permanent id: they are two. */
function orderKey(permId: string, clientId: number, orderId: number): string {
  return `${isUnset(permId) ? '' : permId} ${clientId} ${orderId}`;
}

function isUnset(permId: string): boolean {
  return permId === '' || permId === '0';
}
