import { type Money, money } from '../../../core/market/money.ts';
import type { Clock } from '../../../edges/system/clock.ts';
import type { BookOrder } from '../book.ts';
import { isWorking } from '../ledger.ts';
import type { BookHand } from './book-seam.ts';
import type { FaultSettings } from './fault.ts';
import { madeFill } from './made-records.ts';
import { isMeant } from './order-reference.ts';
import type { FaultChange, Switchboard } from './switchboard.ts';

interface Step {
  readonly quantity: number;
  readonly price: Money | null;
  readonly ms: number;
}

const STEP = /^(\d+)(?:@(-?[\d.]+))?(?:\+(\d+))?$/;

/** Orders that fill as planned and not by the market. */
export class FillPlans {
  readonly #board: Switchboard;
  readonly #clock: Clock;
  readonly #hand: BookHand;
  readonly #plans = new Map<number, FaultSettings['fillPlan']>();
  /** Orders for which no plan has been found, until there is another plan. */
  readonly #unplanned = new Set<number>();

  constructor(hand: BookHand, parts: { readonly board: Switchboard; readonly clock: Clock }) {
    this.#hand = hand;
    this.#board = parts.board;
    this.#clock = parts.clock;
  }

  /** Whether an order that works follows a plan; it begins to when it is first asked. */
  isPlanned({ permId, request }: BookOrder): boolean {
    if (this.#plans.has(permId)) return true;
    if (!this.#board.has('fillPlan') || this.#unplanned.has(permId)) return false;
    const settings = this.#board.use('fillPlan', ({ ref }) => isMeant(ref, request.orderRef));
    if (settings === null) {
      this.#unplanned.add(permId);
      return false;
    }
    this.#plans.set(permId, settings);
    this.#run(permId, stepsOf(settings.steps));
    return true;
  }

  changed({ kind, active }: FaultChange): void {
    const { fault, acted } = active;
    if (fault.name !== 'fillPlan') return;
    this.#unplanned.clear();
    const isUsedUp = fault.times !== null && acted >= fault.times;
    if (kind === 'set' || isUsedUp) return;
    for (const [permId, settings] of this.#plans) {
      if (settings === fault.settings) this.#plans.delete(permId);
    }
  }

  #run(permId: number, [step, ...rest]: readonly Step[]): void {
    if (step === undefined) return;
    const settings = this.#plans.get(permId);
    this.#clock.after(step.ms, () => {
      const order = this.#hand.state.orders.get(permId);
      if (order === undefined || !isWorking(order) || this.#plans.get(permId) !== settings) return;
      const record = madeFill(this.#hand, order, { ...step, at: this.#clock.now() });
      if (record !== null) this.#hand.change(record);
      this.#run(permId, rest);
    });
  }
}

function stepsOf(text: string): readonly Step[] {
  return text
    .split(';')
    .filter(Boolean)
    .map((step) => {
      const [, quantity, price, ms] = STEP.exec(step) ?? [];
      return {
        quantity: Number(quantity),
        price: price === undefined ? null : money(Number(price)),
        ms: Number(ms ?? 0),
      };
    });
}
