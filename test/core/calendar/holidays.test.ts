import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closuresOf, earlyClosesOf, easterSunday } from '../../../agent/core/calendar/holidays.ts';
import { closureOn, sessionOn } from '../../../agent/core/calendar/sessions.ts';
import { HOUR_MS, isoDate } from '../../../agent/core/calendar/time.ts';

/** Closed days, then 13:00 closes, as month/day. */
const PUBLISHED: Readonly<Record<number, readonly [string, string]>> = {
  2026: ['1/1 1/19 2/16 4/3 5/25 6/19 7/3 9/7 11/26 12/25', '11/27 12/24'],
  2027: ['1/1 1/18 2/15 3/26 5/31 6/18 7/5 9/6 11/25 12/24', '11/26'],
  2028: ['1/17 2/21 4/14 5/29 6/19 7/4 9/4 11/23 12/25', '7/3 11/24'],
  2029: ['1/1 1/15 2/19 3/30 5/28 6/19 7/4 9/3 11/22 12/25', '7/3 11/23 12/24'],
  2030: ['1/1 1/21 2/18 4/19 5/27 6/19 7/4 9/2 11/28 12/25', '7/3 11/29 12/24'],
  2031: ['1/1 1/20 2/17 4/11 5/26 6/19 7/4 9/1 11/27 12/25', '7/3 11/28 12/24'],
};

function monthDay(day: number): string {
  const [, month, dayOfMonth] = isoDate(day).split('-').map(Number);
  return `${month}/${dayOfMonth}`;
}

for (const [year, [closed, early]] of Object.entries(PUBLISHED)) {
  test(`${year} closes on the published days and closes early on the published days`, () => {
    const closures = closuresOf(Number(year));
    const days = [...closures.keys()].sort((a, b) => a - b);
    assert.equal(days.map(monthDay).join(' '), closed);
    const earlyDays = [...earlyClosesOf(Number(year), closures)].sort((a, b) => a[0] - b[0]);
    assert.equal(earlyDays.map(([day]) => monthDay(day)).join(' '), early);
    for (const [, close] of earlyDays) assert.equal(close, 13 * HOUR_MS);
  });
}

test('every special closure since 1990 is known by its reason', () => {
  const special = {
    '1994-04-27': /Nixon/,
    '2001-09-11': /September/,
    '2001-09-12': /September/,
    '2001-09-13': /September/,
    '2001-09-14': /September/,
    '2004-06-11': /Reagan/,
    '2007-01-02': /Ford/,
    '2012-10-29': /Sandy/,
    '2012-10-30': /Sandy/,
    '2018-12-05': /Bush/,
    '2025-01-09': /Carter/,
  };
  for (const [date, reason] of Object.entries(special)) assert.match(closureOn(date) ?? 'open', reason);
  assert.equal(closureOn('2001-09-10'), null);
  assert.equal(closureOn('2001-09-17'), null);
});

test('the one-off early closes are half days', () => {
  for (const date of ['1997-12-26', '1999-12-31', '2003-12-26']) assert.equal(sessionOn(date)?.earlyClose, true, date);
});

test('New Year on a Saturday is not moved, on a Sunday it is', () => {
  assert.equal(closureOn('2027-12-31'), null);
  assert.equal(closureOn('2028-01-01'), 'weekend');
  assert.equal(closureOn('2028-01-03'), null);
  assert.equal(closureOn('2023-01-02'), "New Year's Day");
});

test('holidays begin in the year they were introduced', () => {
  assert.equal(closureOn('1997-01-20'), null);
  assert.equal(closureOn('1998-01-19'), 'Martin Luther King Jr. Day');
  assert.equal(closureOn('2021-06-18'), null);
  assert.equal(closureOn('2022-06-20'), 'Juneteenth');
});

test('the half day around Independence Day moved from the Friday after to Wednesday the third in 2013', () => {
  assert.equal(sessionOn('2002-07-03')?.earlyClose, false);
  assert.equal(sessionOn('2002-07-05')?.earlyClose, true);
  assert.equal(sessionOn('2013-07-03')?.earlyClose, true);
  assert.equal(sessionOn('2013-07-05')?.earlyClose, false);
  assert.equal(sessionOn('1994-07-01')?.earlyClose, false);
  assert.equal(sessionOn('1995-07-03')?.earlyClose, true);
});

test('the day before Christmas is a half day from Monday to Thursday, the day after Thanksgiving since 1992', () => {
  assert.equal(sessionOn('2025-12-24')?.earlyClose, true);
  assert.equal(closureOn('2027-12-24'), 'Christmas Day');
  assert.equal(sessionOn('2027-12-23')?.earlyClose, false);
  assert.equal(sessionOn('1991-11-29')?.earlyClose, false);
  assert.equal(sessionOn('1992-11-27')?.earlyClose, true);
});

test('Easter falls on the Sundays of the published tables', () => {
  const published = ['1990-04-15', '1999-04-04', '2000-04-23', '2008-03-23', '2011-04-24', '2019-04-21', '2038-04-25'];
  for (const date of published) assert.equal(isoDate(easterSunday(Number(date.slice(0, 4)))), date);
});

/** Easter once more, by the algorithm of Meeus, Jones and Butcher. */
function easterByMeeus(year: number): string {
  const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100];
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  const day = (h + l - 7 * m + 33 * month + 19) % 32;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

test('two algorithms agree on Easter from 1600 to 3999', () => {
  for (let year = 1600; year < 4000; year += 1) assert.equal(isoDate(easterSunday(year)), easterByMeeus(year));
});
