import type { Broker } from '../../edges/broker/broker.ts';
import type { Workflow } from './occasion.ts';
import type { Reconciler } from './reconcile.ts';

export interface HealthParts {
  readonly broker: Pick<Broker, 'link'>;
  readonly reconciler: Reconciler;
}

/** Every hour, day and night: is the broker there, and do the books agree? */
export function health({ broker, reconciler }: HealthParts): Workflow {
  return async () => `link ${broker.link.state}, books ${reconciler.current.state}`;
}
