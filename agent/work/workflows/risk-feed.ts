import { isOpenAt } from '../../core/calendar/sessions.ts';
import { instrumentKey } from '../../core/market/contract.ts';
import { subtract } from '../../core/market/money.ts';
import type { Order } from '../../core/orders/order.ts';
import type { Position } from '../../core/portfolio/position.ts';
import { chainFault } from '../../core/risk/breaker-data.ts';
import type { Observation, SeenOrder, SeenPosition } from '../../core/risk/observation.ts';
import type { MarketData } from '../../edges/broker/market-data.ts';

export interface LookLimits {
  readonly maxQuoteAgeMs: number;
  /** (ask − bid) ÷ mid above which a quote is called wide. */
  readonly wideSpread: number;
}

/** The market data itself; what each chain was worth is told on the way. Outside the session quotes say nothing. */
export function watchedMarketData(
  marketData: MarketData,
  limits: LookLimits,
  observe: (observation: Observation) => void,
): MarketData {
  return {
    list: (instrument) => marketData.list(instrument),
    options: (symbol) => marketData.options(symbol),
    quote: (listed) => marketData.quote(listed),
    history: (query) => marketData.history(query),
    chain: async (selection, now) => {
      const answer = await marketData.chain(selection, now);
      const { symbol } = selection;
      if (isOpenAt(now) && (answer.ok || answer.failure !== 'offline')) {
        const fault = answer.ok ? chainFault(answer.value, limits) : `no answer (${answer.reason})`;
        observe({ kind: 'look', symbol, fault });
      }
      return answer;
    },
  };
}

/** What became of those that were sent, in the order in which it became known. */
export function seenOrders(orders: readonly Order[]): readonly SeenOrder[] {
  const seen: SeenOrder[] = [];
  for (const { intent, state, facts } of [...orders].sort((a, b) => a.updatedAt - b.updatedAt)) {
    if (!facts.sent || !(state === 'rejected' || facts.alive)) continue;
    const outcome = state === 'rejected' ? 'rejected' : 'accepted';
    seen.push({ id: intent.id, tradingDay: intent.tradingDay, outcome });
  }
  return seen;
}

export function seenPositions(positions: readonly Position[]): readonly SeenPosition[] {
  return positions.map(({ instrument, quantity, realized, commission }) => ({
    key: instrumentKey(instrument),
    symbol: instrument.symbol,
    kind: instrument.kind,
    quantity,
    realized,
    result: subtract(realized, commission),
  }));
}
