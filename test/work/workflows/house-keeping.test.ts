import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork, newYorkDate } from '../../../agent/core/calendar/new-york.ts';
import { DAY_MS } from '../../../agent/core/calendar/time.ts';
import { type Money, money } from '../../../agent/core/market/money.ts';
import type { Account } from '../../../agent/core/portfolio/account.ts';
import { timeKey } from '../../../agent/edges/store/store.ts';
import { silentLog } from '../../../agent/edges/system/log.ts';
import { Books } from '../../../agent/work/workflows/books.ts';
import { cleanUp } from '../../../agent/work/workflows/clean-up.ts';
import { dailyReport, weeklyReport } from '../../../agent/work/workflows/daily-report.ts';
import { integrityAudit } from '../../../agent/work/workflows/integrity-audit.ts';
import type { Occasion } from '../../../agent/work/workflows/occasion.ts';
import { overnightReview } from '../../../agent/work/workflows/overnight-review.ts';
import { placeOrder } from '../../../agent/work/workflows/place-order.ts';
import { cancelStaleOrders } from '../../../agent/work/workflows/stale-orders.ts';
import { systemCheck } from '../../../agent/work/workflows/system-check.ts';
import { watchRisk } from '../../../agent/work/workflows/watch-risk.ts';
import { type Desk, desk, fill, intent, NOW } from './desk.ts';

function occasion(now = NOW): Occasion {
  const signal = new AbortController().signal;
  return { task: 'task', now, tradingDay: newYorkDate(now), until: now + 60_000, signal, progress: () => undefined };
}

/** With one put sold and filled. */
async function traded(): Promise<Desk> {
  const at = await desk();
  await at.reconciler.run();
  await placeOrder(intent(), at);
  at.blotter.onBroker({ kind: 'fill', fill: fill() });
  await at.blotter.idle();
  return at;
}

const LIMITS = {
  maxQuoteAgeMs: 1000,
  maxSecuredPerSymbol: money(200_000),
  maxSecuredTotal: money(300_000),
  maxContractsPerOrder: 2,
  maxOrdersPerDay: 10,
  maxLimitDistance: 0.1,
};

function account(cash: Money | null): { account: Account } {
  return { account: { id: 'DU1', netLiquidation: cash, cash, buyingPower: null, excessLiquidity: null } };
}

test('an order of an earlier day that still works is taken back, one of today is not', async () => {
  const at = await desk();
  await at.reconciler.run();
  await placeOrder(intent(), at);
  assert.match(await cancelStaleOrders(at)(occasion()), /^0 orders/);
  assert.match(await cancelStaleOrders(at)(occasion(instantInNewYork('2026-03-23', '08:00'))), /^1 order /);
  assert.ok(at.broker.told.includes('cancel 2'));
});

test('what is held is held against cash and limits, and the alert goes when it is within them again', async () => {
  const at = await traded();
  const books = new Books(at.blotter, at.reconciler);
  const look = (cash: Money | null, limits = LIMITS): Promise<string> =>
    watchRisk({ books, marks: account(cash), limits, alerts: at.alerts, risk: at.risk })(occasion());
  assert.equal(await look(money(250_000)), 'within all limits');
  assert.match(await look(money(100_000)), /puts claim 124,?000.* and the cash is/);
  assert.equal(at.alerts.open[0]?.key, 'risk-limits');
  assert.match(await look(null), /the cash is not known/);
  assert.match(await look(money(250_000), { ...LIMITS, maxSecuredPerSymbol: money(100_000) }), /puts on SPY claim/);
  await look(money(250_000));
  assert.deepEqual(at.alerts.open, []);
});

test('the audit computes the books once more, and finds a position that its fills do not explain', async () => {
  const at = await traded();
  const audit = integrityAudit({ store: at.store, alerts: at.alerts });
  assert.equal(await audit(occasion()), '1 order and 1 fill agree with each other');
  const [[key, position] = []] = await at.store.list('positions');
  assert.ok(key !== undefined && position !== undefined);
  await at.store.commit([{ table: 'positions', key, put: { ...position, quantity: -5 } }], 'sync');
  await assert.rejects(audit(occasion()), /says -5, its fills say -2/);
  assert.equal(at.alerts.open[0]?.severity, 'critical');
  await at.store.commit([{ table: 'positions', key, put: position }], 'sync');
  const [[fillKey] = []] = await at.store.list('fills');
  await at.store.commit([{ table: 'fills', key: fillKey as string, remove: true }], 'sync');
  await assert.rejects(audit(occasion()), /is not among the fills/);
});

