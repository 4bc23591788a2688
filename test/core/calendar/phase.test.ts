import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { type Mode, modeAt, nextModeChange, type Phase, phaseAt } from '../../../agent/core/calendar/phase.ts';
import { closureOn, sessionOn } from '../../../agent/core/calendar/sessions.ts';
import { type EpochMs, HOUR_MS, MINUTE_MS } from '../../../agent/core/calendar/time.ts';

/** The table of phases written down once more, by the clock on the wall and without the arithmetic of the product. */
function phaseByTable(date: string, time: string): Phase {
  const closure = closureOn(date);
  if (closure !== null) return closure === 'weekend' ? 'weekend' : 'holiday';
  const close = sessionOn(date)?.earlyClose ? '13:00' : '16:00';
  if (time < '08:00') return 'overnight';
  if (time < '09:30') return 'pre-market';
  if (time < close) return 'open';
  if (time < '17:00') return 'post-market';
  return time < '21:30' ? 'evening' : 'overnight';
}

function modeByTable(phase: Phase): Mode {
  return phase === 'open' ? 'trading' : phase === 'pre-market' ? 'prep' : 'research';
}

test('every minute of 2026 has the phase and mode of the table, both clock changes and half days included', () => {
  let at = instantInNewYork('2026-01-01', '00:00');
  const end = instantInNewYork('2027-01-01', '00:00');
  let wall = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('America/New_York');
  for (; at < end; at += MINUTE_MS, wall = wall.add({ minutes: 1 })) {
    const text = wall.toString();
    const expected = phaseByTable(text.slice(0, 10), text.slice(11, 16));
    if (phaseAt(at) !== expected || modeAt(at) !== modeByTable(expected)) {
      assert.deepEqual([text, phaseAt(at), modeAt(at)], [text, expected, modeByTable(expected)]);
    }
  }
});

test('every minute of 2026 announces the mode change that then happens, with and without a reserve', () => {
  const first = instantInNewYork('2026-01-01', '00:00');
  const end = instantInNewYork('2027-01-01', '00:00');
  for (const reserveMs of [0, 1.5 * HOUR_MS, 4 * HOUR_MS]) {
    let announced = nextModeChange(first, reserveMs);
    let mode = modeAt(first, reserveMs);
    for (let at = first; at < end; at += MINUTE_MS) {
      if (at === announced.at) {
        assert.notEqual(announced.mode, mode);
        mode = announced.mode;
        announced = nextModeChange(at, reserveMs);
      }
      if (modeAt(at, reserveMs) !== mode) assert.equal(modeAt(at, reserveMs), mode, new Date(at).toISOString());
    }
  }
});

test('the mode just before an announced change is the old one, and at it the new one', () => {
  const first = instantInNewYork('1990-01-02', '00:00');
  const anyInstant = fc.integer({ min: first, max: instantInNewYork('2035-12-20', '00:00') });
  const anyReserve = fc.integer({ min: 0, max: 90 * HOUR_MS });
  fc.assert(
    fc.property(anyInstant, anyReserve, (at, reserveMs) => {
      const change = nextModeChange(at, reserveMs);
      assert.ok(change.at > at);
      assert.equal(modeAt(change.at, reserveMs), change.mode);
      assert.equal(modeAt(change.at - 1, reserveMs), modeAt(at, reserveMs));
      assert.notEqual(change.mode, modeAt(at, reserveMs));
    }),
    { numRuns: 2000 },
  );
});

function on(date: string, time: string): EpochMs {
  return instantInNewYork(date, time);
}

test('on a half day the post-market begins at 13:00', () => {
  assert.equal(phaseAt(on('2026-11-27', '12:59:59')), 'open');
  assert.equal(phaseAt(on('2026-11-27', '13:00')), 'post-market');
  assert.equal(modeAt(on('2026-11-27', '13:00')), 'research');
});

test('a holiday on a weekday is a holiday from midnight to midnight', () => {
  assert.equal(phaseAt(on('2026-07-03', '00:00')), 'holiday');
  assert.equal(phaseAt(on('2026-07-03', '10:00')), 'holiday');
  assert.equal(phaseAt(on('2026-07-02', '23:59')), 'overnight');
  assert.equal(modeAt(on('2026-07-03', '10:00')), 'research');
});

test('Friday night and Monday morning are overnight, what lies between is the weekend', () => {
  const times = [
    on('2026-03-20', '23:59:59'),
    on('2026-03-21', '00:00'),
    on('2026-03-22', '23:59'),
    on('2026-03-23', '00:00'),
  ];
  assert.deepEqual(times.map(phaseAt), ['overnight', 'weekend', 'weekend', 'overnight']);
});

test('a reserve turns the last hours before 8:00 of the next trading day into preparation', () => {
  const reserveMs = 3.5 * HOUR_MS;
  assert.equal(modeAt(on('2026-03-23', '04:29:59'), reserveMs), 'research');
  assert.equal(modeAt(on('2026-03-23', '04:30'), reserveMs), 'prep');
  assert.equal(modeAt(on('2026-03-22', '23:00'), 10 * HOUR_MS), 'prep');
  assert.deepEqual(nextModeChange(on('2026-03-20', '16:00'), reserveMs), {
    at: on('2026-03-23', '04:30'),
    mode: 'prep',
  });
});

test('a reserve longer than the night begins at the close', () => {
  const close = on('2026-03-18', '16:00');
  assert.equal(modeAt(close - 1, 30 * HOUR_MS), 'trading');
  assert.deepEqual(nextModeChange(close - 1, 30 * HOUR_MS), { at: close, mode: 'prep' });
});

test('the last hours of the calendar still have a phase and a mode, but no change to announce', () => {
  const last = on('2035-12-31', '23:59');
  assert.equal(phaseAt(last), 'overnight');
  assert.equal(modeAt(last), 'research');
  assert.throws(() => nextModeChange(last), RangeError);
  assert.throws(() => phaseAt(on('2036-01-01', '00:00')), RangeError);
});
