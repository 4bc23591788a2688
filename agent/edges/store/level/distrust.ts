import type { EpochMs } from '../../../core/calendar/time.ts';
import { mayStillFill, type Order } from '../../../core/orders/order.ts';
import { step } from '../../../core/orders/transitions.ts';
import { STORE_ALERT } from '../store.ts';
import type { Database } from './open-database.ts';

/** Why the records of a store may not be taken for the truth. */
export interface Distrust {
  /** One sentence, shown until somebody resumes. */
  readonly text: string;
  readonly at: EpochMs;
}

const ORDERS = { gte: 'orders/', lt: 'orders0' } as const;

/**
 * Halts whoever opens this store next, in one synced write: the owner's switch is halted, the reason is an alert, and every order that may
 * still fill is in doubt, so that the broker is asked about it before it means anything.
 */
export async function distrustRecords(database: Database, { text, at }: Distrust): Promise<void> {
  const alert = { key: STORE_ALERT, severity: 'critical', text, raisedAt: at, resolvedAt: null };
  const batch = [
    put('tradingState/trading', { state: 'halted', reason: text, since: at }),
    put(`alerts/${STORE_ALERT}`, alert),
  ];
  for await (const [key, record] of database.iterator(ORDERS)) {
    const order = JSON.parse(record) as Order;
    if (!mayStillFill(order)) continue;
    batch.push(
      put(
        key,
        step(order, { kind: 'unanswered', at, reason: 'its record is older than the last word of the broker' }).order,
      ),
    );
  }
  await database.batch(batch, { sync: true });
}

function put(key: string, record: object): { readonly type: 'put'; readonly key: string; readonly value: string } {
  return { type: 'put', key, value: JSON.stringify(record) };
}
