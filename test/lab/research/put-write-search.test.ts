import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOpenAt, sessions } from '../../../agent/core/calendar/sessions.ts';
import { chainFlags } from '../../../agent/core/market/chain-flags.ts';
import { money } from '../../../agent/core/market/money.ts';
import { modelledChain } from '../../../agent/lab/research/modelled-chain.ts';
import { drawnSettings, searchPutWrites, validatePutWrites } from '../../../agent/lab/research/put-write-search.ts';
import type { ResearchOutput } from '../../../agent/work/workflows/research-input.ts';
import { sampleResearch } from './sample-research.ts';

function last(outputs: Iterable<ResearchOutput>): ResearchOutput {
  const all = [...outputs];
  return all.at(-1) as ResearchOutput;
}

test('a modelled chain is one that the strategy may trade on: priced in order, two-sided, with deltas that fall with the strike', () => {
  const chain = modelledChain({ symbol: 'SPY', date: '2026-03-20', close: money(650), volatility: 0.18 });
  assert.ok(isOpenAt(chain.takenAt) && chain.size > 100 && chain.complete);
  const flags = chainFlags(chain, chain.takenAt, { maxQuoteAgeMs: 60_000, wideSpread: 0.5, wideFloor: 0 });
  const near = [...flags.keys()].filter((i) => (chain.bid[i] as number) > 1000);
  assert.ok(near.length > 60 && near.every((i) => flags[i] === 0));
  for (let i = 1; i < chain.size; i += 1) {
    if (chain.expiration[i] !== chain.expiration[i - 1]) continue;
    assert.ok((chain.delta[i] as number) < (chain.delta[i - 1] as number));
    assert.ok((chain.ask[i] as number) >= (chain.bid[i] as number));
  }
});

test('the settings of a seed are an endless sequence within sensible bounds, the same every time', () => {
  for (let i = 0; i < 500; i += 1) {
    const settings = drawnSettings(1, i);
    assert.deepEqual(settings, drawnSettings(1, i));
    assert.ok(settings.minDelta < settings.maxDelta && settings.maxDelta <= 0.5);
    assert.ok(settings.minDaysToExpiration <= settings.maxDaysToExpiration && settings.maxDaysToExpiration <= 60);
  }
  assert.notDeepEqual(drawnSettings(1, 0), drawnSettings(2, 0));
});

test('a search tells how far it is, keeps the best first, goes on where the last one stopped, and is the same every time', () => {
  const outputs = [...searchPutWrites({ ...sampleResearch(), count: 20 })];
  assert.deepEqual(
    outputs.map(({ done }) => done),
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
  const found = outputs.at(-1) as ResearchOutput;
  assert.ok(found.days > 50 && found.best.length > 0 && found.best.length <= 10);
  assert.deepEqual(
    found.best.map(({ score }) => score),
    found.best.map(({ score }) => score).toSorted((a, b) => b - a),
  );
  assert.deepEqual(last(searchPutWrites({ ...sampleResearch(), count: 20 })), found);
  const second = last(searchPutWrites({ ...sampleResearch(), first: 10, count: 10 }));
  const best = found.best[0];
  const halves = [...last(searchPutWrites({ ...sampleResearch(), count: 10 })).best, ...second.best];
  assert.ok(halves.some(({ label, score }) => label === best?.label && score === best.score));
});

test('in a market that never falls every put is kept whole, and in one that falls every week selling them loses', () => {
  const rising = last(validatePutWrites({ ...sampleResearch(0.001), candidates: [drawnSettings(1, 3)] }));
  assert.ok(rising.configured !== null && rising.configured.score > 0 && rising.configured.figures.won === 1);
  const falling = last(validatePutWrites({ ...sampleResearch(-0.008), candidates: [drawnSettings(1, 3)] }));
  assert.ok(falling.configured !== null && falling.configured.score < 0 && (falling.configured.figures.won ?? 1) < 0.2);
});

test('only days within the range are decided on', () => {
  const all = last(searchPutWrites({ ...sampleResearch(), count: 1 }));
  const half = last(searchPutWrites({ ...sampleResearch(), from: '2025-10-01', before: '2026-01-01', count: 1 }));
  assert.ok(half.days < all.days / 2 && half.days > 5);
  assert.equal(sessions('2025-10-01', '2025-12-31').length > 60, true);
});
