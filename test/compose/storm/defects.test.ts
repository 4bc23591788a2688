import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Defect } from '../../../agent/compose/storm/agent-life.ts';
import { datesOf, eventsOf, storm } from '../../../agent/compose/storm/day.ts';
import { stormOptions } from '../../../agent/compose/storm/options.ts';
import { runSeed, type SeedWish } from '../../../agent/compose/storm/run.ts';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import type { Broker } from '../../../agent/edges/broker/broker.ts';
import type { Letter } from '../../../agent/lab/storm/invariants.ts';
import type { StormEvent } from '../../../agent/lab/storm/plan.ts';
import { changed } from '../changed-broker.ts';

const OPTIONS = await stormOptions();

function wish(seed: number, defect: Defect = {}): SeedWish {
  return { seed, days: 1, faults: [], options: OPTIONS, defect, only: null };
}

/** The letters that break in the first of these seeds that breaks. */
async function breaks(defect: Defect, seeds: readonly number[]): Promise<{ letters: Set<Letter>; seed: number }> {
  for (const seed of seeds) {
    const { violations } = await storm(wish(seed, defect), eventsOf(wish(seed)));
    if (violations.length > 0) return { letters: new Set(violations.map(({ letter }) => letter)), seed };
  }
  return { letters: new Set(), seed: -1 };
}

/** A day whose market comes to the orders. */
const FILLS = 12;
/** The first is known to have few events, one of them a crash that matters; the others are there for the day it is not. */
const SEEDS = [6, ...Array.from({ length: 40 }, (_, index) => index + 1)];

test('a day without trouble keeps every promise, and trades', async () => {
  const { violations, orders, fills } = await storm(wish(FILLS), []);
  assert.deepEqual(violations, []);
  assert.ok(orders >= 1 && fills >= 1);
});

test('an order that is sent twice breaks (b)', async () => {
  const twice = (broker: Broker): Broker =>
    changed(broker, {
      place: async (orderId, ticket) => {
        const answer = await broker.place(orderId, ticket);
        await broker.place(orderId + 500, { ...ticket, orderRef: ticket.orderRef });
        return answer;
      },
    });
  const { violations } = await storm(wish(1, { broker: twice }), []);
  assert.ok(violations.some(({ letter }) => letter === 'b'));
});

test('an order without a stored intent breaks (a)', async () => {
  const alone = (broker: Broker): Broker =>
    changed(broker, {
      place: (orderId, ticket) => broker.place(orderId, { ...ticket, orderRef: `${ticket.orderRef}x` }),
    });
  const { violations } = await storm(wish(1, { broker: alone }), []);
  assert.ok(violations.some(({ letter }) => letter === 'a'));
});

test('executions that are never heard of break (c)', async () => {
  const deaf = (broker: Broker): Broker =>
    changed(broker, {
      onEvent: (listener) => broker.onEvent((event) => event.kind !== 'fill' && listener(event)),
      executions: async () => ({ ok: true, value: [] }),
    });
  const { violations } = await storm(wish(FILLS, { broker: deaf }), []);
  assert.ok(violations.some(({ letter }) => letter === 'c'));
});

test('an order far from the market breaks (g)', async () => {
  const generous = (broker: Broker): Broker =>
    changed(broker, {
      place: (orderId, ticket) => broker.place(orderId, { ...ticket, limit: 100 as NonNullable<typeof ticket.limit> }),
    });
  const { violations } = await storm(wish(1, { broker: generous }), []);
  assert.ok(violations.some(({ letter }) => letter === 'g'));
});

test('an appliance that goes past its guard, to an exchange that hears one cancel only, breaks (e)', async () => {
  const broken = wish(1, { pastGuard: true, obeys: 1 });
  const at = instantInNewYork(datesOf(broken)[0] as string, '09:59');
  const press: StormEvent = { kind: 'press', at, heldMs: 600_000, resetMs: 1_000 };
  const { violations } = await storm(broken, [press]);
  assert.ok(violations.some(({ letter }) => letter === 'e'));
  assert.deepEqual((await storm(wish(1), [press])).violations, [], 'with its guard it breaks nothing');
});

test('a disk that forgets what was synced breaks a promise, with the same storm every time and few events in the end', async () => {
  const defect: Defect = { forgets: 6 };
  const { seed, letters } = await breaks(defect, SEEDS);
  assert.ok(['b', 'c', 'a'].some((letter) => letters.has(letter as Letter)));
  const { failed } = await runSeed(wish(seed, defect));
  assert.ok(failed?.replays);
  assert.equal(failed.shortest.length, 1);
  assert.match(failed.shortest[0]?.text ?? '', /crash/);
  const only = failed.shortest.map(({ index }) => index);
  assert.notEqual((await runSeed({ ...wish(seed, defect), only })).failed, null);
});

test('the same seed gives the same storm, byte for byte', async () => {
  const [first, second] = [await runSeed(wish(7)), await runSeed(wish(7))];
  assert.deepEqual(first.lines, second.lines);
  assert.notDeepEqual((await runSeed(wish(8))).lines, first.lines);
});
