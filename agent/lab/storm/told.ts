import type { BookOrder } from '../exchange/book.ts';
import type { Purpose } from './evidence.ts';

interface Heard {
  order: BookOrder;
  /** What was filled when the exchange said that it was cancelled; `null` = it never said so. */
  filledAtEnd: number | null;
  readonly key: string | null;
}

/**
 * The orders as the exchange told them. What it fills after it has said *cancelled* nobody can prevent: it is booked, and counts
 * against nobody.
 */
export class Told {
  readonly #orders = new Map<number, Heard>();

  hear(order: BookOrder, purpose: Purpose | null): void {
    const known = this.#orders.get(order.permId);
    const ended = order.status === 'Cancelled' || order.status === 'ApiCancelled';
    const filledAtEnd = known?.filledAtEnd ?? (ended ? order.filled : null);
    this.#orders.set(order.permId, { order, filledAtEnd, key: purpose?.key ?? null });
  }

  /** Without what came after its end. */
  filled({ permId, filled }: BookOrder): number {
    return this.#orders.get(permId)?.filledAtEnd ?? filled;
  }

  /** All steps of one order together. */
  of(key: string): { readonly working: readonly string[]; readonly filled: number } {
    const steps = [...this.#orders.values()].filter((heard) => heard.key === key);
    const working = steps.filter(({ order }) => isWorking(order)).map(({ order }) => order.request.orderRef);
    return { working, filled: steps.reduce((sum, { order }) => sum + this.filled(order), 0) };
  }
}

export function isWorking({ status }: BookOrder): boolean {
  return status === 'PreSubmitted' || status === 'Submitted';
}
