import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Chain } from '../../../agent/core/market/chain.ts';
import { type Answer, answered } from '../../../agent/edges/broker/answer.ts';
import { MemoryStore } from '../../../agent/edges/store/memory/memory-store.ts';
import { MarketWatch } from '../../../agent/work/workflows/market-watch.ts';
import { sampleChain } from '../../core/market/sample-chain.ts';
import { NOW } from './desk.ts';

test('chains are taken one at a time, and who asks for one that is just being taken gets that one', async () => {
  const store = new MemoryStore();
  await store.start();
  let now = 0;
  let most = 0;
  let asked = 0;
  const chain = async (): Promise<Answer<Chain>> => {
    asked += 1;
    most = Math.max(most, ++now);
    await new Promise(setImmediate);
    now -= 1;
    return answered(sampleChain([]));
  };
  const selection = { rights: ['P'], minDays: 20, maxDays: 50, minMoneyness: 0.8, maxMoneyness: 1, most: 40 } as const;
  const watch = new MarketWatch({
    ...{ marketData: { chain }, store, symbols: ['A', 'B'], selection, deltas: { minDelta: 0.1, maxDelta: 0.3 } },
    onChange: () => undefined,
  });
  const [first, again] = await Promise.all([watch.look('A', NOW), watch.look('A', NOW), watch.look('B', NOW)]);
  assert.equal(first, again);
  assert.equal(most, 1);
  const before = asked;
  assert.ok((await watch.look('A', NOW)).ok);
  assert.ok(asked > before, 'a later look is a new one');
});
