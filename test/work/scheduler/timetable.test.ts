import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork, newYorkText } from '../../../agent/core/calendar/new-york.ts';
import { dueBetween, dueTimes, nextDue } from '../../../agent/work/scheduler/timetable.ts';

const daily = { kind: 'at', times: ['16:15', '08:00'] } as const;
const open = { kind: 'every', minutes: 5, from: 'open' } as const;
const hourly = { kind: 'every', minutes: 60, from: 'midnight' } as const;

function anywhere<R>(recurrence: R): { recurrence: R; phases: 'always'; market: 'any' } {
  return { recurrence, phases: 'always', market: 'any' };
}

test('a daily task is due at its times on a trading day, earliest first, and never on a holiday or weekend', () => {
  assert.deepEqual(dueTimes(daily, '2026-03-20').map(newYorkText), [
    '2026-03-20 08:00:00 ET',
    '2026-03-20 16:15:00 ET',
  ]);
  assert.deepEqual(dueTimes(daily, '2026-04-03'), []);
  assert.deepEqual(dueTimes(daily, '2026-03-21'), []);
});

test('a task while open runs from the open to the actual close', () => {
  assert.equal(dueTimes(open, '2026-03-20').length, 79);
  const half = dueTimes(open, '2026-11-27');
  assert.equal(half.length, 43);
  assert.equal(newYorkText(half.at(-1) as number), '2026-11-27 13:00:00 ET');
  assert.deepEqual(dueTimes(open, '2026-11-26'), []);
});

test('an hourly task has 23 occurrences on the day the clocks go forward and 25 when they go back', () => {
  assert.equal(dueTimes(hourly, '2026-03-08').length, 23);
  assert.equal(dueTimes(hourly, '2026-11-01').length, 25);
  assert.equal(dueTimes(hourly, '2026-03-09').length, 24);
});

test('the next due time crosses a holiday weekend', () => {
  const friday = instantInNewYork('2026-01-16', '16:15');
  assert.equal(newYorkText(nextDue(anywhere(daily), friday) as number), '2026-01-20 08:00:00 ET');
});

test('times between two instants leave out the first and include the last', () => {
  const eight = instantInNewYork('2026-03-20', '08:00');
  const quarterPastFour = instantInNewYork('2026-03-20', '16:15');
  assert.deepEqual(dueBetween(anywhere(daily), eight, quarterPastFour), [quarterPastFour]);
  assert.deepEqual(dueBetween(anywhere(daily), eight - 1, quarterPastFour - 1), [eight]);
});

test('a due time outside the phases of its task is none', () => {
  const open30 = {
    recurrence: { kind: 'every', minutes: 0.5, from: 'open' },
    phases: ['open'],
    market: 'open',
  } as const;
  const halfDay = instantInNewYork('2026-11-27', '12:59');
  const last = nextDue(open30, halfDay) as number;
  assert.equal(newYorkText(last), '2026-11-27 12:59:30 ET');
  assert.equal(newYorkText(nextDue(open30, last) as number), '2026-11-30 09:30:00 ET');
  const evening = { ...anywhere(daily), phases: ['post-market'] } as const;
  assert.equal(
    newYorkText(nextDue(evening, instantInNewYork('2026-03-20', '07:00')) as number),
    '2026-03-20 16:15:00 ET',
  );
});
