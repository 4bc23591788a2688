import type { IsoDate } from '../../core/calendar/time.ts';
import type { Decision } from '../../core/strategy/decision.ts';
import type { Range, Store } from '../../edges/store/store.ts';
import { dayRange } from './trading-day.ts';

const MOST_RECENT = 10;
/** Read at a time: a decision holds all it looked at. */
const PAGE = 50;

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

  /** The last answer about a symbol, of a trading day when one is named; `null` = there is none. */
  async last(symbol: string, tradingDay: IsoDate | null): Promise<Decision | null> {
    const day = tradingDay === null ? null : dayRange(tradingDay);
    let range: Range = day === null ? {} : { from: day.from, before: day.before };
    for (;;) {
      const rows = await this.#parts.store.list('decisions', { ...range, newestFirst: true, most: PAGE });
      const found = rows.find(([, decision]) => decision.symbol === symbol);
      const oldest = rows.at(-1);
      if (found !== undefined) return found[1];
      if (oldest === undefined || rows.length < PAGE) return null;
      range = { ...range, before: oldest[0] };
    }
  }

  /** The last answer of a task about a symbol on a trading day. */
  async find(task: string, symbol: string, tradingDay: IsoDate): Promise<Decision | null> {
    const { from, before } = dayRange(tradingDay);
    const rows = await this.#parts.store.list('decisions', { from, before, newestFirst: true });
    return rows.find(([, decision]) => decision.symbol === symbol && decision.task === task)?.[1] ?? null;
  }
}
