import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MINUTE_MS } from '../../agent/core/calendar/time.ts';
import type { Chain } from '../../agent/core/market/chain.ts';
import type { Money } from '../../agent/core/market/money.ts';
import { keptChain } from '../../agent/edges/store/kept-chain.ts';
import type { Alert } from '../../agent/edges/store/records.ts';
import { type Store, timeKey, type Write } from '../../agent/edges/store/store.ts';
import { chainWith } from './chains.ts';
import { retentionFacts } from './store-retention.ts';

/** A store that is not started yet and has nothing in it; what it needs is cleared away after the test. */
export type EmptyStore = (t: TestContext) => Promise<Store>;

const T0 = Temporal.Instant.from('2026-03-20T14:00:00Z').epochMilliseconds;

/** What every store must do. */
export function storeContract(name: string, emptyStore: EmptyStore): void {
  const started = async (t: TestContext): Promise<Store> => {
    const store = await emptyStore(t);
    await store.start();
    t.after(() => store.stop());
    return store;
  };
  recordFacts(name, started);
  rangeFacts(name, started);
  chainFacts(name, started);
  historyFacts(name, started);
  retentionFacts(name, started);
  lifeFacts(name, emptyStore);
}

function recordFacts(name: string, started: EmptyStore): void {
  test(`${name}: a record that was put is got again, and nothing is got before`, async (t) => {
    const store = await started(t);
    assert.equal(await store.get('alerts', 'a'), null);
    await store.commit([{ table: 'alerts', key: 'a', put: alert('a') }], 'sync');
    assert.deepEqual(await store.get('alerts', 'a'), alert('a'));
    assert.equal(await store.get('alerts', 'b'), null);
    assert.equal(await store.get('counters', 'a'), null);
  });

  test(`${name}: one commit writes several tables, and its writes count in their order`, async (t) => {
    const store = await started(t);
    await store.commit([{ table: 'counters', key: 'gone', put: { value: 1 } }], 'lazy');
    await store.commit(
      [
        { table: 'alerts', key: 'a', put: alert('a') },
        { table: 'counters', key: 'orderId', put: { value: 1 } },
        { table: 'counters', key: 'orderId', put: { value: 2 } },
        { table: 'counters', key: 'gone', remove: true },
        { table: 'counters', key: 'never', remove: true },
      ],
      'lazy',
    );
    assert.deepEqual(await store.list('counters'), [['orderId', { value: 2 }]]);
    assert.equal((await store.list('alerts')).length, 1);
    await store.commit([], 'sync');
  });

  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, new Float64Array(1)]) {
    test(`${name}: a commit with ${bad instanceof Float64Array ? 'columns' : bad} in it is refused whole`, async (t) => {
      const store = await started(t);
      const writes = [
        { table: 'counters', key: 'first', put: { value: 1 } },
        { table: 'counters', key: 'second', put: { value: bad } },
      ] as Write[];
      await assert.rejects(store.commit(writes, 'sync'), TypeError);
      assert.deepEqual(await store.list('counters'), []);
    });
  }

  test(`${name}: whoever changes a record after it was put, or as it was got, changes nothing in the store`, async (t) => {
    const store = await started(t);
    const mine = { value: 1 };
    await store.commit([{ table: 'counters', key: 'n', put: mine }], 'lazy');
    mine.value = 2;
    const got = (await store.get('counters', 'n')) as { value: number };
    assert.equal(got.value, 1);
    got.value = 3;
    assert.deepEqual(await store.list('counters'), [['n', { value: 1 }]]);
  });

  test(`${name}: commits that are not awaited one by one end in the order of the calls`, async (t) => {
    const store = await started(t);
    for (let round = 0; round < 20; round += 1) {
      const commits = Array.from({ length: 300 }, (_, value) =>
        store.commit([{ table: 'counters', key: 'n', put: { value } }], 'lazy'),
      );
      await Promise.all(commits);
      assert.deepEqual(await store.get('counters', 'n'), { value: 299 });
    }
  });
}

