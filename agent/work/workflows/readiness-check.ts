import { newYorkDay } from '../../core/calendar/new-york.ts';
import { previousSession } from '../../core/calendar/sessions.ts';
import { type EpochMs, epochDay, isoDate } from '../../core/calendar/time.ts';
import type { Broker } from '../../edges/broker/broker.ts';
import type { Store } from '../../edges/store/store.ts';
import type { Machine } from '../../edges/system/machine.ts';
import type { AlertBook } from './alert-book.ts';
import type { Workflow } from './occasion.ts';
import type { Reconciler } from './reconcile.ts';
import { machineProblems } from './system-check.ts';
import type { TradingSwitch } from './trading-switch.ts';

export interface ReadinessCheckParts {
  readonly broker: Pick<Broker, 'link'>;
  readonly reconciler: Pick<Reconciler, 'obstacle'>;
  readonly tradingSwitch: TradingSwitch;
  readonly store: Pick<Store, 'get'>;
  readonly machine: Pick<Machine, 'availableMb' | 'diskFreeMb'>;
  readonly alerts: AlertBook;
  readonly symbols: readonly string[];
}

/** Half an hour before the day: everything that would keep it from beginning, while there is time to do something about it. */
export function readinessCheck(parts: ReadinessCheckParts): Workflow {
  return async ({ now }) => {
    const problems = [...(await machineProblems(parts.machine)), ...(await historyProblems(parts, now))];
    const { state, reason } = parts.broker.link;
    if (state !== 'ready') problems.push(`the link to the broker is ${state}: ${reason}`);
    if (parts.reconciler.obstacle !== null) problems.push(parts.reconciler.obstacle);
    const trading = parts.tradingSwitch.state;
    if (trading.state !== 'active') problems.push(`trading is ${trading.state}: ${trading.reason}`);
    if (problems.length === 0) {
      await parts.alerts.resolve('readiness', now);
      return 'the next trading day can begin';
    }
    const text = `Not ready for the next trading day: ${problems.join('; ')}`;
    await parts.alerts.raise('readiness', { severity: 'warning', text, at: now });
    return text;
  };
}

async function historyProblems({ store, symbols }: ReadinessCheckParts, now: EpochMs): Promise<string[]> {
  const wanted = previousSession(isoDate(newYorkDay(now)));
  const problems: string[] = [];
  for (const symbol of symbols) {
    const last = (await store.get('histories', symbol))?.closes.at(-1)?.[0];
    if (last === undefined) problems.push(`no daily prices of ${symbol}`);
    // The broker may give the last session's bar only in the morning.
    else if (epochDay(last) < epochDay(previousSession(wanted.date).date)) {
      problems.push(`daily prices of ${symbol} end on ${last}`);
    }
  }
  return problems;
}
