import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { epochDay, isDate, isoDate, yearOf } from '../../../agent/core/calendar/time.ts';

const FIRST = -719_162;
const LAST = 2_932_896;

test('a day number is the date that Temporal finds, in both directions, from year 1 to 9999', () => {
  fc.assert(
    fc.property(fc.integer({ min: FIRST, max: LAST }), (day) => {
      const date = Temporal.PlainDate.from('1970-01-01').add({ days: day });
      assert.equal(isoDate(day), date.toString());
      assert.equal(epochDay(date.toString()), day);
      assert.equal(yearOf(day), date.year);
    }),
    { numRuns: 2000 },
  );
});

test('the days around the ends of months and leap days are counted without gap', () => {
  for (const year of [1900, 1999, 2000, 2024, 2026, 2100]) {
    let day = epochDay(`${year}-01-01`);
    const end = epochDay(`${year + 1}-01-01`);
    for (let date = Temporal.PlainDate.from(`${year}-01-01`); day < end; day += 1, date = date.add({ days: 1 })) {
      assert.equal(isoDate(day), date.toString());
    }
  }
});

for (const text of ['', '2026-02-29', '2100-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '2026-04-00']) {
  test(`"${text}" is refused as a date`, () => assert.throws(() => epochDay(text), RangeError));
}

for (const text of [
  '20260401',
  '2026-4-01',
  '2026/04/01',
  '2026-04-01T00:00',
  ' 2026-04-01',
  '2026-04-0x',
  '2026-04-١١',
]) {
  test(`"${text}" is refused as a date because it is not written YYYY-MM-DD`, () => {
    assert.throws(() => epochDay(text), { name: 'RangeError', message: /YYYY-MM-DD/ });
  });
}

test('a text is a date when it is written in full and the day exists', () => {
  for (const text of ['2026-11-20', '2024-02-29', '0001-01-01']) assert.equal(isDate(text), true, text);
  for (const text of ['2026-02-29', '2026-13-01', '2026-1-01', '20261120', '2026-11-20T10:00', '-026-01-01', '']) {
    assert.equal(isDate(text), false, text);
  }
});
