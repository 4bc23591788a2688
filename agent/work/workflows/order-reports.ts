import type { EpochMs } from '../../core/calendar/time.ts';
import { mayStillFill } from '../../core/orders/order.ts';
import type { ReportedOrder } from '../../edges/broker/broker.ts';
import type { Blotter } from './blotter.ts';
import type { Reports } from './broker-reports.ts';

/** Orders of ours that work twice at the broker: one intent is one order, ever. */
export function doubled(open: readonly ReportedOrder[], blotter: Pick<Blotter, 'order'>): readonly ReportedOrder[] {
  const byReference = new Map<string, ReportedOrder[]>();
  for (const report of open) {
    if (blotter.order(report.orderRef) === null) continue;
    byReference.set(report.orderRef, [...(byReference.get(report.orderRef) ?? []), report]);
  }
  return [...byReference.values()].filter((reports) => reports.length > 1).flat();
}

/** Tells every order of ours what the broker says of it, and those that it does not know that it does not. */
export async function settleOrders({ open, completed }: Reports, blotter: Blotter, at: EpochMs): Promise<void> {
  const twice = new Set(doubled(open, blotter).map(({ orderRef }) => orderRef));
  const seen = new Set<string>(twice);
  for (const report of [...completed, ...open]) {
    if (blotter.order(report.orderRef) === null || twice.has(report.orderRef)) continue;
    seen.add(report.orderRef);
    const { status, filled, permId, reason } = report;
    await blotter.apply(report.orderRef, { kind: 'found', status, filled, permId, orderId: null, reason, at });
  }
  for (const order of blotter.orders) {
    if (!mayStillFill(order) || seen.has(order.intent.id)) continue;
    await blotter.apply(order.intent.id, { kind: 'absent', at });
  }
}
