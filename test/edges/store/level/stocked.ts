import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { newOrder } from '../../../../agent/core/orders/order.ts';
import { LevelStore } from '../../../../agent/edges/store/level/level-store.ts';
import { timeKey, type Write } from '../../../../agent/edges/store/store.ts';
import { chainWith } from '../../../contracts/chains.ts';
import { intent, NOW } from '../../../work/workflows/desk.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const ALERTS = 400;
const ORDER = intent();

/** A store with some hundred records in tables and log, an order that works and a chain; trading is active. Closed again. */
export async function stocked(t: TestContext): Promise<string> {
  const path = join(await temporaryFolder(t), 'store');
  const store = new LevelStore({ path });
  await store.start();
  const alive = { ...newOrder(ORDER), state: 'working', orderId: 5 } as const;
  const order = { ...alive, facts: { ...alive.facts, sent: true, alive: true } };
  await store.commit(
    [
      { table: 'orders', key: ORDER.id, put: order },
      { table: 'tradingState', key: 'trading', put: { state: 'active', reason: 'resumed', since: NOW } },
    ],
    'sync',
  );
  const all = Array.from({ length: ALERTS }, (_, n) => alert(n));
  await store.commit(all.slice(0, ALERTS / 2), 'sync');
  await store.putChain(chainWith({ symbol: 'SPY', takenAt: NOW, seed: 1 }));
  // What was written before goes into tables; the rest stays in the log.
  await store.compact();
  await store.commit(all.slice(ALERTS / 2), 'sync');
  await store.stop();
  return path;
}

function alert(n: number): Write {
  const text = `${n} `.repeat(50);
  return {
    table: 'alerts',
    key: timeKey(n),
    put: { key: timeKey(n), severity: 'info', text, raisedAt: n, resolvedAt: n },
  };
}

export interface Found {
  readonly trading: { readonly state: string; readonly reason: string };
  readonly order: string | null;
  readonly orderReason: string;
  readonly alerts: number;
  readonly open: string;
  readonly chains: number;
}

/** What a program that opens it finds. */
export async function found(store: LevelStore): Promise<Found> {
  const alerts = await store.list('alerts');
  const order = await store.get('orders', ORDER.id);
  const { state, reason } = (await store.get('tradingState', 'trading')) ?? { state: 'none', reason: '' };
  return {
    trading: { state, reason },
    order: order?.state ?? null,
    orderReason: order?.reason ?? '',
    alerts: alerts.filter(([key]) => key !== 'store').length,
    open: alerts
      .filter(([, { resolvedAt }]) => resolvedAt === null)
      .map(([, { severity, text }]) => `${severity}: ${text}`)
      .join('\n'),
    chains: (await store.chainTimes('SPY', 0, 2e12)).length,
  };
}
