import { MINUTE_MS } from '../../core/calendar/time.ts';
import type { Broker } from '../../edges/broker/broker.ts';
import type { AlertBook } from './alert-book.ts';
import type { Workflow } from './occasion.ts';

export interface CheckBrokerParts {
  readonly broker: Pick<Broker, 'link' | 'time' | 'account'>;
  readonly alerts: AlertBook;
}

const MOST_CLOCK_DIFFERENCE_MS = MINUTE_MS;

/** Before the open: is the session up, does the broker answer, does its clock agree with ours, does it know the account? */
export function checkBroker({ broker, alerts }: CheckBrokerParts): Workflow {
  return async ({ now }) => {
    const problem = await problemOf(broker, now);
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