function rangeFacts(name: string, started: EmptyStore): void {
  test(`${name}: a list is sorted by key, from the first wanted to before the first no longer wanted`, async (t) => {
    const store = await started(t);
    const keys = [99, 5, 1_000_000_000_000, 100, 12].map((at) => timeKey(at));
    await store.commit(
      keys.map((key) => ({ table: 'alerts', key, put: alert(key) })),
      'lazy',
    );
    const listed = async (range?: Parameters<Store['list']>[1]): Promise<number[]> =>
      (await store.list('alerts', range)).map(([key, record]) => {
        assert.equal(record.key, key);
        return Number(key);
      });
    assert.deepEqual(await listed(), [5, 12, 99, 100, 1_000_000_000_000]);
    assert.deepEqual(await listed({ from: timeKey(12), before: timeKey(100) }), [12, 99]);
    assert.deepEqual(await listed({ from: timeKey(13) }), [99, 100, 1_000_000_000_000]);
    assert.deepEqual(await listed({ before: timeKey(12) }), [5]);
    assert.deepEqual(await listed({ newestFirst: true, most: 2 }), [1_000_000_000_000, 100]);
    assert.deepEqual(await listed({ before: timeKey(100), newestFirst: true, most: 1 }), [99]);
    assert.deepEqual(await listed({ most: 0 }), []);
    assert.deepEqual(await listed({ from: timeKey(200), before: timeKey(100) }), []);
  });

  test(`${name}: keys with slashes, spaces and letters of any script stay in their table and in the order of UTF-8`, async (t) => {
    const store = await started(t);
    const keys = ['', '/', '0', 'BRK/B', 'SPY   260417P00650000', 'é', 'ﬁ', '𝒳'];
    await store.commit(
      keys.toReversed().map((key) => ({ table: 'alerts', key, put: alert(key) })),
      'lazy',
    );
    assert.deepEqual(
      (await store.list('alerts')).map(([key]) => key),
      keys,
    );
    for (const table of ['intents', 'orders', 'counters'] as const) assert.deepEqual(await store.list(table), []);
  });
}

function chainFacts(name: string, started: EmptyStore): void {
  test(`${name}: a chain comes back as what a store keeps of it, in columns of its own`, async (t) => {
    const store = await started(t);
    const chain = chainWith({ symbol: 'SPY', takenAt: T0, seed: 1 });
    const expected = keptChain(chain);
    const put = store.putChain(chain);
    chain.bid.fill(1);
    await put;
    const first = (await store.chainAt('SPY', T0)) as Chain;
    assert.deepEqual(first, expected);
    first.bid.fill(2);
    first.strike.fill(2);
    first.quotedAt.fill(2);
    assert.deepEqual(await store.chainAt('SPY', T0), expected);
  });

  test(`${name}: no chain that was taken later than asked for is ever seen`, async (t) => {
    const store = await started(t);
    const times = [0, 5, 10, 65, 70].map((minutes) => T0 + minutes * MINUTE_MS);
    for (const takenAt of times) await store.putChain(chainWith({ symbol: 'SPY', takenAt, seed: takenAt - T0 + 7 }));
    assert.equal(await store.chainAt('SPY', T0 - 1), null);
    for (const [index, takenAt] of times.entries()) {
      const expected = keptChain(chainWith({ symbol: 'SPY', takenAt, seed: takenAt - T0 + 7 }));
      assert.deepEqual(await store.chainAt('SPY', takenAt), expected);
      assert.deepEqual(await store.chainAt('SPY', (times[index + 1] ?? takenAt + 2) - 1), expected);
    }
    assert.equal(await store.chainAt('SP', T0), null);
    assert.equal(await store.chainAt('SPYG', T0), null);
  });

  test(`${name}: symbols are kept apart, also when one begins with the other or has a slash in it`, async (t) => {
    const store = await started(t);
    const symbols = ['BRK', 'BRK/B', 'BRK B', 'A', 'AA', '%'];
    for (const [index, symbol] of symbols.entries()) {
      await store.putChain(chainWith({ symbol, takenAt: T0 + index, seed: index }));
    }
    for (const [index, symbol] of symbols.entries()) {
      assert.deepEqual(await store.chainTimes(symbol, 0, Number.MAX_SAFE_INTEGER), [T0 + index]);
      assert.equal((await store.chainAt(symbol, T0 + 100))?.symbol, symbol);
    }
  });
}

