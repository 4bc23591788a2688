import { monotonicMs } from '../ground/time/clock.ts';
import { ORDER_ENDS } from '../ground/wire/open-orders.ts';
import type { Part } from '../ground/wire/order-parts.ts';
import type { PlaceOrder } from '../ground/wire/place-order.ts';
import { isCallSold, type Positions, uncoveredCalls } from '../ground/wire/positions.ts';

/** A position may be reported this much later than the fill that made it. */
const LATE_MS = 5_000;

interface Sold {
  readonly parts: readonly Part[];
  readonly quantity: number;
  /** Of that, what it may come to at most. */
  most: number;
  /** What was filled, and when that was told. */
  readonly told: { readonly at: number; readonly filled: number }[];
}

/** What stands behind short calls: the positions, and the orders to sell that are not in them yet. */
export class Cover {
  readonly #positions: Positions;
  readonly #selling = new Map<string, Sold>();

  constructor(positions: Positions) {
    this.#positions = positions;
  }

  sent({ orderId, totalQuantity }: PlaceOrder, parts: readonly Part[]): void {
    const [id, quantity] = [String(orderId), totalQuantity ?? 0];
    // A change to less may be refused.
    const isLess = quantity < (this.#selling.get(id)?.most ?? 0);
    if (!isLess) this.#selling.set(id, { parts, quantity, most: quantity, told: [] });
  }

  neverWas(orderId: string): void {
    this.#selling.delete(orderId);
  }

  /** An order status on its way to the agent. */
  heard([, orderId = '', status = '', text]: readonly string[]): void {
    const [sold, filled] = [this.#selling.get(orderId), Number(text)];
    if (sold === undefined || !(filled >= 0)) return;
    if (ORDER_ENDS.has(status)) sold.most = filled;
    if (filled > (sold.told.at(-1)?.filled ?? 0)) sold.told.push({ at: monotonicMs(), filled });
  }

  /** Why these parts would leave more calls short than shares held, or null. Only shares and calls of the account count. */
  uncovered(account: string, parts: readonly Part[]): { readonly reason: string; readonly isCertain: boolean } | null {
    if (!parts.some(isCallSold)) return null;
    if (!this.#positions.known) return { reason: 'positions are not known', isCertain: false };
    const held = this.#positions.rows.filter((row) => row.account === account);
    const left = (lateMs: number) => uncoveredCalls(held, this.#pending(lateMs), parts);
    const reason = left(LATE_MS);
    // What was filled just now may be among the positions already.
    return reason === null ? null : { reason, isCertain: left(0) !== null };
  }

  #pending(lateMs: number): readonly Part[] {
    const from = monotonicMs() - lateMs;
    return [...this.#selling].flatMap(([id, { parts, quantity, most, told }]) => {
      const left = most - (told.findLast(({ at }) => at <= from)?.filled ?? 0);
      if (left <= 0 && lateMs > 0) this.neverWas(id);
      return parts.map((part) => ({ ...part, quantity: (part.quantity / quantity) * Math.max(0, left) }));
    });
  }
}
