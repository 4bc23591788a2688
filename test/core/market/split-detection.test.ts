import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Chain } from '../../../agent/core/market/chain.ts';
import { splitBetween } from '../../../agent/core/market/split-detection.ts';
import { sampleChain } from './sample-chain.ts';

function chainOf(spot: number, strikes: readonly number[]): Chain {
  return sampleChain(
    strikes.map((strike) => ({ strike })),
    spot,
  );
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.round((to - from) / step) + 1 }, (_, n) => from + n * step);
}

const BEFORE = chainOf(772.74, range(580, 960, 2.5));

test('a split four for one is read off strikes that were divided and rounded to the cent', () => {
  const strikes = range(580, 960, 2.5).map((strike) => Math.round((strike / 4) * 100) / 100);
  assert.equal(splitBetween(BEFORE, chainOf(193.98, strikes)), 4);
});

test('a reverse split one for ten is read off four strikes', () => {
  assert.equal(splitBetween(chainOf(4.28, [3.5, 4, 4.5, 5]), chainOf(45.98, range(35, 57, 1))), 1 / 10);
});

test('a fall by half with the strikes where they were is no split', () => {
  const strikes = range(300, 960, 5);
  assert.equal(splitBetween(chainOf(772, strikes), chainOf(386, strikes)), null);
});

test('strikes that do not follow the price, a usual move and an unknown spot are no split', () => {
  assert.equal(splitBetween(BEFORE, chainOf(193.98, range(141, 241, 7.77))), null);
  assert.equal(splitBetween(BEFORE, chainOf(700, range(525, 875, 2.5))), null);
  assert.equal(splitBetween({ ...BEFORE, spot: null }, chainOf(193.98, range(145, 240, 2.5))), null);
  assert.equal(splitBetween(BEFORE, { ...chainOf(193.98, range(145, 240, 2.5)), spot: null }), null);
  assert.equal(splitBetween(BEFORE, chainOf(193.98, [])), null);
});
