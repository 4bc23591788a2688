import { newYorkDate } from '../../core/calendar/new-york.ts';
import type { EpochMs } from '../../core/calendar/time.ts';
import { atTheMoneyVolatility } from '../../core/market/atm.ts';
import type { Chain } from '../../core/market/chain.ts';
import { chainGreeks } from '../../core/pricing/chain-greeks.ts';
import { strikeWindow } from '../../core/strategy/strike-window.ts';
import { type Answer, answered } from '../../edges/broker/answer.ts';
import type { ChainSelection, MarketData } from '../../edges/broker/market-data.ts';
import { storedRate } from '../../edges/store/history-view.ts';
import type { Store } from '../../edges/store/store.ts';
import { Turn } from './turn.ts';

export interface MarketWatchParts {
  readonly marketData: Pick<MarketData, 'chain'>;
  readonly store: Pick<Store, 'get' | 'list'>;
  readonly symbols: readonly string[];
  readonly selection: Omit<ChainSelection, 'symbol'>;
  /** Deltas of the puts that are wanted, without their sign. */
  readonly deltas: { readonly minDelta: number; readonly maxDelta: number };
  readonly onChange: () => void;
}

/**
 * The newest chain of each symbol, for whoever decides, marks or shows. There are more contracts than market-data lines: so
 * it asks for the strikes where the wanted deltas lie at the volatility last known.
 */
export class MarketWatch {
  readonly #parts: MarketWatchParts;
  readonly #latest = new Map<string, Chain>();
  readonly #looking = new Map<string, Promise<Answer<Chain>>>();
  readonly #turn = new Turn();

  constructor(parts: MarketWatchParts) {
    this.#parts = parts;
  }

  get symbols(): readonly string[] {
    return this.#parts.symbols;
  }

  latest(symbol: string): Chain | null {
    return this.#latest.get(symbol) ?? null;
  }

  /**
   * Asks for the chain as it stands now and remembers it. One chain at a time, or two that are asked for at once would share the
   * market-data lines and both have gaps; who asks for a chain that is just being taken gets that one.
   */
  look(symbol: string, now: EpochMs): Promise<Answer<Chain>> {
    const current = this.#looking.get(symbol);
    if (current !== undefined) return current;
    const looking = this.#turn.take(() => this.#look(symbol, now)).finally(() => this.#looking.delete(symbol));
    this.#looking.set(symbol, looking);
    return looking;
  }

  async #look(symbol: string, now: EpochMs): Promise<Answer<Chain>> {
    const volatility = await this.#volatility(symbol, now);
    const answer = await this.#ask(symbol, volatility, now);
    if (!answer.ok || volatility !== null) return answer;
    // The first look showed where to look.
    const found = atTheMoneyVolatility(answer.value, now);
    return found === null ? answer : this.#ask(symbol, found, now);
  }

  async #ask(symbol: string, volatility: number | null, now: EpochMs): Promise<Answer<Chain>> {
    const { selection, deltas, marketData, onChange } = this.#parts;
    const window = volatility === null ? {} : strikeWindow({ ...selection, ...deltas, volatility });
    const answer = await marketData.chain({ ...selection, ...window, symbol }, now);
    if (!answer.ok) return answer;
    const chain = await this.#completed(answer.value);
    this.#latest.set(symbol, chain);
    onChange();
    return answered(chain);
  }

  /** What the vendor leaves out of volatility and greeks is derived from the quotes; what it says stays as it is. */
  async #completed(chain: Chain): Promise<Chain> {
    if (!lacksGreeks(chain)) return chain;
    const now = chain.takenAt;
    const rate = (await storedRate(this.#parts.store, newYorkDate(now)))?.rate ?? 0;
    return chainGreeks(chain, { now, rate }).chain;
  }

  async #volatility(symbol: string, now: EpochMs): Promise<number | null> {
    const chain = this.#latest.get(symbol);
    const known = chain === undefined ? null : atTheMoneyVolatility(chain, now);
    if (known !== null) return known;
    const history = await this.#parts.store.get('histories', symbol);
    const last = history?.impliedVolatility.at(-1)?.[1];
    return last !== undefined && last > 0 ? last : null;
  }
}

function lacksGreeks(chain: Chain): boolean {
  for (let row = 0; row < chain.size; row++) {
    if (!Number.isFinite(chain.delta[row]) || !Number.isFinite(chain.impliedVolatility[row])) return true;
  }
  return false;
}

/** When the freshest row of a chain was heard of; 0 = never. */
export function newestQuote(chain: Chain): EpochMs {
  let newest = 0;
  for (let row = 0; row < chain.size; row++) newest = Math.max(newest, chain.quotedAt[row] as number);
  return newest;
}
