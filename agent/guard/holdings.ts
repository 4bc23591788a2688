import { type Holding, holdingIn } from '../ground/wire/broker-reports.ts';
import { ASK } from '../ground/wire/client-requests.ts';
import { REPLY } from '../ground/wire/message-ids.ts';
import { ORDER_ENDS } from '../ground/wire/open-orders.ts';
import type { Part } from '../ground/wire/order-parts.ts';
import { after, monotonicMs } from './clock.ts';
import type { GatewayLink } from './gateway-link.ts';

/** A position may be reported this much later than the fill that made it. */
const LATE_MS = 5_000;

interface Sold {
  readonly parts: readonly Part[];
  /** When it had ended; null = it works. */
  endedAt: number | null;
}

/** Positions as the gateway reports them, and the orders to sell that are not in them yet. */
export class Holdings {
  #rows = new Map<string, Holding>();
  /** Questions that are open; null = none was asked yet. */
  #unanswered: number | null = null;
  #told: () => void = () => undefined;
  readonly #selling = new Map<string, Sold>();

  /** The link is gone: positions are unknown. */
  forget(): void {
    this.#rows = new Map();
    this.#unanswered = null;
  }

  get rows(): readonly Holding[] {
    return [...this.#rows.values()];
  }

  /** Everything anew. An answer to the question before it is none to this one. */
  ask(link: Pick<GatewayLink, 'send'>): void {
    this.#rows = new Map();
    this.#unanswered = (this.#unanswered ?? 0) + 1;
    link.send(ASK.positions);
  }

  /** Resolves with whether it was answered in time. */
  askAgain(link: Pick<GatewayLink, 'send'>, patienceMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = after(patienceMs, () => resolve(false));
      this.#told = () => {
        timer.cancel();
        resolve(true);
      };
      this.ask(link);
    });
  }

  /** From the guard's own link. */
  hear(id: number, fields: readonly string[]): void {
    if (id === REPLY.positionEnd && this.#unanswered !== null) {
      this.#unanswered = Math.max(0, this.#unanswered - 1);
      if (this.#unanswered === 0) this.#told();
    }
    if (id !== REPLY.position) return;
    const row = holdingIn(fields);
    this.#rows.set(`${row.account} ${row.conId}`, row);
  }

  sent(orderId: number, parts: readonly Part[]): void {
    this.#selling.set(String(orderId), { parts, endedAt: null });
  }

  /** An order status on its way to the agent. */
  heard(fields: readonly string[]): void {
    const [, orderId = '', status = '', filled] = fields;
    const sold = this.#selling.get(orderId);
    if (sold === undefined) return;
    const ended = ORDER_ENDS.has(status);
    if (ended && Number(filled) === 0) this.#selling.delete(orderId);
    else if (ended) sold.endedAt ??= monotonicMs();
  }

  /** Why these parts would leave more calls short than shares held, or null. Only shares and calls of the account count. */
  uncovered(account: string, parts: readonly Part[]): string | null {
    const symbols = new Set(parts.filter((part) => part.right === 'C' && part.sells).map((part) => part.symbol));
    if (symbols.size === 0) return null;
    if (this.#unanswered !== 0) return 'positions are not known';
    const now = monotonicMs();
    for (const [id, { endedAt }] of this.#selling) {
      if (endedAt !== null && now - endedAt > LATE_MS) this.#selling.delete(id);
    }
    const pending = [...this.#selling.values()].flatMap((sold) => sold.parts).concat(parts);
    for (const symbol of symbols) {
      const [shares, short] = this.#after(account, symbol, pending);
      if (short > shares) return `${short / 100} short calls of ${symbol} would stand against ${shares} shares`;
    }
    return null;
  }

  /** Shares, and shares that short calls could take, if everything that sells were filled. */
  #after(account: string, symbol: string, pending: readonly Part[]): readonly [number, number] {
    const held = [...this.#rows.values()].filter((row) => row.account === account && row.symbol === symbol);
    const selling = pending.filter((part) => part.sells && part.symbol === symbol);
    const calls = new Map<number, { quantity: number; multiplier: number }>();
    for (const { conId, right, quantity, multiplier } of held) {
      if (right === 'C') calls.set(conId, { quantity, multiplier });
    }
    for (const { conId, right, quantity, multiplier } of selling) {
      if (right === 'C') calls.set(conId, { quantity: (calls.get(conId)?.quantity ?? 0) - quantity, multiplier });
    }
    const stock = (rows: readonly { secType: string; quantity: number }[]) =>
      rows.filter((row) => row.secType === 'STK').reduce((sum, row) => sum + row.quantity, 0);
    const short = [...calls.values()].reduce((sum, call) => sum + Math.max(0, -call.quantity) * call.multiplier, 0);
    return [stock(held) - stock(selling), short];
  }
}
