import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addDays,
  dayOfWeek,
  instantInNewYork,
  newYorkDate,
  newYorkDay,
  newYorkText,
  newYorkTime,
} from '../../../agent/core/calendar/new-york.ts';
import { epochDay } from '../../../agent/core/calendar/time.ts';

const ZONE = 'America/New_York';
const FROM = Temporal.Instant.from('1990-01-01T00:00Z').epochMilliseconds;
const TO = Temporal.Instant.from('2036-01-01T00:00Z').epochMilliseconds;
const HALF_HOUR = 1_800_000;

function matchesTemporal(at: number): void {
  const wall = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(ZONE);
  assert.equal(newYorkDate(at), wall.toPlainDate().toString());
  assert.equal(newYorkDay(at), epochDay(wall.toPlainDate().toString()));
  assert.equal(newYorkTime(at), wall.hour * 60 + wall.minute);
  assert.equal(newYorkText(at), `${wall.toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ')} ET`);
}

test('any millisecond of 1990 to 2035 shows the date and time that Temporal shows', () => {
  fc.assert(fc.property(fc.integer({ min: FROM, max: TO }), matchesTemporal), { numRuns: 5000 });
});

test('every half hour of the weeks in which clocks may change shows what Temporal shows', () => {
  for (let year = 1990; year <= 2035; year += 1) {
    for (const start of [`${year}-03-07`, `${year}-04-01`, `${year}-10-24`, `${year}-11-01`]) {
      const first = Temporal.Instant.from(`${start}T04:00Z`).epochMilliseconds;
      for (let at = first; at < first + 8 * 48 * HALF_HOUR; at += HALF_HOUR) {
        const wall = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(ZONE);
        assert.equal(newYorkTime(at), wall.hour * 60 + wall.minute, wall.toString());
      }
    }
  }
});

test('an instant named by date and time is the one that Temporal finds compatible, gaps and repeats included', () => {
  const day = fc.integer({ min: epochDay('1990-01-01'), max: epochDay('2035-12-31') });
  fc.assert(
    fc.property(day, fc.integer({ min: 0, max: 86_399 }), (days, seconds) => {
      const date = Temporal.PlainDate.from('1970-01-01').add({ days });
      const time = Temporal.PlainTime.from('00:00').add({ seconds });
      const expected = date.toZonedDateTime({ timeZone: ZONE, plainTime: time }).epochMilliseconds;
      assert.equal(instantInNewYork(date.toString(), time.toString({ smallestUnit: 'second' })), expected);
    }),
    { numRuns: 3000 },
  );
});

test('02:30 on the day summer time begins counts on to 03:30, and 01:30 on its last day is the first of two', () => {
  assert.equal(newYorkText(instantInNewYork('2026-03-08', '02:30')), '2026-03-08 03:30:00 ET');
  assert.equal(instantInNewYork('2026-03-08', '01:59:59'), Date.UTC(2026, 2, 8, 6, 59, 59));
  assert.equal(instantInNewYork('2026-11-01', '01:30'), Date.UTC(2026, 10, 1, 5, 30));
  assert.equal(instantInNewYork('2026-11-01', '02:00'), Date.UTC(2026, 10, 1, 7, 0));
});

test('the rules before and since 2007 differ by weeks', () => {
  assert.equal(newYorkTime(Date.UTC(2006, 2, 20, 15)), 10 * 60);
  assert.equal(newYorkTime(Date.UTC(2007, 2, 20, 15)), 11 * 60);
});

test('Monday is day 1 and Sunday day 7 of the week, before 1970 too', () => {
  assert.equal(dayOfWeek('2026-03-16'), 1);
  assert.equal(dayOfWeek('2026-03-22'), 7);
  assert.equal(dayOfWeek('1969-12-31'), 3);
  for (let n = 0; n < 400; n += 1) {
    const date = addDays('1969-06-01', n);
    assert.equal(dayOfWeek(date), Temporal.PlainDate.from(date).dayOfWeek);
  }
});

test('days are added across months and years in both directions', () => {
  assert.equal(addDays('2026-12-31', 1), '2027-01-01');
  assert.equal(addDays('2028-03-01', -1), '2028-02-29');
  assert.equal(addDays('2026-03-20', 0), '2026-03-20');
});

for (const time of ['', '9:30', '24:00', '09:60', '09:30:60', '09:30:5', '09.30', '09:30:00.5', '0930', '-9:30']) {
  test(`"${time}" is refused as a time of day`, () => {
    assert.throws(() => instantInNewYork('2026-03-20', time), { name: 'RangeError', message: /HH:MM/ });
  });
}

test('instants outside the years whose rules are known are refused', () => {
  assert.throws(() => newYorkDate(Date.UTC(1986, 5, 1)), RangeError);
  assert.throws(() => newYorkTime(Date.UTC(2100, 5, 1)), RangeError);
  assert.throws(() => newYorkText(Number.NaN), RangeError);
  assert.throws(() => newYorkDate(Number.POSITIVE_INFINITY), RangeError);
});