test('old records of what ran are removed and newer ones stay; orders and fills stay whatever their age', async () => {
  const at = await traded();
  const occurrence = (dueAt: number): Parameters<typeof at.store.commit>[0][number] => ({
    table: 'occurrences',
    key: `${timeKey(dueAt)}/t`,
    put: {
      ...{ task: 't', dueAt, tradingDay: '', state: 'done', startedAt: dueAt, endedAt: dueAt, late: false },
      note: '',
    },
  });
  await at.store.commit(
    [occurrence(NOW - 59 * DAY_MS), ...Array.from({ length: 700 }, (_, i) => occurrence(NOW - 61 * DAY_MS - i))],
    'lazy',
  );
  assert.equal(await cleanUp({ store: at.store })(occasion()), '700 records removed');
  assert.equal((await at.store.list('occurrences')).length, 1);
  await cleanUp({ store: at.store })(occasion(NOW + 3000 * DAY_MS));
  assert.deepEqual([(await at.store.list('orders')).length, (await at.store.list('fills')).length], [1, 1]);
});

test('the report of a day needs its figures; that of a week adds the days up', async () => {
  const at = await traded();
  const parts = { store: at.store, alerts: at.alerts, log: silentLog };
  await assert.rejects(dailyReport(parts)(occasion()), /no figures of 2026-03-20/);
  for (const [tradingDay, orders] of [
    ['2026-03-19', 2],
    ['2026-03-20', 1],
  ] as const) {
    const put = {
      tradingDay,
      netLiquidation: money(100_100),
      realized: money(10),
      unrealized: null,
      commission: money(1),
    };
    await at.store.commit(
      [
        {
          table: 'statistics',
          key: tradingDay,
          put: { ...put, orders, fills: 1, decisions: 2, noTrade: 1, chains: 78 },
        },
      ],
      'sync',
    );
  }
  await at.store.commit(
    [
      {
        table: 'dayStarts',
        key: '2026-03-20',
        put: { tradingDay: '2026-03-20', netLiquidation: money(100_000), at: NOW },
      },
    ],
    'sync',
  );
  assert.match(await dailyReport(parts)(occasion()), /^2026-03-20: day 100\.00, equity 100,100\.00, .* open unknown/);
  const report = await at.store.get('reports', 'daily/2026-03-20');
  assert.match(report?.lines[1] ?? '', /^sell 2 SPY .* at 8\.20$/);
  assert.equal(await weeklyReport(parts)(occasion()), '2 sessions: 3 orders, 2 fills, 2 times no trade');
});

test('what expires today is said before the day begins', async () => {
  const at = await traded();
  const review = overnightReview(at);
  assert.match(await review(occasion()), /^1 position held, 0 of them expiring today/);
  assert.match(await review(occasion(instantInNewYork('2026-04-24', '08:00'))), /1 of them expiring today/);
  assert.match(at.alerts.open[0]?.text ?? '', /Expires today: SPY/);
});

test('the check before the day names every problem at once, and passes when there is none', async () => {
  const at = await desk();
  const machine = (
    disk: number | null,
    memory: number | null,
  ): { diskFreeMb(): Promise<number | null>; availableMb(): number | null } => ({
    diskFreeMb: async () => disk,
    availableMb: () => memory,
  });
  assert.match(await systemCheck({ ...at, machine: machine(5000, 500) })(occasion()), /are well/);
  at.broker.link = { ...at.broker.link, state: 'down', reason: 'refused' };
  const bad = systemCheck({ ...at, machine: machine(10, 20) })(occasion());
  await assert.rejects(bad, /only 10 MB are left on the disk; only 20 MB of memory are free; .* is down: refused/);
  await assert.rejects(systemCheck({ ...at, machine: machine(null, null) })(occasion()), /is not known/);
  assert.equal(at.alerts.open[0]?.key, 'system-check');
});
