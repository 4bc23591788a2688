import assert from 'node:assert/strict';
import { test } from 'node:test';
import { epochDay } from '../../../agent/core/calendar/time.ts';
import { type Chain, emptyChain, PUT } from '../../../agent/core/market/chain.ts';
import { money } from '../../../agent/core/market/money.ts';
import { answered } from '../../../agent/edges/broker/answer.ts';
import type { ChainSelection } from '../../../agent/edges/broker/market-data.ts';
import { MemoryStore } from '../../../agent/edges/store/memory/memory-store.ts';
import { MarketWatch } from '../../../agent/work/workflows/market-watch.ts';
import { NOW } from './desk.ts';

const SELECTION = { rights: ['P'], minDays: 21, maxDays: 45, minMoneyness: 0.8, maxMoneyness: 1, most: 40 } as const;

/** Two puts with good quotes; the vendor has told the greeks of the first one only. */
function halfTold(): Chain {
  const chain = emptyChain('SPY', 2);
  chain.takenAt = NOW;
  chain.spot = money(652);
  chain.spotAt = NOW;
  chain.complete = true;
  chain.expiration.fill(epochDay('2026-04-24'));
  chain.right.fill(PUT);
  chain.strike.set([money(630), money(640)]);
  chain.bid.set([money(10.3), money(12.8)]);
  chain.ask.set([money(10.4), money(12.9)]);
  chain.quotedAt.fill(NOW);
  chain.impliedVolatility[0] = 0.243;
  chain.delta[0] = -0.299;
  return chain;
}

async function watch(asked: ChainSelection[]): Promise<MarketWatch> {
  const store = new MemoryStore();
  await store.start();
  const marketData = {
    chain: async (selection: ChainSelection) => {
      asked.push(selection);
      return answered(halfTold());
    },
  };
  const deltas = { minDelta: 0.15, maxDelta: 0.3 };
  return new MarketWatch({
    marketData,
    store,
    symbols: ['SPY'],
    selection: SELECTION,
    deltas,
    onChange: () => undefined,
  });
}

test('greeks that the vendor leaves out are derived from the quotes, and what it says is kept', async () => {
  const answer = await (await watch([])).look('SPY', NOW);
  assert.ok(answer.ok);
  const { delta, impliedVolatility } = answer.value;
  assert.equal(delta[0], -0.299);
  assert.ok((delta[1] as number) < -0.3 && (delta[1] as number) > -0.5, `${delta[1]}`);
  assert.ok((impliedVolatility[1] as number) > 0.15 && (impliedVolatility[1] as number) < 0.35);
});

test('the first look is wide, and shows where to look then', async () => {
  const asked: ChainSelection[] = [];
  const market = await watch(asked);
  await market.look('SPY', NOW);
  await market.look('SPY', NOW);
  assert.deepEqual(
    asked.map(({ minMoneyness }) => minMoneyness === 0.8),
    [true, false, false],
  );
});
