import type { EpochMs } from '../../core/calendar/time.ts';
import { foldState, type Hold } from '../../core/risk/holds.ts';
import type { TradingState } from '../../core/risk/trading-state.ts';
import type { Store } from '../../edges/store/store.ts';

export interface TradingSwitchParts {
  readonly store: Pick<Store, 'commit' | 'get'>;
  /** What holds trading back beside this switch. */
  readonly holds: () => readonly Hold[];
  readonly onChange: () => void;
}

const KEY = 'trading';

/** Active, reducing or halted: on disk before it takes effect, and remembered over a restart. */
export class TradingSwitch {
  readonly #parts: TradingSwitchParts;
  #state: TradingState = { state: 'halted', reason: 'starting', since: 0 };

  constructor(parts: TradingSwitchParts) {
    this.#parts = parts;
  }

  /** What holds: the strictest of the owner's word and all that holds trading back. */
  get state(): TradingState {
    return foldState(this.#state, this.#parts.holds());
  }

  /** The owner's word alone; it is never changed by anything else. */
  get owner(): TradingState {
    return this.#state;
  }

  /** A box that has never been halted starts active. */
  async load(now: EpochMs): Promise<void> {
    const stored = await this.#parts.store.get('tradingState', KEY);
    this.#state = stored ?? { state: 'active', reason: 'first start', since: now };
  }

  /** In memory at once, so that nothing slips through while the disk is written. */
  async halt(reason: string, now: EpochMs): Promise<void> {
    await this.#set({ state: 'halted', reason, since: now });
  }

  async reduce(reason: string, now: EpochMs): Promise<void> {
    await this.#set({ state: 'reducing', reason, since: now });
  }

  async activate(reason: string, now: EpochMs): Promise<void> {
    await this.#set({ state: 'active', reason, since: now });
  }

  async #set(state: TradingState): Promise<void> {
    const calmer = state.state === 'halted' || (state.state === 'reducing' && this.#state.state === 'active');
    if (calmer) this.#state = state;
    await this.#parts.store.commit([{ table: 'tradingState', key: KEY, put: state }], 'sync');
    this.#state = state;
    this.#parts.onChange();
  }
}
