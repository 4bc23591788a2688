import type { IsoDate } from '../../core/calendar/time.ts';
import { describeInstrument } from '../../core/market/contract.ts';
import { formatMoney, type Money } from '../../core/market/money.ts';
import type { DayStatistics } from '../../edges/store/records.ts';
import type { Store } from '../../edges/store/store.ts';
import type { Log } from '../../edges/system/log.ts';
import type { AlertBook } from './alert-book.ts';
import { count, type Workflow } from './occasion.ts';
import { dayRange } from './trading-day.ts';

export interface ReportParts {
  readonly store: Pick<Store, 'commit' | 'list' | 'get'>;
  readonly alerts: AlertBook;
  readonly log: Log;
}

const SESSIONS_OF_A_WEEK = 5;

/** What the day came to, in lines that a person can read. */
export function dailyReport({ store }: ReportParts): Workflow {
  return async ({ tradingDay, now }) => {
    const figures = await store.get('statistics', tradingDay);
    if (figures === null) throw new Error(`there are no figures of ${tradingDay}`);
    const start = await store.get('dayStarts', tradingDay);
    const lines = [dayLine(figures, start?.netLiquidation ?? null), ...(await tradeLines(store, tradingDay))];
    const put = { kind: 'daily', tradingDay, at: now, lines } as const;
    await store.commit([{ table: 'reports', key: `daily/${tradingDay}`, put }], 'sync');
    return lines[0] as string;
  };
}

/** The last five sessions with figures, and what they add up to. */
export function weeklyReport({ store }: ReportParts): Workflow {
  return async ({ tradingDay, now }) => {
    const days = await store.list('statistics', {
      before: `${tradingDay}~`,
      newestFirst: true,
      most: SESSIONS_OF_A_WEEK,
    });
    const lines = days.toReversed().map(([, figures]) => dayLine(figures, null));
    const sum = (of: (figures: DayStatistics) => number): number =>
      days.reduce((total, [, figures]) => total + of(figures), 0);
    lines.push(
      `${count(days.length, 'session')}: ${sum(({ orders }) => orders)} orders, ${sum(({ fills }) => fills)} fills, ${sum(({ noTrade }) => noTrade)} times no trade`,
    );
    const put = { kind: 'weekly', tradingDay, at: now, lines } as const;
    await store.commit([{ table: 'reports', key: `weekly/${tradingDay}`, put }], 'sync');
    return lines.at(-1) as string;
  };
}

/** What is still open goes into the journal, where the owner's own tools find it. */
export function alertDigest({ alerts, log }: ReportParts): Workflow {
  return async ({ tradingDay }) => {
    for (const { severity, text, raisedAt } of alerts.open) {
      log.warn({ severity, text, raisedAt, tradingDay }, 'alert still open at the end of the day');
    }
    return `${count(alerts.open.length, 'alert')} still open`;
  };
}

function dayLine(figures: DayStatistics, before: Money | null): string {
  const { tradingDay, netLiquidation, realized, unrealized, orders, fills, noTrade } = figures;
  const day = netLiquidation === null || before === null ? null : ((netLiquidation - before) as Money);
  const known = (amount: Money | null): string => (amount === null ? 'unknown' : formatMoney(amount));
  const result = day === null ? '' : ` day ${known(day)},`;
  return `${tradingDay}:${result} equity ${known(netLiquidation)}, realised ${known(realized)}, open ${known(unrealized)}, ${orders} orders, ${fills} fills, ${noTrade} times no trade`;
}

async function tradeLines(store: ReportParts['store'], tradingDay: IsoDate): Promise<string[]> {
  const fills = await store.list('fills', dayRange(tradingDay));
  return fills.map(
    ([, fill]) => `${fill.side} ${fill.quantity} ${describeInstrument(fill.instrument)} at ${formatMoney(fill.price)}`,
  );
}
