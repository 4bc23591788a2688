import type { Broker } from '../../edges/broker/broker.ts';
import type { AlertBook } from './alert-book.ts';
import type { Workflow } from './occasion.ts';
import type { Reconciler } from './reconcile.ts';

export interface HealthParts {
  readonly broker: Pick<Broker, 'link'>;
  readonly reconciler: Reconciler;
  readonly alerts: Pick<AlertBook, 'raise' | 'resolve'>;
  /** What could be installed beyond what is, or `null`; `null` itself where nobody looks for it. */
  readonly newerVersion: (() => Promise<string | null>) | null;
}

const UPDATE = 'update';

/** Every hour, day and night: is the broker there, do the books agree, and is there a newer program? */
export function health({ broker, reconciler, alerts, newerVersion }: HealthParts): Workflow {
  return async ({ now }) => {
    const version = (await newerVersion?.()) ?? null;
    if (version === null) await alerts.resolve(UPDATE, now);
    else {
      // The package itself refuses while orders work; nothing here ever installs it.
      const text = `Version ${version} can be installed: sudo apt-get update && sudo apt-get install wheelhouse`;
      await alerts.raise(UPDATE, { severity: 'info', text, at: now });
    }
    return `link ${broker.link.state}, books ${reconciler.current.state}`;
  };
}
