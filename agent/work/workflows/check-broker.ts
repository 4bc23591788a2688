import type { IsoDate } from '../../core/calendar/time.ts';
import { money } from '../../core/market/money.ts';
import type { Broker, OrderTicket } from '../../edges/broker/broker.ts';
import type { MarketData } from '../../edges/broker/market-data.ts';
import type { Store } from '../../edges/store/store.ts';
import type { AlertBook } from './alert-book.ts';
import type { Workflow } from './occasion.ts';

export interface CheckBrokerParts {
  readonly broker: Pick<Broker, 'link' | 'time' | 'account' | 'preview' | 'nextOrderId'>;
  readonly marketData: Pick<MarketData, 'list'>;
  readonly store: Pick<Store, 'get'>;
  readonly symbols: readonly string[];
  readonly alerts: AlertBook;
}

const MOST_CLOCK_DIFFERENCE_MS = 60_000;
/** Only asked about, never sent. */
const ANY_PRICE = money(1);

/**
 * Before the open: is the session up, does the broker answer, does its clock agree with ours, does it know the account, would it
 * take an order?
 */
export function checkBroker(parts: CheckBrokerParts): Workflow {
  const { broker, alerts } = parts;
  return async ({ now, tradingDay }) => {
    const problem = (await problemOf(broker, now)) ?? (await refusalOf(parts, tradingDay));
    if (problem !== null) {
      await alerts.raise('broker-check', { severity: 'critical', text: `Broker check: ${problem}`, at: now });
      throw new Error(problem);
    }
    await alerts.resolve('broker-check', now);
    return `session ready on ${broker.link.accounts.join(', ')}`;
  };
}

async function problemOf(broker: CheckBrokerParts['broker'], now: number): Promise<string | null> {
  if (broker.link.state !== 'ready') return `the link is ${broker.link.state}: ${broker.link.reason}`;
  const time = await broker.time();
  if (!time.ok) return `no answer to the time of day: ${time.reason}`;
  const difference = Math.abs(time.value - now);
  if (difference > MOST_CLOCK_DIFFERENCE_MS) return `its clock differs by ${Math.round(difference / 1000)} s from ours`;
  const account = await broker.account();
  if (!account.ok) return `the account is unknown: ${account.reason}`;
  if (account.value.cash === null || account.value.netLiquidation === null)
    return 'the account has no cash or equity figure';
  return null;
}

/** A gateway in read-only mode answers every question but this one. */
async function refusalOf(parts: CheckBrokerParts, tradingDay: IsoDate): Promise<string | null> {
  const { broker, marketData, store, symbols } = parts;
  const [symbol] = symbols;
  if (symbol === undefined) return null;
  const instrument = { kind: 'stock', symbol } as const;
  const listed = await marketData.list(instrument);
  if (!listed.ok) return `${symbol} is not known: ${listed.reason}`;
  const ticket: OrderTicket = {
    ...{ orderRef: `${tradingDay}-check`, instrument, conId: listed.value.conId, side: 'buy', quantity: 1 },
    ...{ type: 'limit', limit: ANY_PRICE, timeInForce: 'DAY' },
  };
  const used = (await store.get('counters', 'orderId'))?.value ?? 0;
  const answer = await broker.preview(Math.max(broker.nextOrderId ?? 1, used + 1), ticket);
  return answer.ok ? null : `it would take no order: ${answer.reason}`;
}
