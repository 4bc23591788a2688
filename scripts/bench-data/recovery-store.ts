import { addDays } from '../../agent/core/calendar/new-york.ts';
import { DAY_MS } from '../../agent/core/calendar/time.ts';
import type { Fill } from '../../agent/core/orders/fill.ts';
import { newOrder, type Order } from '../../agent/core/orders/order.ts';
import { LevelStore } from '../../agent/edges/store/level/level-store.ts';
import { timeKey, type Write } from '../../agent/edges/store/store.ts';

const DAYS_BACK = 10;

/**
 * Gives the store a past: what one day has left in it, again on the days before, until it holds so many orders. Each sale is
 * followed by a purchase of the same, so that what is held stays what the exchange says.
 */
export async function giveItAPast(
  path: string,
  wanted: number,
): Promise<{ orders: number; fills: number; decisions: number }> {
  const store = new LevelStore({ path });
  await store.start();
  const orders = (await store.list('orders')).map(([, order]) => order);
  const decisions = (await store.list('decisions')).map(([, decision]) => decision);
  const writes: Write[] = [];
  const filled = orders.filter((order) => order.filled > 0).slice(0, DAYS_BACK);
  for (let n = orders.length; n < wanted; n += 2) {
    const days = DAYS_BACK + Math.floor(n / filled.length);
    const order = filled[((n / 2) % filled.length) | 0] as Order;
    for (const side of ['sell', 'buy'] as const) writes.push(...earlier(order, { days, side, n }));
  }
  for (let days = 1; days <= DAYS_BACK; days += 1) {
    for (const decision of decisions) {
      const at = decision.at - days * DAY_MS;
      const id = `${timeKey(at)}/${decision.strategy}/${decision.symbol}`;
      const put = { ...decision, id, at, tradingDay: addDays(decision.tradingDay, -days) };
      writes.push({ table: 'decisions', key: id, put });
    }
  }
  await store.commit(writes, 'sync');
  const count = async (table: 'orders' | 'fills' | 'decisions') => (await store.list(table)).length;
  const held = { orders: await count('orders'), fills: await count('fills'), decisions: await count('decisions') };
  await store.stop();
  return held;
}

function earlier(order: Order, { days, side, n }: { days: number; side: 'sell' | 'buy'; n: number }): Write[] {
  const shift = days * DAY_MS;
  const { intent } = order;
  const id = `${n}-${side}-${intent.id}`.slice(0, 40);
  const past = {
    ...intent,
    id,
    side,
    tradingDay: addDays(intent.tradingDay, -days),
    decidedAt: intent.decidedAt - shift,
  };
  const executions: Record<string, Fill> = {};
  for (const fill of Object.values(order.executions)) {
    const execId = `${n}${side}.${fill.execId}`;
    executions[`${n}${side}.${fill.execId.slice(0, fill.execId.lastIndexOf('.'))}`] = {
      ...{ ...fill, execId, side, orderRef: id, at: fill.at - shift },
    };
  }
  const { filled, averagePrice, permId } = order;
  const put: Order = {
    ...{
      ...newOrder(past),
      executions,
      filled,
      averagePrice,
      permId: (permId ?? 0) - n * 2 - (side === 'buy' ? 1 : 0),
    },
    ...{ state: 'filled', updatedAt: order.updatedAt - shift },
  };
  return [
    { table: 'intents', key: id, put: past },
    { table: 'orders', key: id, put },
    ...Object.values(executions).map(
      (fill): Write => ({ table: 'fills', key: `${timeKey(fill.at)}/${fill.execId}`, put: fill }),
    ),
  ];
}
