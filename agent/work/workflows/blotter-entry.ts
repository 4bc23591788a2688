import type { Fill } from '../../core/orders/fill.ts';
import type { Order } from '../../core/orders/order.ts';
import type { OrderEvent } from '../../core/orders/order-event.ts';
import { step } from '../../core/orders/transitions.ts';

/** By intent id. */
export type Orders = ReadonlyMap<string, Order>;

/** What one write of the disk is to change: events are applied one after the other to a copy of the orders. */
export class Entry {
  readonly #orders: Map<string, Order>;
  readonly changed = new Map<string, Order>();
  /** Orders whose executions or commissions are others than before: positions follow. */
  readonly moved = new Set<string>();
  readonly fills: Fill[] = [];
  /** What cannot be true. */
  readonly impossible: string[] = [];

  constructor(orders: Orders) {
    this.#orders = new Map(orders);
  }

  /** As they will be. */
  get orders(): Orders {
    return this.#orders;
  }

  /** Of an order that is not known nothing is changed. */
  step(id: string, event: OrderEvent): void {
    const before = this.#orders.get(id);
    if (before === undefined) return;
    const { order, effect, reason } = step(before, event);
    if (effect === 'impossible') this.impossible.push(`${id}: ${reason}`);
    if (effect === 'unchanged') return;
    this.#orders.set(id, order);
    this.changed.set(id, order);
    const isExecuted = order.executions !== before.executions;
    if (event.kind === 'fill' && isExecuted) this.fills.push(event.fill);
    if (isExecuted || order.commission !== before.commission) this.moved.add(id);
  }
}
