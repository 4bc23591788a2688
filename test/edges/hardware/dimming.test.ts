import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { brightnessAt, type Dimming } from '../../../agent/edges/hardware/dimming.ts';

const OVER_MIDNIGHT: Dimming = { brightness: 0.8, nightFrom: 22 * 60, nightUntil: 7 * 60, nightBrightness: 0.1 };

const at = (date: string, time: string, dimming: Dimming = OVER_MIDNIGHT): number =>
  brightnessAt(instantInNewYork(date, time), dimming);

test('the night begins and ends on the minute, over midnight', () => {
  const day = '2026-03-20';
  const seen = ['21:59', '22:00', '23:59', '00:00', '06:59', '07:00', '12:00'].map((time) => at(day, time));
  assert.deepEqual(seen, [0.8, 0.1, 0.1, 0.1, 0.1, 0.8, 0.8]);
});

test('a night within one day, and none at all', () => {
  const early = { ...OVER_MIDNIGHT, nightFrom: 60, nightUntil: 300 };
  assert.deepEqual([at('2026-03-20', '00:59', early), at('2026-03-20', '01:00', early)], [0.8, 0.1]);
  assert.deepEqual([at('2026-03-20', '04:59', early), at('2026-03-20', '05:00', early)], [0.1, 0.8]);
  const never = { ...OVER_MIDNIGHT, nightFrom: 300, nightUntil: 300 };
  for (const time of ['00:00', '05:00', '22:00']) assert.equal(at('2026-03-20', time, never), 0.8);
});

test('summer time moves the night with the clocks of New York', () => {
  for (const day of ['2026-03-07', '2026-03-08', '2026-11-01', '2026-11-02']) {
    assert.deepEqual([at(day, '06:59'), at(day, '07:00')], [0.1, 0.8], day);
  }
});
