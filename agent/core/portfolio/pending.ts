import { type EpochMs, MINUTE_MS } from '../calendar/time.ts';
import { instrumentKey } from '../market/contract.ts';
import { awaitsExecutions, mayStillFill, type Order } from '../orders/order.ts';

/** How far the broker's quantity may lie above and below ours because something of ours is still on its way. */
export interface Pending {
  readonly above: number;
  readonly below: number;
}

/** For so long a position may not yet show an execution that we have booked. */
const POSITION_FOLLOWS_MS = MINUTE_MS;

/**
 * By instrument key. What an order may still fill moves the broker's position before ours; an execution that was just
 * booked has moved ours before the broker's.
 */
export function pendingOf(orders: readonly Order[], now: EpochMs): ReadonlyMap<string, Pending> {
  const pending = new Map<string, Pending>();
  const widen = (key: string, above: number, below: number): void => {
    const known = pending.get(key) ?? { above: 0, below: 0 };
    pending.set(key, { above: known.above + above, below: known.below + below });
  };
  for (const order of orders) {
    const { intent, executions } = order;
    const remaining = mostOf(order) - order.filled;
    const key = instrumentKey(intent.instrument);
    if (remaining > 0) widen(key, intent.side === 'buy' ? remaining : 0, intent.side === 'buy' ? 0 : remaining);
    for (const { instrument, side, quantity, at } of Object.values(executions)) {
      if (now - at > POSITION_FOLLOWS_MS) continue;
      widen(instrumentKey(instrument), side === 'sell' ? quantity : 0, side === 'sell' ? 0 : quantity);
    }
  }
  return pending;
}

function mostOf(order: Order): number {
  if (mayStillFill(order)) return order.intent.quantity;
  return awaitsExecutions(order) ? order.facts.claimed : order.filled;
}
