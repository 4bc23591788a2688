import type { IsoDate } from '../../core/calendar/time.ts';
import { formatMoney, subtract } from '../../core/market/money.ts';
import type { Broker } from '../../edges/broker/broker.ts';
import type { DayStatistics } from '../../edges/store/records.ts';
import type { Store } from '../../edges/store/store.ts';
import type { Blotter } from './blotter.ts';
import type { Marks } from './marks.ts';
import { count, type Workflow } from './occasion.ts';
import { dayRange } from './trading-day.ts';

export interface StatisticsParts {
  readonly broker: Pick<Broker, 'account'>;
  readonly store: Pick<Store, 'commit' | 'list' | 'chainTimes'>;
  readonly blotter: Blotter;
  readonly marks: Marks;
  readonly symbols: readonly string[];
}

/** The figures of one trading day, kept for reports. */
export function statistics(parts: StatisticsParts): Workflow {
  return async ({ tradingDay }) => {
    const put = await figures(parts, tradingDay);
    await parts.store.commit([{ table: 'statistics', key: tradingDay, put }], 'sync');
    const open = put.unrealized === null ? 'unknown' : formatMoney(put.unrealized);
    return `${count(put.orders, 'order')}, ${count(put.fills, 'fill')}, realised ${formatMoney(subtract(put.realized, put.commission))} after commissions, open ${open}`;
  };
}

async function figures(parts: StatisticsParts, tradingDay: IsoDate): Promise<DayStatistics> {
  const { store, blotter, marks } = parts;
  const day = dayRange(tradingDay);
  const decisions = await store.list('decisions', day);
  const fills = await store.list('fills', day);
  const account = await parts.broker.account();
  const profit = marks.profit;
  let chains = 0;
  for (const symbol of parts.symbols) chains += (await store.chainTimes(symbol, day.start, day.end)).length;
  return {
    tradingDay,
    netLiquidation: account.ok ? account.value.netLiquidation : null,
    realized: profit.realized,
    unrealized: profit.open,
    commission: profit.commission,
    orders: blotter.orders.filter((order) => order.intent.tradingDay === tradingDay).length,
    fills: fills.length,
    decisions: decisions.length,
    noTrade: decisions.filter(([, decision]) => decision.outcome === 'noTrade').length,
    chains,
  };
}
