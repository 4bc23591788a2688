import type { EpochMs } from '../../core/calendar/time.ts';
import type { Intent } from '../../core/orders/intent.ts';
import type { Decision, Reason } from '../../core/strategy/decision.ts';
import { timeKey } from '../../edges/store/store.ts';
import type { DecisionLog } from './decision-log.ts';

export interface NoTradeNote {
  /** What the order is for. */
  readonly purpose: string;
  readonly intent: Intent;
  readonly reason: Reason;
  readonly now: EpochMs;
}

/** Stores why an order that was decided is not followed by the next one; the same rule about the same order once in a row. */
export class NoTradeNotes {
  readonly #decisions: Pick<DecisionLog, 'keep'>;
  readonly #task: string;
  readonly #last = new Map<string, string>();

  constructor(decisions: Pick<DecisionLog, 'keep'>, task: string) {
    this.#decisions = decisions;
    this.#task = task;
  }

  async keep({ purpose, intent, reason, now }: NoTradeNote): Promise<void> {
    if (this.#last.get(purpose) === reason.rule) return;
    this.#last.set(purpose, reason.rule);
    const { symbol } = intent.instrument;
    const decision: Decision = {
      id: `${timeKey(now)}/${intent.strategy}/${symbol}`,
      at: now,
      tradingDay: intent.tradingDay,
      task: this.#task,
      strategy: intent.strategy,
      symbol,
      ...{ outcome: 'noTrade', chosen: null, reasons: [reason] },
      ...{ candidates: [], ruledOut: {}, outByRule: {}, considered: 0 },
    };
    await this.#decisions.keep(decision);
  }
}
