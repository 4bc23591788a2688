import type { IsoDate } from '../../core/calendar/time.ts';
import type { Decision } from '../../core/strategy/decision.ts';
import type { Store } from '../../edges/store/store.ts';
import { dayRange } from './trading-day.ts';

const MOST_RECENT = 10;

export interface DecisionLogParts {
  readonly store: Pick<Store, 'commit' | 'list'>;
  readonly onChange: () => void;
}

/** Every answer of a strategy, with its reasons. */
export class DecisionLog {
  readonly #parts: DecisionLogParts;
  #recent: readonly Decision[] = [];

  constructor(parts: DecisionLogParts) {
    this.#parts = parts;
  }

  /** Newest first. */
  get recent(): readonly Decision[] {
    return this.#recent;
  }

  async load(): Promise<void> {
    const rows = await this.#parts.store.list('decisions', { newestFirst: true, most: MOST_RECENT });
    this.#recent = rows.map(([, decision]) => decision);
  }

  /** Stores it; an earlier one of the same id is replaced. */
  async keep(decision: Decision): Promise<void> {
    await this.#parts.store.commit([{ table: 'decisions', key: decision.id, put: decision }], 'sync');
    const others = this.#recent.filter((each) => each.id !== decision.id);
    this.#recent = [decision, ...others].slice(0, MOST_RECENT);
    this.#parts.onChange();
  }

  /** The last answer of a task about a symbol on a trading day. */
  async find(task: string, symbol: string, tradingDay: IsoDate): Promise<Decision | null> {
    const { from, before } = dayRange(tradingDay);
    const rows = await this.#parts.store.list('decisions', { from, before, newestFirst: true });
    return rows.find(([, decision]) => decision.symbol === symbol && decision.task === task)?.[1] ?? null;
  }
}
