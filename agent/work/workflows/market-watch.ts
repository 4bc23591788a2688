import type { EpochMs } from '../../core/calendar/time.ts';
import type { Chain } from '../../core/market/chain.ts';
import type { Answer } from '../../edges/broker/answer.ts';
import type { ChainSelection, MarketData } from '../../edges/broker/market-data.ts';

export interface MarketWatchParts {
  readonly marketData: Pick<MarketData, 'chain'>;
  readonly symbols: readonly string[];
  readonly selection: Omit<ChainSelection, 'symbol'>;
  readonly onChange: () => void;
}

/** The newest chain of each symbol, for whoever decides, marks or shows. */
export class MarketWatch {
  readonly #parts: MarketWatchParts;
  readonly #latest = new Map<string, Chain>();

  constructor(parts: MarketWatchParts) {
    this.#parts = parts;
  }

  get symbols(): readonly string[] {
    return this.#parts.symbols;
  }

  latest(symbol: string): Chain | null {
    return this.#latest.get(symbol) ?? null;
  }

  /** Asks for the chain as it stands now and remembers it. */
  async look(symbol: string, now: EpochMs): Promise<Answer<Chain>> {
    const answer = await this.#parts.marketData.chain({ ...this.#parts.selection, symbol }, now);
    if (answer.ok) {
      this.#latest.set(symbol, answer.value);
      this.#parts.onChange();
    }
    return answer;
  }
}

/** When the freshest row of a chain was heard of; 0 = never. */
export function newestQuote(chain: Chain): EpochMs {
  let newest = 0;
  for (let row = 0; row < chain.size; row++) newest = Math.max(newest, chain.quotedAt[row] as number);
  return newest;
}
