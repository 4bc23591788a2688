import { after } from '../time/clock.ts';
import { type Holding, holdingIn, type Security } from './broker-reports.ts';
import { ASK } from './client-requests.ts';
import { REPLY } from './message-ids.ts';
import type { Part } from './order-parts.ts';
import type { Link } from './questions.ts';

/** Positions of all accounts, as they are reported on a link. */
export class Positions {
  #rows = new Map<string, Holding>();
  /** Questions that are open; null = none was asked yet. */
  #unanswered: number | null = null;
  #told: () => void = () => undefined;

  get rows(): readonly Holding[] {
    return [...this.#rows.values()];
  }

  get known(): boolean {
    return this.#unanswered === 0;
  }

  /** The link is gone. */
  forget(): void {
    this.#rows = new Map();
    this.#unanswered = null;
  }

  /** Everything anew. An answer to the question before it is none to this one. */
  ask(link: Pick<Link, 'send'>): void {
    this.#rows = new Map();
    this.#unanswered = (this.#unanswered ?? 0) + 1;
    link.send(ASK.positions);
  }

  /** Resolves with whether it was answered in time. */
  askAgain(link: Pick<Link, 'send'>, patienceMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = after(patienceMs, () => resolve(false));
      this.#told = () => {
        timer.cancel();
        resolve(true);
      };
      this.ask(link);
    });
  }

  hear(id: number, fields: readonly string[]): void {
    if (id === REPLY.positionEnd && this.#unanswered !== null) {
      this.#unanswered = Math.max(0, this.#unanswered - 1);
      if (this.#unanswered === 0) this.#told();
    }
    if (id !== REPLY.position) return;
    const row = holdingIn(fields);
    this.#rows.set(`${row.account} ${row.conId}`, row);
  }
}

/** Why parts that are sold, with those that were, would leave more calls of a symbol short than shares held, or null. */
export function uncoveredCalls(
  held: readonly Holding[],
  before: readonly Part[],
  parts: readonly Part[],
): string | null {
  const symbols = new Set(parts.filter(isCallSold).map((part) => part.symbol));
  const sold = [...before, ...parts]
    .filter((part) => part.sells)
    .map((part) => ({ ...part, quantity: -part.quantity }));
  for (const symbol of symbols) {
    const [shares, short] = sharesAgainstCalls([...held, ...sold].filter((row) => row.symbol === symbol));
    if (short > shares) return `${short / 100} short calls of ${symbol} would stand against ${shares} shares`;
  }
  return null;
}

export function isCallSold({ right, sells }: Part): boolean {
  return right === 'C' && sells;
}

/** What is held or would be: shares, and the shares that short calls could take. */
function sharesAgainstCalls(rows: readonly (Security & { readonly quantity: number })[]): readonly [number, number] {
  const calls = new Map<number, number>();
  let shares = 0;
  for (const { conId, secType, right, quantity, multiplier } of rows) {
    if (secType === 'STK') shares += quantity;
    if (right === 'C') calls.set(conId, (calls.get(conId) ?? 0) + quantity * multiplier);
  }
  return [shares, [...calls.values()].reduce((short, call) => short + Math.max(0, -call), 0)];
}
