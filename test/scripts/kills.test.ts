import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { killedDay } from '../../scripts/kills-rig/day.ts';
import { killPlan } from '../../scripts/kills-rig/kill-plan.ts';
import { summaryOf } from '../../scripts/kills-rig/summary.ts';

const SEED = 13;

test('agent and guard are killed eight times while orders are sent and filled: none is lost or doubled, the books are equal', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'wheelhouse-kills-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const kills = killPlan(SEED, 0, 8);
  const day = await killedDay({ folder, date: '2026-11-20', seed: SEED, kills, tell: (line) => t.diagnostic(line) });
  assert.deepEqual(day.wrongs, []);
  const { of, withOrders, orders, executions } = summaryOf([day]);
  assert.deepEqual([of.agent > 0, of.guard > 0, of.both > 0], [true, true, true]);
  assert.ok(withOrders >= 3, `only ${withOrders} kills while an order worked`);
  assert.ok(orders >= 2 && executions >= 5, `only ${orders} orders and ${executions} executions`);
});

test('a plan belongs to its seed and its day; half of the kills come when something happens to an order', () => {
  assert.deepEqual(killPlan(5, 1, 8), killPlan(5, 1, 8));
  assert.notDeepEqual(killPlan(5, 1, 8), killPlan(5, 2, 8));
  assert.notDeepEqual(killPlan(5, 1, 8), killPlan(6, 1, 8));
  const kills = Array.from({ length: 20 }, (_, day) => killPlan(7, day, 8)).flat();
  const busy = kills.filter(({ moment }) => moment.kind !== 'any');
  assert.equal(busy.length, kills.length / 2);
  assert.deepEqual(new Set(kills.map(({ who }) => who)), new Set(['agent', 'guard', 'both']));
});
