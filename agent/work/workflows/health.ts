import type { Broker } from '../../edges/broker/broker.ts';
import type { AlertBook } from './alert-book.ts';
import type { Workflow } from './occasion.ts';
import type { Reconciler } from './reconcile.ts';

export const LINK_ALERT = 'link';

export interface HealthParts {
  readonly broker: Pick<Broker, 'link'>;
  readonly reconciler: Reconciler;
  readonly alerts: AlertBook;
}

/** Every hour, day and night: is the broker there, and do the books agree? */
export function health({ broker, reconciler, alerts }: HealthParts): Workflow {
  return async ({ now }) => {
    const { state, reason } = broker.link;
    if (state === 'ready') await alerts.resolve(LINK_ALERT, now);
    else
      await alerts.raise(LINK_ALERT, {
        severity: 'warning',
        text: `The link to the broker is ${state}: ${reason}`,
        at: now,
      });
    return `link ${state}, books ${reconciler.current.state}`;
  };
}
