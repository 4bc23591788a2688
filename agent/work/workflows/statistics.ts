import { addDays, instantInNewYork } from '../../core/calendar/new-york.ts';
import type { IsoDate } from '../../core/calendar/time.ts';
import { add, formatMoney, type Money, subtract } from '../../core/market/money.ts';
import type { Broker } from '../../edges/broker/broker.ts';
import type { DayStatistics } from '../../edges/store/records.ts';
import { type Range, type Store, timeKey } from '../../edges/store/store.ts';
import type { Blotter } from './blotter.ts';
import type { Marks } from './marks.ts';
import type { Workflow } from './occasion.ts';

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
    return `${put.orders} orders, ${put.fills} fills, realised ${formatMoney(put.realized)}, open ${open}`;
  };
}

async function figures(parts: StatisticsParts, tradingDay: IsoDate): Promise<DayStatistics> {
  const { store, blotter, marks } = parts;
  const day = dayRange(tradingDay);
  const decisions = await store.list('decisions', day);
  const fills = await store.list('fills', day);
  const account = await parts.broker.account();
  const positions = blotter.positions;
  let chains = 0;
  for (const symbol of parts.symbols) chains += (await store.chainTimes(symbol, day.start, day.end)).length;
  return {
    tradingDay,
    netLiquidation: account.ok ? account.value.netLiquidation : null,
    realized: add(...positions.map((position) => position.realized)),
    unrealized: marks.unrealized(),
    commission: add(...positions.map((position) => position.commission)),
    orders: blotter.orders.filter((order) => order.intent.tradingDay === tradingDay).length,
    fills: fills.length,
    decisions: decisions.length,
    noTrade: decisions.filter(([, decision]) => decision.outcome === 'noTrade').length,
    chains,
  };
}

export function dayRange(date: IsoDate): Range & { readonly start: number; readonly end: number } {
  const start = instantInNewYork(date, '00:00');
  const end = instantInNewYork(addDays(date, 1), '00:00');
  return { from: timeKey(start), before: timeKey(end), start, end };
}

export function difference(now: Money | null, before: Money | null): Money | null {
  return now === null || before === null ? null : subtract(now, before);
}
