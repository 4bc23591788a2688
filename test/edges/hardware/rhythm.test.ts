import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LightPattern } from '../../../agent/edges/hardware/light.ts';
import { levelAt, untilNextLook } from '../../../agent/edges/hardware/rhythm.ts';

const PATTERNS: readonly LightPattern[] = ['solid', 'breathing', 'blinking', 'fast', 'tripleFlash'];
const LOOK_MS = 6_000;

/** Times at which it goes from dark to lit within six seconds, and the share of them in which it is lit. */
function seen(pattern: LightPattern): { flashes: number; lit: number; levels: number } {
  const levels = Array.from({ length: LOOK_MS / 10 }, (_, index) => levelAt(pattern, index * 10));
  const on = levels.map((level) => level >= 0.5);
  const flashes = on.filter((lit, index) => lit && on[index - 1] === false).length;
  return { flashes, lit: on.filter(Boolean).length / on.length, levels: new Set(levels).size };
}

test('each pattern is told from every other by how often it flashes and how long it is lit', () => {
  assert.deepEqual(seen('solid'), { flashes: 0, lit: 1, levels: 1 });
  assert.ok(seen('breathing').levels > 100);
  const { flashes: slow, lit: half } = seen('blinking');
  assert.deepEqual([slow, half], [5, 0.5]);
  assert.equal(seen('fast').flashes, 17);
  const triple = seen('tripleFlash');
  assert.equal(triple.flashes, 9);
  assert.ok(triple.lit < 0.35);
});

test('a lamp that is only on or off shows breathing as slow, unlike anything else', () => {
  const { flashes, lit } = seen('breathing');
  assert.equal(flashes, 1);
  assert.ok(lit > 0.4 && lit < 0.8);
});

test('every level is between dark and full, and between two looks nothing changes except what breathes', () => {
  fc.assert(
    fc.property(fc.constantFrom(...PATTERNS), fc.integer({ min: 0, max: 10_000_000 }), (pattern, at) => {
      const level = levelAt(pattern, at);
      assert.ok(level >= 0 && level <= 1);
      const wait = untilNextLook([pattern], at);
      if (pattern === 'solid') return assert.equal(wait, null);
      assert.ok(wait !== null && wait > 0 && wait <= 500);
      if (pattern !== 'breathing') assert.equal(levelAt(pattern, at + wait - 1), level);
    }),
  );
});

test('several patterns are looked at when the first of them changes', () => {
  assert.equal(untilNextLook(['solid'], 0), null);
  assert.equal(untilNextLook(['blinking', 'solid'], 100), 400);
  assert.equal(untilNextLook(['blinking', 'fast'], 100), 70);
});
