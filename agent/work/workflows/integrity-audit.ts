import { instrumentKey } from '../../core/market/contract.ts';
import { type Money, ZERO } from '../../core/market/money.ts';
import { commissionOf } from '../../core/orders/executions.ts';
import type { Fill } from '../../core/orders/fill.ts';
import type { Order } from '../../core/orders/order.ts';
import { positionFromFills } from '../../core/portfolio/ledger.ts';
import type { Store } from '../../edges/store/store.ts';
import type { AlertBook } from './alert-book.ts';
import { count, type Workflow } from './occasion.ts';

export interface IntegrityAuditParts {
  readonly store: Pick<Store, 'list'>;
  readonly alerts: AlertBook;
}

const MOST_NAMED = 5;

/** Reads everything that money hangs on from the disk and computes it once more: intents, orders, fills, positions. */
export function integrityAudit({ store, alerts }: IntegrityAuditParts): Workflow {
  return async ({ now, signal }) => {
    const orders = new Map(await store.list('orders'));
    const faults: string[] = [];
    for (const [id] of await store.list('intents')) if (!orders.has(id)) faults.push(`intent ${id} has no order`);
    signal.throwIfAborted();
    const stored = new Set((await store.list('fills')).map(([, { execId }]) => execId));
    for (const [id, order] of orders) {
      for (const { execId } of Object.values(order.executions)) {
        if (!stored.has(execId)) faults.push(`execution ${execId} of ${id} is not among the fills`);
      }
    }
    signal.throwIfAborted();
    const settled = (await store.list('settlements')).map(([, fill]) => fill);
    faults.push(...(await positionFaults(store, [...orders.values()], settled)));
    if (faults.length === 0) await alerts.resolve('integrity', now);
    else {
      const text = `Integrity audit: ${count(faults.length, 'fault')}: ${faults.slice(0, MOST_NAMED).join('; ')}`;
      await alerts.raise('integrity', { severity: 'critical', text, at: now });
      throw new Error(text);
    }
    return `${count(orders.size, 'order')} and ${count(stored.size, 'fill')} agree with each other`;
  };
}

async function positionFaults(
  store: IntegrityAuditParts['store'],
  orders: readonly Order[],
  settled: readonly Fill[],
): Promise<string[]> {
  const fills: Fill[] = [...settled];
  const commissions = new Map<string, Money>();
  for (const order of orders) {
    for (const fill of Object.values(order.executions)) {
      if (fill.conId === 0) continue;
      fills.push(fill);
      commissions.set(fill.execId, commissionOf(order, fill.execId) ?? ZERO);
    }
  }
  const faults: string[] = [];
  for (const [key, position] of await store.list('positions')) {
    const own = fills.filter(({ instrument }) => instrumentKey(instrument) === key);
    const again = positionFromFills(own, (execId) => commissions.get(execId) ?? ZERO);
    if (again?.quantity !== position.quantity) {
      faults.push(`position ${key} says ${position.quantity}, its fills say ${again?.quantity ?? 'nothing'}`);
    }
  }
  return faults;
}
