import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { money } from '../../../agent/core/market/money.ts';
import type { Fill } from '../../../agent/core/orders/fill.ts';
import { answered } from '../../../agent/edges/broker/answer.ts';
import { MemoryStore } from '../../../agent/edges/store/memory/memory-store.ts';
import type { Write } from '../../../agent/edges/store/store.ts';
import { silentLog } from '../../../agent/edges/system/log.ts';
import { Blotter } from '../../../agent/work/workflows/blotter.ts';
import { desk, fill, intent, NOW, PUT } from './desk.ts';

const MISSED = 30;

function watched(): { readonly store: MemoryStore; readonly commits: (readonly [readonly Write[], string])[] } {
  const store = new MemoryStore();
  const commits: (readonly [readonly Write[], string])[] = [];
  const commit = store.commit.bind(store);
  store.commit = (writes, durability) => {
    commits.push([writes, durability]);
    return commit(writes, durability);
  };
  return { store, commits };
}

test('executions that were missed are in the books, with their commissions, after one write of the disk', async () => {
  const { store, commits } = watched();
  const { blotter, broker, reconciler } = await desk(store);
  await blotter.begin(intent({ quantity: MISSED }), 1);
  const fills = Array.from({ length: MISSED }, (_, n) => fill({ execId: `${n}.01`, quantity: 1, at: NOW + n }));
  for (const { execId, at } of fills) blotter.onBroker({ kind: 'commission', execId, commission: money(1), at });
  broker.fills = answered(fills);
  broker.held = answered([{ instrument: PUT, conId: 7, quantity: -MISSED, averagePrice: money(8.2) }]);
  await reconciler.run();
  const booking = commits.filter(([writes]) => writes.some(({ table }) => table === 'fills'));
  assert.deepEqual(
    booking.map(([, durability]) => durability),
    ['sync'],
  );
  const [order] = blotter.orders;
  assert.deepEqual([order?.state, order?.filled, order?.commission], ['filled', MISSED, money(MISSED)]);
  assert.deepEqual(
    blotter.openPositions.map(({ quantity, commission }) => [quantity, commission]),
    [[-MISSED, money(MISSED)]],
  );
  const again = await desk(store);
  assert.deepEqual(again.blotter.orders, blotter.orders);
  assert.deepEqual(again.blotter.positions, blotter.positions);
});

test('executions booked at once leave the same books as one after the other, whatever they are', async () => {
  const any = fc.record({
    execId: fc.constantFrom('a.01', 'a.02', 'b.01', 'c.01', 'd.01'),
    orderRef: fc.constantFrom('first', 'second', 'stranger', ''),
    permId: fc.constantFrom(900, 901),
    quantity: fc.integer({ min: 1, max: 4 }),
    price: fc.constantFrom(money(8), money(8.5)),
    at: fc.integer({ min: NOW, max: NOW + 5 }),
  });
  const told = fc.array(
    any.map((more) => fill(more)),
    { maxLength: 8 },
  );
  const paid = fc.subarray(['a.01', 'a.02', 'b.01', 'c.01']);
  await fc.assert(
    fc.asyncProperty(told, paid, async (fills, commissions) => {
      const one = await booked(commissions, async (blotter) => {
        for (const each of fills) blotter.onBroker({ kind: 'fill', fill: each });
      });
      const all = await booked(commissions, async (blotter) => blotter.onExecutions(fills));
      assert.deepEqual(all, one);
    }),
    { numRuns: 200 },
  );
});

async function booked(commissions: readonly string[], book: (blotter: Blotter) => Promise<void>) {
  const store = new MemoryStore();
  await store.start();
  const impossible: string[] = [];
  const onImpossible = async (reason: string): Promise<void> => void impossible.push(reason);
  const blotter = new Blotter({ store, log: silentLog, onChange: () => undefined, onImpossible });
  await blotter.begin(intent({ id: 'first', quantity: 5 }), 1);
  await blotter.begin(intent({ id: 'second', quantity: 5 }), 2);
  for (const execId of commissions) blotter.onBroker({ kind: 'commission', execId, commission: money(1), at: NOW });
  await book(blotter);
  await blotter.idle();
  const rows = (name: 'orders' | 'fills' | 'positions') => store.list(name);
  return { impossible, orders: await rows('orders'), fills: await rows('fills'), positions: await rows('positions') };
}

test('what the disk did not take is in no book, and the next telling brings it', async () => {
  const { store } = watched();
  const { blotter, impossible } = await desk(store);
  await blotter.begin(intent(), 1);
  const { commit } = store;
  const fills: readonly Fill[] = [fill({ execId: 'a.01', quantity: 1 }), fill({ execId: 'b.01', quantity: 1 })];
  store.commit = async () => assert.fail('the disk is full');
  blotter.onExecutions(fills);
  await blotter.idle();
  assert.match(impossible.join(), /could not be booked: .*the disk is full/);
  assert.deepEqual([blotter.orders[0]?.filled, blotter.openPositions], [0, []]);
  store.commit = commit;
  blotter.onExecutions(fills);
  await blotter.idle();
  assert.deepEqual([blotter.orders[0]?.filled, blotter.openPositions[0]?.quantity], [2, -2]);
});
