import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { inQuietWindow } from '../../../agent/core/calendar/quiet-window.ts';

const minute = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

for (const [restart, before, after, inside, outside] of [
  ['23:45', 5, 5, ['23:40', '23:45', '23:49:59'], ['23:39:59', '23:50', '10:00', '00:00']],
  ['23:58', 5, 5, ['23:53', '23:59', '00:00', '00:02:59'], ['23:52:59', '00:03']],
  ['00:02', 5, 5, ['23:57', '23:59:59', '00:06:59'], ['23:56:59', '00:07']],
  ['12:00', 0, 1, ['12:00', '12:00:59'], ['11:59:59', '12:01']],
  ['12:00', 0, 0, [], ['11:59:59', '12:00', '12:00:01']],
] as const) {
  test(`around ${restart} it is quiet ${before} minutes before and ${after} after`, () => {
    const window = { restartMinute: minute(restart), minutesBefore: before, minutesAfter: after };
    for (const time of inside) assert.equal(inQuietWindow(instantInNewYork('2026-03-20', time), window), true, time);
    for (const time of outside) assert.equal(inQuietWindow(instantInNewYork('2026-03-20', time), window), false, time);
  });
}

test('the window follows the clocks of New York through both changes', () => {
  const window = { restartMinute: minute('23:45'), minutesBefore: 5, minutesAfter: 5 };
  for (const date of ['2026-03-07', '2026-03-08', '2026-10-31', '2026-11-01']) {
    assert.equal(inQuietWindow(instantInNewYork(date, '23:44'), window), true);
    assert.equal(inQuietWindow(instantInNewYork(date, '22:44'), window), false);
  }
});

test('a gateway that does not restart by itself has no quiet window', () => {
  const window = { restartMinute: null, minutesBefore: 5, minutesAfter: 5 };
  assert.equal(inQuietWindow(instantInNewYork('2026-03-20', '23:45'), window), false);
});