function historyFacts(name: string, started: EmptyStore): void {
  test(`${name}: times and chains of a span begin with its first instant and end before its last`, async (t) => {
    const store = await started(t);
    for (let n = 0; n < 30; n += 1) {
      await store.putChain(chainWith({ symbol: 'SPY', takenAt: T0 + n * 5 * MINUTE_MS, seed: n }));
    }
    const from = T0 + 20 * MINUTE_MS;
    const before = T0 + 125 * MINUTE_MS;
    const times = Array.from({ length: 21 }, (_, n) => from + n * 5 * MINUTE_MS);
    assert.deepEqual(await store.chainTimes('SPY', from, before), times);
    assert.deepEqual(await store.chainTimes('SPY', before, from), []);
    assert.deepEqual(await store.chainTimes('SPY', from + 0.5, from + 5 * MINUTE_MS), []);
    let n = 4;
    for await (const chain of store.chains('SPY', from, before)) {
      assert.deepEqual(chain, keptChain(chainWith({ symbol: 'SPY', takenAt: T0 + n * 5 * MINUTE_MS, seed: n })));
      n += 1;
    }
    assert.equal(n, 25);
    for await (const chain of store.chains('QQQ', 0, before)) assert.fail(`there is no chain ${chain.takenAt}`);
  });

  test(`${name}: a chain of the same symbol and time is replaced, and those after it stay as they were`, async (t) => {
    const store = await started(t);
    const chain = (n: number, seed: number) =>
      chainWith({ symbol: 'SPY', takenAt: T0 + n * MINUTE_MS, seed, drift: n });
    for (let n = 0; n < 10; n += 1) await store.putChain(chain(n, 3));
    const before = { ...chain(0, 3), spot: null as Money | null };
    await store.putChain({ ...chain(4, 99), spot: null });
    await store.putChain(before);
    assert.equal((await store.chainTimes('SPY', 0, T0 * 2)).length, 10);
    for (let n = 0; n < 10; n += 1) {
      const expected = n === 0 ? before : n === 4 ? { ...chain(4, 99), spot: null } : chain(n, 3);
      assert.deepEqual(await store.chainAt('SPY', T0 + n * MINUTE_MS), keptChain(expected));
    }
  });

  test(`${name}: a chain without rows is a chain`, async (t) => {
    const store = await started(t);
    const empty = chainWith({ symbol: 'SPY', takenAt: T0, seed: 1, strikes: 0 });
    assert.equal(empty.size, 0);
    await store.putChain(empty);
    await store.putChain({ ...empty, takenAt: T0 + 1 });
    assert.deepEqual(await store.chainAt('SPY', T0), empty);
    assert.equal((await store.chainAt('SPY', T0 + 1))?.takenAt, T0 + 1);
  });

  for (const [what, change] of Object.entries({
    'no symbol': { symbol: '' },
    'a broken time': { takenAt: T0 + 0.5 },
    'a column that is too short': { bid: new Int32Array(1) },
  })) {
    test(`${name}: a chain with ${what} is refused`, async (t) => {
      const store = await started(t);
      const chain = { ...chainWith({ symbol: 'SPY', takenAt: T0, seed: 1 }), ...change };
      await assert.rejects(async () => store.putChain(chain), RangeError);
      assert.deepEqual(await store.chainTimes('SPY', 0, T0 * 2), []);
    });
  }
}

function lifeFacts(name: string, emptyStore: EmptyStore): void {
  test(`${name}: what was stored is there after a stop and a start`, async (t) => {
    const store = await emptyStore(t);
    await store.start();
    await store.start();
    const chain = chainWith({ symbol: 'SPY', takenAt: T0, seed: 5 });
    await store.commit([{ table: 'alerts', key: 'a', put: alert('a') }], 'lazy');
    await store.putChain(chain);
    await store.stop();
    await store.stop();
    await store.start();
    assert.deepEqual(await store.get('alerts', 'a'), alert('a'));
    assert.deepEqual(await store.chainAt('SPY', T0), keptChain(chain));
    await store.stop();
  });

  test(`${name}: a store that is not open refuses everything with STORE_UNAVAILABLE`, async (t) => {
    const store = await emptyStore(t);
    const refused = { name: 'Error', code: 'STORE_UNAVAILABLE', message: /is not open\.$/ };
    const calls = [
      () => store.commit([], 'sync'),
      () => store.get('alerts', 'a'),
      () => store.list('alerts'),
      () => store.putChain(chainWith({ symbol: 'SPY', takenAt: T0, seed: 1 })),
      () => store.chainAt('SPY', T0),
      () => store.chainTimes('SPY', 0, T0),
      () => store.dropChains('SPY', [T0]),
      () => store.compact(),
      () => store.chains('SPY', 0, T0)[Symbol.asyncIterator]().next(),
    ];
    for (const call of calls) await assert.rejects(call, refused);
    await store.start();
    await store.stop();
    for (const call of calls) await assert.rejects(call, refused);
  });
}

function alert(key: string): Alert {
  return { key, severity: 'info', text: 'something happened', raisedAt: T0, resolvedAt: null };
}
