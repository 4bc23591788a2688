import type { Instrument, Side } from '../market/contract.ts';
import { awaitsExecutions, mayStillFill, type Order } from '../orders/order.ts';

/** A holding: ours, foreign or manual. Short puts of a stranger claim the same cash. */
export interface Holding {
  readonly instrument: Instrument;
  /** Negative = short. */
  readonly quantity: number;
}

/** What an order may still do: ours, of another client or manual. */
export interface WorkingOrder {
  /** Of the intent; empty when it is not ours. */
  readonly id: string;
  readonly instrument: Instrument;
  readonly side: Side;
  /** Not filled yet. */
  readonly remaining: number;
}

/**
 * Those of our orders that may still fill, and what the broker says was filled but has not shown yet. An order of unknown
 * fate counts in full.
 */
export function workingOrders(orders: readonly Order[]): WorkingOrder[] {
  const working: WorkingOrder[] = [];
  for (const order of orders) {
    const { id, instrument, side, quantity } = order.intent;
    const most = mayStillFill(order) ? quantity : awaitsExecutions(order) ? order.facts.claimed : 0;
    const remaining = most - order.filled;
    if (remaining > 0) working.push({ id, instrument, side, remaining });
  }
  return working;
}
