import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { type EpochMs, MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import type { Observation } from '../../../agent/core/risk/observation.ts';
import type { BrokerEvent } from '../../../agent/edges/broker/broker.ts';
import { LevelStore } from '../../../agent/edges/store/level/level-store.ts';
import { MemoryStore } from '../../../agent/edges/store/memory/memory-store.ts';
import type { Store } from '../../../agent/edges/store/store.ts';
import { silentLog } from '../../../agent/edges/system/log.ts';
import { ManualClock } from '../../../agent/edges/system/manual/clock.ts';
import { AlertBook } from '../../../agent/work/workflows/alert-book.ts';
import { RiskWatch } from '../../../agent/work/workflows/risk-watch.ts';
import { account, call, LIMITS, look, option, order, positions } from '../../core/risk/breaker-fixture.ts';
import { NOW } from './desk.ts';

const MONDAY_8 = instantInNewYork('2026-03-23', '08:00');
const NOTHING = { orders: [], positions: [] };

interface Watched {
  readonly risk: RiskWatch;
  readonly clock: ManualClock;
  readonly alerts: AlertBook;
  readonly store: Store;
  readonly asked: string[];
  opened: number;
  tell: (event: BrokerEvent) => void;
}

async function watched(store: Store, at: EpochMs = NOW): Promise<Watched> {
  const clock = new ManualClock(at);
  const alerts = new AlertBook({ store, onChange: () => undefined });
  await alerts.load();
  const asked: string[] = [];
  const made: Omit<Watched, 'risk'> = { clock, alerts, store, asked, opened: 0, tell: () => undefined };
  const broker = {
    onEvent: (listener: (event: BrokerEvent) => void) => {
      made.tell = listener;
      return () => undefined;
    },
    time: async () => {
      asked.push('time');
      risk.observe(call(true));
      return { ok: true, value: clock.now() } as const;
    },
  };
  const risk: RiskWatch = new RiskWatch({
    ...{ store, alerts, broker, clock, log: silentLog, limits: LIMITS, onChange: () => undefined },
    onOpened: () => {
      made.opened += 1;
    },
  });
  await risk.load(NOTHING);
  risk.start();
  return Object.assign(made, { risk });
}

async function inMemory(): Promise<Watched> {
  const store = new MemoryStore();
  await store.start();
  return watched(store);
}

function names({ risk }: Watched): readonly string[] {
  return risk.holds.map(({ name }) => name);
}

async function onDisk(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'wheelhouse-risk-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

const OPENING: Readonly<Record<string, readonly Observation[]>> = {
  dailyLoss: [account(100_000), account(96_000)],
  drawdown: [account(100_000), account(79_000)],
  lossStreak: ['a', 'b', 'c'].flatMap((key) => [
    positions(option(`SPY ${key}`, -1)),
    positions(option(`SPY ${key}`, 0, -9)),
  ]),
  rejectedOrders: ['a', 'b', 'c'].map((id) => order(id, 'rejected')),
  failedCalls: [call(false), call(false), call(false)],
  dataQuality: [look('SPY', 'stale'), look('SPY', 'stale')],
  excessLiquidity: [account(100_000, 1_000)],
};

for (const [name, observations] of Object.entries(OPENING)) {
  test(`${name} that opened is open again after a restart, with the same reason, age and way to clear`, async (t) => {
    const path = await onDisk(t);
    const before = new LevelStore({ path });
    await before.start();
    const first = await watched(before);
    for (const each of observations) first.risk.observe(each);
    const opened = first.risk.holds.filter((hold) => hold.name === name);
    assert.equal(opened.length, 1);
    assert.ok(opened[0]?.reason !== '' && opened[0]?.clears !== '');
    await first.risk.stop();
    await before.stop();
    const after = new LevelStore({ path });
    await after.start();
    const second = await watched(after, NOW + MINUTE_MS);
    assert.deepEqual(
      second.risk.holds.filter((hold) => hold.name === name),
      opened,
    );
    assert.equal(second.alerts.open.filter(({ key }) => key === `breaker-${name}`).length, 1);
    await second.risk.stop();
    await after.stop();
  });
}

test('what was due while the box was off clears at its start; the peak and a half counted streak are remembered', async () => {
  const first = await inMemory();
  for (const each of [account(100_000), account(96_000), order('a', 'rejected'), order('b', 'rejected')]) {
    first.risk.observe(each);
  }
  await first.risk.stop();
  const second = await watched(first.store, MONDAY_8);
  second.risk.observe(account(96_000));
  assert.deepEqual(names(second), []);
  second.risk.observe(order('c', 'rejected', '2026-03-23'));
  second.risk.observe(account(80_000));
  assert.deepEqual(names(second), ['dailyLoss', 'drawdown', 'rejectedOrders']);
});

test('the clock clears a daily loss at 8:00 of the next trading day, and its alert goes with it', async () => {
  const at = await inMemory();
  for (const each of OPENING.dailyLoss ?? []) at.risk.observe(each);
  await at.risk.stop();
  at.risk.start();
  assert.match(
    at.alerts.open[0]?.text ?? '',
    /^Daily loss: 4,000\.00 lost .*\. Trading is reducing; this clears at 2026-03-23 08:00 ET$/,
  );
  await at.clock.advanceTo(MONDAY_8 - 1);
  assert.deepEqual(names(at), ['dailyLoss']);
  await at.clock.advanceTo(MONDAY_8);
  assert.deepEqual(names(at), []);
  await at.risk.stop();
  assert.deepEqual(at.alerts.open, []);
});

test('after the quiet time the broker is asked once, and its answer clears failed calls', async () => {
  const at = await inMemory();
  at.risk.observe(account(100_000));
  for (const each of OPENING.failedCalls ?? []) at.risk.observe(each);
  assert.equal(at.risk.asksFor, 'halted');
  await at.clock.advanceTo(NOW + 10 * MINUTE_MS - 1);
  assert.deepEqual(at.asked, []);
  await at.clock.advanceTo(NOW + 10 * MINUTE_MS);
  assert.deepEqual(at.asked, ['time']);
  assert.deepEqual(names(at), []);
});

test('only what opens is told to whoever takes orders back, once', async () => {
  const at = await inMemory();
  at.risk.observe(account(100_000));
  assert.equal(at.opened, 0);
  for (const dollars of [96_000, 95_000, 94_000]) at.risk.observe(account(dollars));
  assert.equal(at.opened, 1);
  assert.equal(at.risk.asksFor, 'reducing');
});

test('a breaker holds although the disk fails', async () => {
  const at = await inMemory();
  at.risk.observe(account(100_000));
  at.store.commit = () => Promise.reject(new Error('disk full'));
  at.risk.observe(account(90_000));
  await at.risk.stop();
  assert.deepEqual(names(at), ['dailyLoss']);
  assert.equal(at.opened, 1);
});

test('the margin warning of the broker opens excess liquidity; other notices open nothing', async () => {
  const at = await inMemory();
  at.risk.observe(account(100_000));
  at.tell({ kind: 'notice', code: 2104, reason: 'farm is OK', at: NOW });
  assert.deepEqual(names(at), []);
  at.tell({ kind: 'notice', code: 2148, reason: 'liquidation', at: NOW });
  assert.deepEqual(names(at), ['excessLiquidity']);
});

test('an account that is not known at two looks in a row is told as an alert, and the alert goes', async () => {
  const at = await inMemory();
  assert.equal((await at.risk.look())[0]?.name, 'account');
  assert.equal(at.alerts.open.length, 0);
  await at.risk.look();
  assert.match(at.alerts.open[0]?.text ?? '', /^Nothing is opened: Account, /);
  at.risk.observe(account(100_000));
  assert.deepEqual(await at.risk.look(), []);
  assert.deepEqual(at.alerts.open, []);
});

test('nothing is written for good answers and looks that say nothing new', async () => {
  const at = await inMemory();
  for (const each of [account(100_000), look('SPY'), look('SPY')]) at.risk.observe(each);
  await at.risk.stop();
  let writes = 0;
  const commit = at.store.commit.bind(at.store);
  at.store.commit = (...args) => {
    writes += 1;
    return commit(...args);
  };
  for (const each of [call(true), call(true), account(99_999), look('SPY'), { kind: 'time' } as const])
    at.risk.observe(each);
  await at.risk.stop();
  assert.equal(writes, 0);
});
