import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { epochDay } from '../../../agent/core/calendar/time.ts';
import { chainsToDrop } from '../../../agent/core/market/chain-retention.ts';

const at = (date: string, time: string): number => instantInNewYork(date, time);
const TIMES = [
  at('2026-03-02', '15:55'),
  at('2026-03-02', '16:00'),
  at('2026-03-17', '10:00'),
  at('2026-03-17', '23:30'),
  at('2026-03-18', '00:30'),
  at('2026-03-20', '10:00'),
];
const today = epochDay('2026-03-20');

test('young chains stay, of older days the last one, and very old days go', () => {
  assert.deepEqual(chainsToDrop(TIMES, { today, everyChain: 1, lastOfDay: 10 }), TIMES.slice(0, 3));
  assert.deepEqual(chainsToDrop(TIMES, { today, everyChain: 1, lastOfDay: null }), [TIMES[0], TIMES[2]]);
  assert.deepEqual(chainsToDrop(TIMES, { today, everyChain: 3, lastOfDay: null }), [TIMES[0]]);
  assert.deepEqual(chainsToDrop(TIMES, { today, everyChain: 30, lastOfDay: null }), []);
  assert.deepEqual(chainsToDrop([], { today, everyChain: 0, lastOfDay: 0 }), []);
});
