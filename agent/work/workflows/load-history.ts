import { dollars } from '../../core/market/money.ts';
import type { Answer } from '../../edges/broker/answer.ts';
import type { DailyBar, HistoryQuery, MarketData } from '../../edges/broker/market-data.ts';
import type { Store } from '../../edges/store/store.ts';
import { count, type Workflow } from './occasion.ts';

const SESSIONS_WANTED = 300;

export interface LoadHistoryParts {
  readonly marketData: Pick<MarketData, 'history'>;
  readonly store: Pick<Store, 'get' | 'commit'>;
  readonly symbols: readonly string[];
}

/**
 * Daily closes and daily implied volatility of each underlying: what the IV rank is computed from. Fails when a question was not
 * answered, after having asked them all: what is stored of it stays, and the task is tried again.
 */
export function loadHistory(parts: LoadHistoryParts): Workflow {
  return async ({ now, signal }) => {
    const notes: string[] = [];
    const failures: string[] = [];
    for (const symbol of parts.symbols) {
      signal.throwIfAborted();
      const closes = await barsOf(parts, symbol, 'trades');
      const volatility = await barsOf(parts, symbol, 'impliedVolatility');
      if (closes.ok) notes.push(`${symbol} ${count(closes.value.length, 'close')}`);
      for (const [what, answer] of [
        ['closes', closes],
        ['volatility', volatility],
      ] as const) {
        if (answer.ok) continue;
        // A refusal is an answer: not every broker has every history.
        (answer.failure === 'refused' ? notes : failures).push(`${symbol} ${what}: ${answer.reason}`);
      }
      if (!closes.ok && !volatility.ok) continue;
      const before = await parts.store.get('histories', symbol);
      const put = {
        symbol,
        closes: closes.ok
          ? closes.value.map((bar: DailyBar) => [bar.date, bar.close] as const)
          : (before?.closes ?? []),
        impliedVolatility: volatility.ok
          ? volatility.value.map((bar: DailyBar) => [bar.date, dollars(bar.close)] as const)
          : (before?.impliedVolatility ?? []),
        updatedAt: now,
      };
      await parts.store.commit([{ table: 'histories', key: symbol, put }], 'lazy');
    }
    if (failures.length > 0) throw new Error([...notes, ...failures].join('; '));
    return notes.join(', ');
  };
}

function barsOf(
  { marketData }: LoadHistoryParts,
  symbol: string,
  what: HistoryQuery['what'],
): Promise<Answer<readonly DailyBar[]>> {
  return marketData.history({ instrument: { kind: 'stock', symbol }, days: SESSIONS_WANTED, what });
}
