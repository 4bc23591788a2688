import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { Level } from 'level';
import { MINUTE_MS } from '../../../../agent/core/calendar/time.ts';
import type { Chain } from '../../../../agent/core/market/chain.ts';
import { keptChain } from '../../../../agent/edges/store/kept-chain.ts';
import { LevelStore } from '../../../../agent/edges/store/level/level-store.ts';
import { MemoryStore } from '../../../../agent/edges/store/memory/memory-store.ts';
import { timeKey } from '../../../../agent/edges/store/store.ts';
import { chainWith } from '../../../contracts/chains.ts';
import { temporaryFolder } from './temporary-folder.ts';

const T0 = Temporal.Instant.from('2026-03-20T14:00:00Z').epochMilliseconds;
const FIVE = 5 * MINUTE_MS;

/** Always of the same contracts. */
const chainAfter = (minutes: number): Chain =>
  chainWith({ symbol: 'SPY', takenAt: T0 + minutes * MINUTE_MS, seed: 3, drift: minutes });

test('blocks are key frames once an hour and changes in between', async (t) => {
  const path = await temporaryFolder(t);
  await filled(path, 30);
  assert.deepEqual(await keyFrames(path), [0, 60, 120]);
});

test('when contracts come or go, a key frame is written, and every chain has the contracts that it had', async (t) => {
  const path = await temporaryFolder(t);
  const sizes = [12, 12, 13, 13, 12, 0, 12];
  const chains = sizes.map((strikes, n) => chainWith({ symbol: 'SPY', takenAt: T0 + n * FIVE, seed: n, strikes }));
  const store = await opened(t, path);
  for (const chain of chains) await store.putChain(chain);
  for (const chain of chains) assert.deepEqual(await store.chainAt('SPY', chain.takenAt), keptChain(chain));
  await store.stop();
  assert.deepEqual(await keyFrames(path), [0, 10, 20, 25, 30]);
});

for (const [what, harm] of Object.entries({
  missing: () => undefined,
  damaged: (block: Buffer) => Buffer.from(block.map((byte, at) => (at === block.length - 3 ? byte ^ 1 : byte))),
  'cut off': (block: Buffer) => block.subarray(0, block.length - 5),
  empty: () => Buffer.alloc(0),
})) {
  test(`a ${what} change takes away the chains that stood on it, up to the next key frame, and never shows another`, async (t) => {
    const path = await temporaryFolder(t);
    await filled(path, 30);
    await change(path, T0 + 25 * MINUTE_MS, harm);
    const store = await opened(t, path);
    for (let minutes = 0; minutes < 150; minutes += 5) {
      const lost = minutes >= 25 && minutes < 60;
      const answer = await store.chainAt('SPY', T0 + minutes * MINUTE_MS);
      assert.deepEqual(answer, keptChain(chainAfter(lost ? 20 : minutes)));
    }
    assert.deepEqual(
      await minutesOf(store.chains('SPY', 0, T0 * 2)),
      Array.from({ length: 30 }, (_, n) => n * 5).filter((minutes) => minutes < 25 || minutes >= 60),
    );
  });

  test(`a ${what} key frame takes away its hour`, async (t) => {
    const path = await temporaryFolder(t);
    await filled(path, 30);
    await change(path, T0 + 60 * MINUTE_MS, harm);
    const store = await opened(t, path);
    const answer = await store.chainAt('SPY', T0 + 115 * MINUTE_MS);
    assert.deepEqual(answer, keptChain(chainAfter(55)));
    assert.deepEqual(await store.chainAt('SPY', T0 + 120 * MINUTE_MS), keptChain(chainAfter(120)));
  });
}

test('a chain put again as it was adds nothing; a lost one that is put again is there again', async (t) => {
  const path = await temporaryFolder(t);
  await filled(path, 6);
  const before = await blocks(path);
  await filled(path, 6);
  assert.deepEqual(await blocks(path), before);
  await change(path, T0 + 10 * MINUTE_MS, () => undefined);
  await filled(path, 6);
  const store = await opened(t, path);
  assert.deepEqual(await minutesOf(store.chains('SPY', 0, T0 * 2)), [0, 5, 10, 15, 20, 25]);
});

test('chains put in any order, replaced and reopened in between, are read at any time as the store in memory reads them', async (t) => {
  const put = fc.record({
    minutes: fc.nat({ max: 30 }).map((n) => n * 5),
    seed: fc.integer({ min: 0, max: 50 }),
    strikes: fc.constantFrom(4, 4, 4, 5),
    reopen: fc.constantFrom(false, false, false, true),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(put, { minLength: 1, maxLength: 40 }), async (puts) => {
      const level = await opened(t, await temporaryFolder(t));
      const memory = new MemoryStore();
      await memory.start();
      for (const { minutes, seed, strikes, reopen } of puts) {
        if (reopen) await level.stop().then(() => level.start());
        const chain = chainWith({ symbol: 'SPY', takenAt: T0 + minutes * MINUTE_MS, seed, strikes });
        await level.putChain(chain);
        await memory.putChain(chain);
      }
      for (let minutes = -1; minutes <= 151; minutes += 2) {
        const at = T0 + minutes * MINUTE_MS;
        const seen = await level.chainAt('SPY', at);
        assert.ok(seen === null || seen.takenAt <= at);
        assert.deepEqual(seen, await memory.chainAt('SPY', at));
      }
      assert.deepEqual(
        await Array.fromAsync(level.chains('SPY', T0, T0 * 2)),
        await Array.fromAsync(memory.chains('SPY', T0, T0 * 2)),
      );
      await level.stop();
    }),
    { numRuns: 25 },
  );
});

async function opened(t: TestContext, path: string): Promise<LevelStore> {
  const store = new LevelStore({ path });
  await store.start();
  t.after(() => store.stop());
  return store;
}

/** Five minutes apart. */
async function filled(path: string, chains: number): Promise<void> {
  const store = new LevelStore({ path });
  await store.start();
  for (let n = 0; n < chains; n += 1) await store.putChain(chainAfter(n * 5));
  await store.stop();
}

async function withDatabase<R>(path: string, work: (database: Level<string, Buffer>) => Promise<R>): Promise<R> {
  const database = new Level<string, Buffer>(path, { valueEncoding: 'buffer' });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function change(path: string, at: number, harm: (block: Buffer) => Buffer | undefined): Promise<void> {
  await withDatabase(path, async (database) => {
    const key = `chains/SPY/${timeKey(at)}`;
    const block = await database.get(key);
    assert.ok(block);
    const changed = harm(block);
    await (changed === undefined ? database.del(key) : database.put(key, changed));
  });
}

async function blocks(path: string): Promise<[string, Buffer][]> {
  return withDatabase(path, (database) => database.iterator({ gte: 'chains/', lt: 'chains0' }).all());
}

/** Minutes after T0 of the blocks that stand alone: those that name themselves as the key frame. */
async function keyFrames(path: string): Promise<number[]> {
  const times = (await blocks(path)).map(([key, block]) => ({
    at: Number(key.slice(11)),
    keyAt: block.readDoubleLE(14),
  }));
  return times.filter(({ at, keyAt }) => at === keyAt).map(({ at }) => (at - T0) / MINUTE_MS);
}

async function minutesOf(chains: AsyncIterable<Chain>): Promise<number[]> {
  return (await Array.fromAsync(chains)).map(({ takenAt }) => (takenAt - T0) / MINUTE_MS);
}
