import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPlausibleExpiration, isStandardMonthly } from '../../../agent/core/calendar/expirations.ts';
import { addDays, dayOfWeek } from '../../../agent/core/calendar/new-york.ts';
import { closureOn } from '../../../agent/core/calendar/sessions.ts';

test('the standard monthly expiration is the third Friday', () => {
  assert.deepEqual(['2026-03-13', '2026-03-20', '2026-03-27', '2026-03-19'].map(isStandardMonthly), [
    false,
    true,
    false,
    false,
  ]);
  assert.equal(isStandardMonthly('2026-05-15'), true);
  assert.equal(isStandardMonthly('2027-01-15'), true);
});

test('when the third Friday is a holiday the Thursday before is the standard expiration, and the Friday is not', () => {
  for (const [friday, thursday] of [
    ['2026-06-19', '2026-06-18'],
    ['2027-06-18', '2027-06-17'],
    ['2030-04-19', '2030-04-18'],
    ['2019-04-19', '2019-04-18'],
  ] as const) {
    assert.equal(isStandardMonthly(friday), false, friday);
    assert.equal(isStandardMonthly(thursday), true, thursday);
  }
});

test('every month of 1990 to 2035 has one standard expiration, and it is a plausible one', () => {
  const perMonth = new Map<string, number>();
  for (let date = '1990-01-01'; date <= '2035-12-31'; date = addDays(date, 1)) {
    if (!isStandardMonthly(date)) continue;
    perMonth.set(date.slice(0, 7), (perMonth.get(date.slice(0, 7)) ?? 0) + 1);
    assert.ok(isPlausibleExpiration(date), date);
    assert.ok(dayOfWeek(date) === 5 || closureOn(addDays(date, 1)) !== null, date);
  }
  assert.equal(perMonth.size, 46 * 12);
  assert.ok([...perMonth.values()].every((count) => count === 1));
});

test('an expiration is plausible on any session, weekly and daily ones too, and on no other day', () => {
  assert.ok(['2026-03-16', '2026-03-18', '2026-03-31', '2026-11-27'].every(isPlausibleExpiration));
  assert.ok(!['2026-03-21', '2026-07-03', '2026-12-25', '2025-01-09'].some(isPlausibleExpiration));
});

test('what is no date, or lies outside the calendar, is not plausible and does not throw', () => {
  for (const text of ['', '20260320', '2026-02-30', '1989-12-15', '2036-01-18', 'soon']) {
    assert.equal(isPlausibleExpiration(text), false, text);
    assert.equal(isStandardMonthly(text), false, text);
  }
});
