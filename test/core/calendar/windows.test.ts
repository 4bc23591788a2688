import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetAt, wantedWork } from '../../../agent/core/calendar/budget.ts';
import { instantInNewYork, newYorkDate, newYorkText, newYorkTime } from '../../../agent/core/calendar/new-york.ts';
import { phaseAt } from '../../../agent/core/calendar/phase.ts';
import { sessionOn } from '../../../agent/core/calendar/sessions.ts';
import { HOUR_MS, MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import {
  nextOperatingMode,
  operatingModeAt,
  phaseSpanAt,
  tradingDayAt,
  windowAt,
} from '../../../agent/core/calendar/windows.ts';

function at(text: string): number {
  return instantInNewYork(text.slice(0, 10), text.slice(11));
}

function clock(instant: number): string {
  return newYorkText(instant).slice(0, 16);
}

const ANCHORS: readonly [string, string, number, number][] = [
  ['2026-11-17T22:00', 'overnight', 10, 8.5],
  ['2026-11-20T23:59', 'weekend', 56, 52.5],
  ['2026-11-26T10:00', 'holiday', 22, 20],
  ['2026-01-16T23:59', 'holiday_weekend', 80, 76],
];
for (const [instant, type, total, research] of ANCHORS) {
  test(`the budget at ${instant} is ${total} hours of ${type}, ${research} of them for research`, () => {
    const budget = budgetAt(at(instant));
    assert.equal(budget.type, type);
    assert.ok(Math.abs(budget.totalHours - total) < 0.02, `${budget.totalHours}`);
    assert.ok(Math.abs(budget.researchHours - research) < 0.02, `${budget.researchHours}`);
    assert.equal(budget.extended, research > 12);
    assert.equal(budget.usedHours, 0);
  });
}

test('before a window begins its budget is counted from its start, and in its reserve nothing is left', () => {
  assert.equal(budgetAt(at('2026-11-17T12:00')).totalHours, 14);
  assert.equal(budgetAt(at('2026-11-17T12:00')).researchHours, 12.5);
  assert.equal(budgetAt(at('2026-11-18T07:00')).totalHours, 1);
  assert.equal(budgetAt(at('2026-11-18T07:00')).researchHours, 0);
  assert.equal(budgetAt(at('2026-11-17T23:00'), { usedMs: 90 * MINUTE_MS }).usedHours, 1.5);
});

test('a half day begins its research at 15:00 and its post-market at the close', () => {
  const window = windowAt(at('2026-11-27T14:00'));
  assert.equal(clock(window.from), '2026-11-27 15:00');
  assert.equal(window.type, 'weekend');
  assert.equal(budgetAt(at('2026-11-27T14:00')).totalHours, 65);
  assert.equal(phaseAt(at('2026-11-27T13:00')), 'post-market');
  assert.equal(operatingModeAt(at('2026-11-27T13:00')), 'research');
});

test('a mid-week 4 July is a holiday window from the half day before it', () => {
  const window = windowAt(at('2028-07-03T18:00'));
  assert.deepEqual(
    [window.type, clock(window.from), clock(window.until)],
    ['holiday', '2028-07-03 15:00', '2028-07-05 08:00'],
  );
  assert.equal(clock(window.researchUntil), '2028-07-05 06:00');
});

test('the weekend of Martin Luther King Day 2026 is one window with a reserve of four hours', () => {
  const window = windowAt(at('2026-01-18T12:00'));
  assert.deepEqual(
    [window.type, window.tradingDay, clock(window.from), clock(window.researchUntil), clock(window.until)],
    ['holiday_weekend', '2026-01-16', '2026-01-16 18:00', '2026-01-20 04:00', '2026-01-20 08:00'],
  );
});

test('the weekend in which clocks go forward is an hour shorter, the one in which they go back an hour longer', () => {
  assert.equal(budgetAt(at('2026-03-07T08:00')).totalHours, 47);
  assert.equal(budgetAt(at('2026-10-31T08:00')).totalHours, 49);
  assert.equal(clock(windowAt(at('2026-03-07T08:00')).until), '2026-03-09 08:00');
});

test('a trading day lasts from its 8:00 to the 8:00 of the next one', () => {
  assert.equal(tradingDayAt(at('2026-11-20T07:59')), '2026-11-19');
  assert.equal(tradingDayAt(at('2026-11-20T08:00')), '2026-11-20');
  assert.equal(tradingDayAt(at('2026-11-22T12:00')), '2026-11-20');
});

test('the share of a window that is left says what it is best used for', () => {
  const window = windowAt(at('2026-11-21T12:00'));
  const wanted = (share: number): string | null =>
    wantedWork(window, window.researchUntil - share * (window.researchUntil - window.from));
  assert.deepEqual([1, 0.81, 0.79, 0.21, 0.19, 0.03].map(wanted), [
    'cleanUp',
    'cleanUp',
    'research',
    'research',
    'data',
    'data',
  ]);
  assert.equal(wantedWork(window, window.researchUntil - 90 * MINUTE_MS), 'preparation');
  assert.equal(wantedWork(window, window.until), null);
  assert.equal(wantedWork(window, window.from - 1), null);
});

test('phase, mode, span and window say the same of every minute of 2026 and of 2027', () => {
  const from = at('2026-01-01T00:00');
  const until = at('2028-01-01T00:00');
  let span = phaseSpanAt(from);
  let change = nextOperatingMode(from);
  let mode = operatingModeAt(from);
  for (let now = from; now < until; now += MINUTE_MS) {
    if (now >= span.until) {
      assert.equal(now, span.until);
      const next = phaseSpanAt(now);
      assert.equal(next.from, span.until);
      assert.notEqual(next.phase, span.phase);
      span = next;
    }
    assert.equal(phaseAt(now), span.phase);
    const window = windowAt(now);
    assert.ok(now < window.until);
    const found = operatingModeAt(now);
    if (now >= change.at) {
      assert.equal(found, change.mode, clock(now));
      change = nextOperatingMode(now);
    } else assert.equal(found, mode, clock(now));
    mode = found;
    if (found !== wantedMode(now)) assert.fail(`${clock(now)}: ${found}, not ${wantedMode(now)}`);
  }
});

/** The rule in the words of the mission, with nothing but sessions to stand on. */
function wantedMode(now: number): string {
  const session = sessionOn(newYorkDate(now));
  if (session !== null && now >= session.open && now < session.close) return 'trading';
  if (session !== null && newYorkTime(now) >= 480 && now < session.open) return 'prep';
  const { until, type } = windowAt(now);
  const reserve = { overnight: 1.5, weekend: 3.5, holiday: 2, holiday_weekend: 4 }[type];
  return now >= until - reserve * HOUR_MS ? 'prep' : 'research';
}
