import { dollars } from '../../core/market/money.ts';
import type { DailyBar, MarketData } from '../../edges/broker/market-data.ts';
import type { Store } from '../../edges/store/store.ts';
import { count, type Workflow } from './occasion.ts';

const SESSIONS_WANTED = 300;

export interface LoadHistoryParts {
  readonly marketData: Pick<MarketData, 'history'>;
  readonly store: Pick<Store, 'commit'>;
  readonly symbols: readonly string[];
}

/** Daily closes and daily implied volatility of each underlying: what the IV rank is computed from. */
export function loadHistory(parts: LoadHistoryParts): Workflow {
  return async ({ now, signal }) => {
    const notes: string[] = [];
    for (const symbol of parts.symbols) {
      signal.throwIfAborted();
      const instrument = { kind: 'stock', symbol } as const;
      const closes = await parts.marketData.history({ instrument, days: SESSIONS_WANTED, what: 'trades' });
      const volatility = await parts.marketData.history({
        instrument,
        days: SESSIONS_WANTED,
        what: 'impliedVolatility',
      });
      notes.push(`${symbol} ${closes.ok ? count(closes.value.length, 'close') : closes.reason}`);
      if (!closes.ok && !volatility.ok) continue;
      const put = {
        symbol,
        closes: closes.ok ? closes.value.map((bar: DailyBar) => [bar.date, bar.close] as const) : [],
        impliedVolatility: volatility.ok
          ? volatility.value.map((bar: DailyBar) => [bar.date, dollars(bar.close)] as const)
          : [],
        updatedAt: now,
      };
      await parts.store.commit([{ table: 'histories', key: symbol, put }], 'lazy');
    }
    return notes.join(', ');
  };
}
