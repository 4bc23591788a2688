import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays, dayOfWeek, instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import {
  closureOn,
  isOpenAt,
  nextSession,
  previousSession,
  type Session,
  sessionOn,
  sessions,
} from '../../../agent/core/calendar/sessions.ts';
import { epochDay } from '../../../agent/core/calendar/time.ts';

const all = sessions('1990-01-01', '2035-12-31');
const anyDate = fc.integer({ min: 0, max: 16_799 }).map((n) => addDays('1990-01-01', n));

test('a session runs from 9:30 to 16:00 in New York, in winter and in summer', () => {
  const winter = sessionOn('2026-01-05') as Session;
  assert.deepEqual(winter, {
    date: '2026-01-05',
    open: Date.UTC(2026, 0, 5, 14, 30),
    close: Date.UTC(2026, 0, 5, 21),
    earlyClose: false,
  });
  assert.equal(sessionOn('2026-07-06')?.open, Date.UTC(2026, 6, 6, 13, 30));
});

test('the first session after each clock change keeps its hours in New York', () => {
  assert.equal(sessionOn('2026-03-06')?.open, Date.UTC(2026, 2, 6, 14, 30));
  assert.equal(sessionOn('2026-03-09')?.open, Date.UTC(2026, 2, 9, 13, 30));
  assert.equal(sessionOn('2026-10-30')?.close, Date.UTC(2026, 9, 30, 20));
  assert.equal(sessionOn('2026-11-02')?.close, Date.UTC(2026, 10, 2, 21));
});

test('the early close is at 13:00, and was at 14:00 before 1993', () => {
  assert.equal(sessionOn('2026-11-27')?.close, instantInNewYork('2026-11-27', '13:00'));
  assert.equal(sessionOn('1992-11-27')?.close, instantInNewYork('1992-11-27', '14:00'));
  assert.equal(sessionOn('1991-12-24')?.close, instantInNewYork('1991-12-24', '14:00'));
});

test('sessions are ascending, on weekdays, and are the same ones that are found by date', () => {
  for (const [index, session] of all.entries()) {
    assert.ok(index === 0 || (all[index - 1] as Session).date < session.date);
    assert.ok(dayOfWeek(session.date) <= 5);
    assert.equal(sessionOn(session.date), session);
  }
});

test('the count of sessions per year is the one of the published calendars', () => {
  const counts = new Map<string, number>();
  for (const { date } of all) counts.set(date.slice(0, 4), (counts.get(date.slice(0, 4)) ?? 0) + 1);
  const published = {
    1990: 253,
    1991: 253,
    1992: 254,
    1993: 253,
    1994: 252,
    1995: 252,
    1996: 254,
    1997: 253,
    1998: 252,
    1999: 252,
    2000: 252,
    2001: 248,
    2002: 252,
    2003: 252,
    2004: 252,
    2005: 252,
    2006: 251,
    2007: 251,
    2008: 253,
    2009: 252,
    2010: 252,
    2011: 252,
    2012: 250,
    2013: 252,
    2014: 252,
    2015: 252,
    2016: 252,
    2017: 251,
    2018: 251,
    2019: 252,
    2020: 253,
    2021: 252,
    2022: 251,
    2023: 250,
    2024: 252,
    2025: 250,
    2026: 251,
  };
  for (const [year, count] of Object.entries(published)) assert.equal(counts.get(year), count, year);
  assert.equal(counts.size, 46);
});

test('a range of sessions includes both ends and is empty when reversed', () => {
  assert.deepEqual(
    sessions('2025-12-31', '2026-01-02').map((s) => s.date),
    ['2025-12-31', '2026-01-02'],
  );
  assert.deepEqual(sessions('2026-01-03', '2026-01-04'), []);
  assert.deepEqual(sessions('2026-01-05', '2026-01-02'), []);
});

test('a day is either a session or has a reason to be closed', () => {
  fc.assert(fc.property(anyDate, (date) => (sessionOn(date) === null) === (closureOn(date) !== null)));
});

test('the next and the previous session are neighbours with nothing between them', () => {
  fc.assert(
    fc.property(
      anyDate.filter((date) => date > '1990-01-05' && date < '2035-12-25'),
      (date) => {
        const next = nextSession(date);
        const previous = previousSession(date);
        assert.ok(next.date > date && previous.date < date);
        const between = sessions(previous.date, next.date).map((s) => s.date);
        assert.deepEqual(
          between.filter((d) => d !== date),
          [previous.date, next.date],
        );
      },
    ),
  );
});

test('the market is open at exactly the minutes that lie inside a session, through a whole year', () => {
  const first = instantInNewYork('2026-01-01', '00:00');
  for (let at = first; at < instantInNewYork('2027-01-01', '00:00'); at += 60_000) {
    const wall = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('America/New_York');
    const session = sessionOn(wall.toPlainDate().toString());
    assert.equal(isOpenAt(at), session !== null && at >= session.open && at < session.close, wall.toString());
  }
});

test('the market is open from the opening millisecond up to, not including, the closing one', () => {
  for (const { open, close } of [sessionOn('2026-07-06'), sessionOn('2026-11-27')] as Session[]) {
    assert.deepEqual([open - 1, open, close - 1, close].map(isOpenAt), [false, true, true, false]);
  }
});

test('dates and instants outside 1990 to 2035 are refused with a sentence', () => {
  const refused = { name: 'RangeError', message: /the exchange calendar covers 1990 to 2035/ };
  assert.throws(() => sessionOn('1989-12-29'), refused);
  assert.throws(() => closureOn('2036-01-01'), refused);
  assert.throws(() => sessions('1989-01-01', '1995-01-01'), refused);
  assert.throws(() => sessions('2026-01-01', '2040-01-01'), refused);
  assert.throws(() => sessions('2026-01-05', '1980-01-01'), refused);
  assert.throws(() => nextSession('2035-12-31'), refused);
  assert.throws(() => previousSession('1990-01-02'), refused);
  assert.throws(() => isOpenAt(Date.UTC(2036, 0, 2, 15)), refused);
  assert.throws(() => isOpenAt(Date.UTC(1989, 11, 29, 15)), refused);
  assert.throws(() => isOpenAt(Number.NaN), RangeError);
  assert.throws(() => sessionOn('2026-02-30'), RangeError);
  assert.equal(epochDay('2035-12-31') - epochDay('1990-01-01'), 16_800);
});
