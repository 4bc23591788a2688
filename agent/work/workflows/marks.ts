import type { EpochMs, IsoDate } from '../../core/calendar/time.ts';
import { instrumentKey } from '../../core/market/contract.ts';
import { dollars, type Money } from '../../core/market/money.ts';
import type { Account } from '../../core/portfolio/account.ts';
import type { Mark } from '../../core/portfolio/mark.ts';
import type { Position } from '../../core/portfolio/position.ts';
import { dayProfit, type Profit, profitOf } from '../../core/portfolio/profit.ts';
import type { Store } from '../../edges/store/store.ts';
import type { Blotter } from './blotter.ts';

const UNMARKED: Mark = { price: null, at: null, fault: 'not marked yet' };
const MOST_POINTS = 120;

export interface MarksParts {
  readonly blotter: Blotter;
  readonly store: Pick<Store, 'commit' | 'get'>;
  readonly onChange: () => void;
}

/** What the positions and the account were worth when last looked at, and what the day has brought. */
export class Marks {
  readonly #parts: MarksParts;
  readonly #marks = new Map<string, Mark>();
  #account: Account | null = null;
  #dayStart: Money | null = null;
  #dayStartOf: IsoDate = '';
  #line: (readonly [EpochMs, number])[] = [];

  constructor(parts: MarksParts) {
    this.#parts = parts;
  }

  get account(): Account | null {
    return this.#account;
  }

  /** Equity over the day, in dollars, for a line on the page. */
  get line(): readonly (readonly [EpochMs, number])[] {
    return this.#line;
  }

  get profit(): Profit {
    return profitOf(this.#parts.blotter.positions.map((position) => ({ position, mark: this.markOf(position) })));
  }

  get dayProfit(): Money | null {
    return dayProfit(this.#account?.netLiquidation ?? null, this.#dayStart);
  }

  markOf(position: Position): Mark {
    return this.#marks.get(instrumentKey(position.instrument)) ?? UNMARKED;
  }

  setMark(position: Position, mark: Mark): void {
    this.#marks.set(instrumentKey(position.instrument), mark);
    this.#parts.onChange();
  }

  /** The first figure of a trading day is the one its profit is counted from, also after a restart. */
  async setAccount(account: Account, now: EpochMs, tradingDay: IsoDate): Promise<void> {
    this.#account = account;
    if (account.netLiquidation !== null) {
      await this.#beginDay(account.netLiquidation, now, tradingDay);
      this.#line = [...this.#line, [now, dollars(account.netLiquidation)] as const].slice(-MOST_POINTS);
    }
    this.#parts.onChange();
  }

  async #beginDay(netLiquidation: Money, at: EpochMs, tradingDay: IsoDate): Promise<void> {
    if (this.#dayStartOf === tradingDay) return;
    const known = await this.#parts.store.get('dayStarts', tradingDay);
    const start = known ?? { tradingDay, netLiquidation, at };
    if (known === null) await this.#parts.store.commit([{ table: 'dayStarts', key: tradingDay, put: start }], 'sync');
    this.#dayStart = start.netLiquidation;
    this.#dayStartOf = tradingDay;
    this.#line = [];
  }
}
