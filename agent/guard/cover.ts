import { monotonicMs } from '../ground/time/clock.ts';
import { ORDER_ENDS } from '../ground/wire/open-orders.ts';
import type { Part } from '../ground/wire/order-parts.ts';
import { type Positions, sharesAgainstCalls } from '../ground/wire/positions.ts';

/** A position may be reported this much later than the fill that made it. */
const LATE_MS = 5_000;

interface Sold {
  readonly parts: readonly Part[];
  /** When it had ended; null = it works. */
  endedAt: number | null;
}

/** What stands behind short calls: the positions, and the orders to sell that are not in them yet. */
export class Cover {
  readonly #positions: Positions;
  readonly #selling = new Map<string, Sold>();

  constructor(positions: Positions) {
    this.#positions = positions;
  }

  sent(orderId: number, parts: readonly Part[]): void {
    this.#selling.set(String(orderId), { parts, endedAt: null });
  }

  neverWas(orderId: string): void {
    this.#selling.delete(orderId);
  }

  /** An order status on its way to the agent. */
  heard([, orderId = '', status = '', filled]: readonly string[]): void {
    const sold = this.#selling.get(orderId);
    if (sold === undefined || !ORDER_ENDS.has(status)) return;
    if (Number(filled) === 0) this.neverWas(orderId);
    else sold.endedAt ??= monotonicMs();
  }

  /** Why these parts would leave more calls short than shares held, or null. Only shares and calls of the account count. */
  uncovered(account: string, parts: readonly Part[]): string | null {
    const symbols = new Set(parts.filter((part) => part.right === 'C' && part.sells).map((part) => part.symbol));
    if (symbols.size === 0) return null;
    if (!this.#positions.known) return 'positions are not known';
    const held = this.#positions.rows.filter((row) => row.account === account);
    const sold = [...this.#pending(), ...parts].filter((part) => part.sells);
    const rows = [...held, ...sold.map((part) => ({ ...part, quantity: -part.quantity }))];
    for (const symbol of symbols) {
      const [shares, short] = sharesAgainstCalls(rows.filter((row) => row.symbol === symbol));
      if (short > shares) return `${short / 100} short calls of ${symbol} would stand against ${shares} shares`;
    }
    return null;
  }

  #pending(): readonly Part[] {
    const now = monotonicMs();
    for (const [id, { endedAt }] of this.#selling) {
      if (endedAt !== null && now - endedAt > LATE_MS) this.#selling.delete(id);
    }
    return [...this.#selling.values()].flatMap((sold) => sold.parts);
  }
}
