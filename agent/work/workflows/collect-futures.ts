import type { MarketData } from '../../edges/broker/market-data.ts';
import { type Store, timeKey } from '../../edges/store/store.ts';
import { count, type Workflow } from './occasion.ts';

export interface CollectFuturesParts {
  readonly marketData: Pick<MarketData, 'list' | 'quote'>;
  readonly store: Pick<Store, 'commit'>;
  /** By symbol; these are the ones collected. */
  readonly multipliers: Readonly<Record<string, number>>;
}

/** One quote of the front month of each index future. */
export function collectFutures(parts: CollectFuturesParts): Workflow {
  return async ({ now, signal }) => {
    const failures: string[] = [];
    const symbols = Object.keys(parts.multipliers);
    for (const symbol of symbols) {
      signal.throwIfAborted();
      const reason = await collectOne(parts, symbol, now);
      if (reason !== null) failures.push(`${symbol}: ${reason}`);
    }
    const taken = count(symbols.length - failures.length, 'future');
    if (failures.length > 0) throw new Error(`${taken}; ${failures.join('; ')}`);
    return taken;
  };
}

async function collectOne(parts: CollectFuturesParts, symbol: string, now: number): Promise<string | null> {
  const instrument = { kind: 'future', symbol, contractMonth: '', multiplier: parts.multipliers[symbol] ?? 1 } as const;
  const listed = await parts.marketData.list(instrument);
  if (!listed.ok) return listed.reason;
  const quote = await parts.marketData.quote(listed.value);
  if (!quote.ok) return quote.reason;
  const { last, bid, ask, quotedAt } = quote.value;
  const key = `${timeKey(now)}/${symbol}`;
  await parts.store.commit([{ table: 'futures', key, put: { symbol, last, bid, ask, quotedAt } }], 'lazy');
  return null;
}
