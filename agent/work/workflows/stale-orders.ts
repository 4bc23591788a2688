import type { Broker } from '../../edges/broker/broker.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { Blotter } from './blotter.ts';
import { count, type Workflow } from './occasion.ts';

export interface StaleOrdersParts {
  readonly broker: Pick<Broker, 'cancel'>;
  readonly blotter: Blotter;
  readonly clock: Pick<Clock, 'now'>;
}

/** Takes back what still works from an earlier trading day: it was decided on another day's quotes. */
export function cancelStaleOrders({ broker, blotter, clock }: StaleOrdersParts): Workflow {
  return async ({ tradingDay, signal }) => {
    const stale = blotter.working.filter((order) => order.intent.tradingDay < tradingDay);
    const refused: string[] = [];
    for (const order of stale) {
      signal.throwIfAborted();
      const answer = order.orderId === null ? null : await broker.cancel(order.orderId);
      if (answer?.ok) await blotter.apply(order.intent.id, { kind: 'cancelRequested', at: clock.now() });
      else refused.push(`${order.intent.id}: ${answer?.reason ?? 'it has no number at the broker'}`);
    }
    if (refused.length > 0) throw new Error(`could not be cancelled: ${refused.join('; ')}`);
    return `${count(stale.length, 'order')} of earlier days taken back`;
  };
}
