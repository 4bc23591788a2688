import { instrumentKey } from '../../core/market/contract.ts';
import { daysUntil } from '../../core/market/settlement.ts';
import type { AlertBook } from './alert-book.ts';
import type { Blotter } from './blotter.ts';
import { count, type Workflow } from './occasion.ts';
import type { Reconciler } from './reconcile.ts';

export interface OvernightReviewParts {
  readonly blotter: Blotter;
  readonly reconciler: Pick<Reconciler, 'current'>;
  readonly alerts: AlertBook;
}

/** What the day begins with: what expires today, and what came overnight that is not ours. */
export function overnightReview({ blotter, reconciler, alerts }: OvernightReviewParts): Workflow {
  return async ({ now }) => {
    const held = blotter.openPositions;
    const expiring = held.filter(
      ({ instrument }) => instrument.kind === 'option' && daysUntil(instrument.expiration, now) <= 0,
    );
    if (expiring.length === 0) await alerts.resolve('expiring', now);
    else {
      const text = `Expires today: ${expiring.map(({ instrument }) => instrumentKey(instrument)).join(', ')}`;
      await alerts.raise('expiring', { severity: 'warning', text, at: now });
    }
    const foreign = reconciler.current.foreignPositions.length;
    return `${count(held.length, 'position')} held, ${expiring.length} of them expiring today, ${foreign} not ours`;
  };
}
