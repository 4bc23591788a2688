import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { MINUTE_MS } from '../../agent/core/calendar/time.ts';
import type { Chain } from '../../agent/core/market/chain.ts';
import { money } from '../../agent/core/market/money.ts';
import { keptChain } from '../../agent/edges/store/kept-chain.ts';
import { dayKey, daysOf, type Store } from '../../agent/edges/store/store.ts';
import { chainWith } from './chains.ts';

type Started = (t: TestContext) => Promise<Store>;

const T0 = Temporal.Instant.from('2026-03-20T14:00:00Z').epochMilliseconds;

/** What every store must do when room is made in it. */
export function retentionFacts(name: string, started: Started): void {
  dropFacts(name, started);
  tableFacts(name, started);
}

function taken(n: number): Chain {
  return chainWith({ symbol: 'SPY', takenAt: T0 + n * 5 * MINUTE_MS, seed: n });
}

async function filled(store: Store, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await store.putChain(taken(n));
}

function dropFacts(name: string, started: Started): void {
  test(`${name}: chains that are dropped are gone, and all others stay as they were, whatever they were changes to`, async (t) => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 0, max: 29 })), async (numbers) => {
        const store = await started(t);
        await filled(store, 30);
        const times = numbers.map((n) => T0 + n * 5 * MINUTE_MS);
        assert.equal(await store.dropChains('SPY', times), numbers.length);
        const left = Array.from({ length: 30 }, (_, n) => n).filter((n) => !numbers.includes(n));
        assert.deepEqual(
          await store.chainTimes('SPY', 0, T0 * 2),
          left.map((n) => T0 + n * 5 * MINUTE_MS),
        );
        for (const n of left) assert.deepEqual(await store.chainAt('SPY', T0 + n * 5 * MINUTE_MS), keptChain(taken(n)));
        let seen = 0;
        for await (const chain of store.chains('SPY', 0, T0 * 2))
          assert.deepEqual(chain, keptChain(taken(left[seen++] as number)));
        assert.equal(seen, left.length);
        await store.stop();
      }),
      { numRuns: 12 },
    );
  });

  test(`${name}: after a drop chains can be put again, before, between and after`, async (t) => {
    const store = await started(t);
    await filled(store, 10);
    await store.dropChains(
      'SPY',
      [0, 3, 4, 9].map((n) => T0 + n * 5 * MINUTE_MS),
    );
    for (const n of [9, 3, 10, 0]) await store.putChain(taken(n));
    for (const n of [0, 1, 2, 3, 5, 9, 10]) {
      assert.deepEqual(await store.chainAt('SPY', T0 + n * 5 * MINUTE_MS), keptChain(taken(n)));
    }
    assert.deepEqual(await store.chainAt('SPY', T0 + 4 * 5 * MINUTE_MS), keptChain(taken(3)));
  });

  test(`${name}: a drop knows its symbol, and times at which nothing was taken change nothing`, async (t) => {
    const store = await started(t);
    await filled(store, 3);
    await store.putChain(chainWith({ symbol: 'SPYG', takenAt: T0, seed: 1 }));
    assert.equal(await store.dropChains('SPY', [T0 + 1, T0 - 5, T0 + 1e9]), 0);
    assert.equal(await store.dropChains('SPY', []), 0);
    assert.equal(await store.dropChains('QQQ', [T0]), 0);
    assert.equal(await store.dropChains('SPY', [T0]), 1);
    assert.equal((await store.chainAt('SPYG', T0))?.symbol, 'SPYG');
    assert.equal((await store.chainTimes('SPY', 0, T0 * 2)).length, 2);
  });
}

function tableFacts(name: string, started: Started): void {
  test(`${name}: dropping every chain and compacting leaves the history of volatility, bars and actions alone`, async (t) => {
    const store = await started(t);
    await filled(store, 5);
    const days = ['2025-12-31', '2026-03-19', '2026-03-20'];
    const bar = { open: null, high: null, low: null, close: money(650), volume: null };
    await store.commit(
      days.flatMap((date) => [
        { table: 'volatility', key: dayKey('SPY', date), put: { impliedVolatility: 0.2, takenAt: T0 } },
        { table: 'bars', key: dayKey('SPY', date), put: bar },
        { table: 'actions', key: `${dayKey('SPY', date)}/split`, put: { kind: 'split', date, from: 1, to: 2 } },
      ]),
      'sync',
    );
    assert.equal(await store.dropChains('SPY', await store.chainTimes('SPY', 0, T0 * 2)), 5);
    await store.compact();
    assert.equal(await store.chainAt('SPY', T0 * 2), null);
    for (const table of ['volatility', 'bars', 'actions'] as const) assert.equal((await store.list(table)).length, 3);
  });

  test(`${name}: the days of a symbol are listed without those of one whose name begins the same`, async (t) => {
    const store = await started(t);
    const put = { rate: 0.04 };
    const keys = [
      ['SPY', '2026-03-19'],
      ['SPY', '2026-03-20'],
      ['SPYG', '2026-03-19'],
      ['SP', '2026-03-20'],
      ['BRK/B', '2026-03-20'],
    ] as const;
    await store.commit(
      keys.map(([symbol, date]) => ({ table: 'rates', key: dayKey(symbol, date), put })),
      'lazy',
    );
    const listed = async (...range: Parameters<typeof daysOf>): Promise<string[]> =>
      (await store.list('rates', daysOf(...range))).map(([key]) => key);
    assert.deepEqual(await listed('SPY'), ['SPY/2026-03-19', 'SPY/2026-03-20']);
    assert.deepEqual(await listed('SPY', '2026-03-20'), ['SPY/2026-03-20']);
    assert.deepEqual(await listed('SPY', '', '2026-03-20'), ['SPY/2026-03-19']);
    assert.deepEqual(await listed('BRK/B'), ['BRK%2FB/2026-03-20']);
  });
}
