import type { EpochMs, IsoDate } from '../../core/calendar/time.ts';
import { instrumentKey } from '../../core/market/contract.ts';
import { formatMoney, money } from '../../core/market/money.ts';
import { markOf } from '../../core/portfolio/mark.ts';
import type { Position } from '../../core/portfolio/position.ts';
import type { Broker } from '../../edges/broker/broker.ts';
import type { MarketData } from '../../edges/broker/market-data.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { AlertBook } from './alert-book.ts';
import type { Blotter } from './blotter.ts';
import type { Marks } from './marks.ts';
import { count, type Workflow } from './occasion.ts';

/** Day profit or loss at which a person wants to know. The first that is reached speaks. */
const LEVELS = [
  { at: money(-500), severity: 'critical', text: 'The loss of the day has passed 500' },
  { at: money(-200), severity: 'warning', text: 'The loss of the day has passed 200' },
  { at: money(500), severity: 'info', text: 'The profit of the day has passed 500' },
] as const;
/** Says something about the market, nothing about the health of the box. */
export const DAY_PROFIT = 'day-profit';
const ANY_TICK = money(0.01);

export interface MonitorParts {
  readonly broker: Pick<Broker, 'account'>;
  readonly marketData: Pick<MarketData, 'quote'>;
  readonly blotter: Blotter;
  readonly marks: Marks;
  readonly alerts: AlertBook;
  readonly clock: Pick<Clock, 'now'>;
  readonly maxQuoteAgeMs: number;
}

/** One look at everything that is open: a fresh quote for each position, the account, the profit, the alerts. */
export function monitor(parts: MonitorParts): Workflow {
  return async ({ tradingDay, signal }) => {
    const open = parts.blotter.openPositions;
    const unmarked = await markAll(parts, signal);
    await lookAtAccount(parts, tradingDay);
    const now = parts.clock.now();
    await watchProfit(parts, now);
    await watchMarks(parts, unmarked, now);
    const day = parts.marks.dayProfit;
    return `${count(open.length, 'position')}, ${unmarked.length} without a mark, day ${day === null ? 'unknown' : formatMoney(day)}`;
  };
}

/** Between two of those looks: only the prices of what is open, and what they do to the profit. */
export function watchPositions(parts: MonitorParts): Workflow {
  return async ({ signal }) => {
    const unmarked = await markAll(parts, signal);
    const now = parts.clock.now();
    await watchMarks(parts, unmarked, now);
    return `${count(parts.blotter.openPositions.length, 'position')}, ${unmarked.length} without a mark`;
  };
}

async function markAll(parts: MonitorParts, signal: AbortSignal): Promise<string[]> {
  const unmarked: string[] = [];
  for (const position of parts.blotter.openPositions) {
    signal.throwIfAborted();
    const fault = await mark(parts, position);
    if (fault !== null) unmarked.push(`${instrumentKey(position.instrument)} ${fault}`);
  }
  return unmarked;
}

async function mark(parts: MonitorParts, position: Position): Promise<string | null> {
  const { instrument, conId } = position;
  const quote = await parts.marketData.quote({ instrument, conId, minTick: ANY_TICK });
  const marked = markOf(quote.ok ? quote.value : null, parts.clock.now(), parts.maxQuoteAgeMs);
  parts.marks.setMark(position, marked);
  return quote.ok ? marked.fault : quote.reason;
}

export async function lookAtAccount(
  { broker, marks, clock }: Pick<MonitorParts, 'broker' | 'marks' | 'clock'>,
  tradingDay: IsoDate,
): Promise<void> {
  const account = await broker.account();
  if (!account.ok) throw new Error(`the account is not known: ${account.reason}`);
  await marks.setAccount(account.value, clock.now(), tradingDay);
}

async function watchMarks({ alerts }: MonitorParts, unmarked: readonly string[], at: EpochMs): Promise<void> {
  if (unmarked.length === 0) return alerts.resolve('marks', at);
  await alerts.raise('marks', { severity: 'warning', text: `No trustworthy price for ${unmarked.join(', ')}`, at });
}

async function watchProfit({ marks, alerts }: MonitorParts, at: EpochMs): Promise<void> {
  const day = marks.dayProfit;
  if (day === null) return;
  const open = alerts.open.find((alert) => alert.key === DAY_PROFIT);
  const level = LEVELS.find(({ at: bound, text }) => {
    // A level that was passed holds until the day has come back a fifth of the way: it must not flap.
    const held = open?.text === text ? bound * 0.8 : bound;
    return bound < 0 ? day <= held : day >= held;
  });
  if (level === undefined) await alerts.resolve(DAY_PROFIT, at);
  else await alerts.raise(DAY_PROFIT, { severity: level.severity, text: level.text, at });
}
