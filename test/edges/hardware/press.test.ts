import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gestureOf } from '../../../agent/edges/hardware/press.ts';

test('short is next, from 3 to 10 seconds is a reset, and nothing lies between or beyond', () => {
  const held = [0, 999, 1_000, 2_999, 3_000, 9_999, 10_000, 60_000];
  assert.deepEqual(held.map(gestureOf), ['next', 'next', 'none', 'none', 'reset', 'reset', 'none', 'none']);
});
