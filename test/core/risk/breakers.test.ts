import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY_MS, MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import type { Observation } from '../../../agent/core/risk/observation.ts';
import { type Breakers, startingState } from '../../../agent/core/risk/risk-state.ts';
import {
  account,
  after,
  call,
  EMPTY,
  friday,
  held,
  look,
  MONDAY_8,
  names,
  option,
  order,
  positions,
  shares,
} from './breaker-fixture.ts';

const TEN = friday('10:00');
const TIME: Observation = { kind: 'time' };
const PERSON: Observation = { kind: 'person' };
const WELL = after(after(EMPTY, friday('08:00'), account(100_000)), TEN, account(100_000));

test('nothing may be opened before the account has been looked at, and after a look nothing holds', () => {
  const [hold] = held(EMPTY, friday('08:00'));
  assert.equal(hold?.action, 'reducing');
  assert.equal(hold?.reason, 'the account has not been looked at since the start');
  assert.deepEqual(held(WELL, TEN), []);
});

test('an account that does not answer, lacks a figure, or is old while the market is open holds trading back', () => {
  const dead: Observation = { kind: 'account', netLiquidation: null, excessLiquidity: null, fault: 'timeout' };
  assert.match(held(after(WELL, TEN, dead), TEN)[0]?.reason ?? '', /timeout/);
  const half = { ...(account(100_000) as Extract<Observation, { kind: 'account' }>), excessLiquidity: null };
  assert.match(held(after(WELL, TEN, half), TEN)[0]?.reason ?? '', /excess liquidity is not known/);
  const fresh = after(WELL, TEN, account(100_000));
  assert.deepEqual(held(fresh, TEN + 15 * MINUTE_MS), []);
  assert.match(held(fresh, TEN + 16 * MINUTE_MS)[0]?.reason ?? '', /16 minutes old/);
  assert.match(held(fresh, TEN - MINUTE_MS)[0]?.reason ?? '', /minutes old/);
  assert.deepEqual(held(fresh, friday('17:00')), []);
});

test('the daily loss opens at its limit, is no person’s to clear, and clears at 8:00 of the next trading day', () => {
  assert.deepEqual(held(after(WELL, TEN, account(97_001)), TEN), []);
  const lost = after(WELL, TEN, account(97_000));
  const [hold] = held(lost, TEN);
  assert.equal(hold?.reason, '3,000.00 lost since the start of the day at 100,000.00 (3 %)');
  assert.equal(hold?.clears, 'at 2026-03-23 08:00 ET');
  const later = after(lost, TEN + MINUTE_MS, account(105_000), PERSON);
  assert.deepEqual(names(later, TEN + MINUTE_MS), ['dailyLoss']);
  assert.deepEqual(names(after(lost, MONDAY_8 - 1, TIME, account(105_000)), MONDAY_8 - 1), ['dailyLoss']);
  const monday = after(lost, MONDAY_8, account(97_000));
  assert.deepEqual(held(monday, MONDAY_8), []);
  assert.equal(monday.breakers.dailyLoss.start, 970_000_000);
});

test('an open breaker keeps its first reason and its age, whatever comes on top', () => {
  const lost = after(WELL, TEN, account(97_000));
  const worse = after(lost, TEN + MINUTE_MS, account(90_000));
  assert.equal(worse.breakers.dailyLoss, lost.breakers.dailyLoss);
});

test('a drawdown is counted from the stored peak over days, and only a person clears it', () => {
  let state = after(WELL, TEN, account(120_000));
  state = after(state, MONDAY_8, account(110_000));
  state = after(state, MONDAY_8 + DAY_MS, account(96_000));
  assert.deepEqual(names(state, MONDAY_8 + DAY_MS), ['drawdown']);
  assert.match(state.breakers.drawdown.reason, /^96,000\.00 is 20 % below the peak of 120,000\.00$/);
  const year = MONDAY_8 + 300 * DAY_MS;
  state = after(state, year, account(200_000));
  assert.deepEqual(names(state, year), ['drawdown']);
  assert.equal(held(state, year)[0]?.clears, 'when a person resumes trading');
  state = after(state, year, account(96_000), PERSON, account(95_000));
  assert.ok(!names(state, year).includes('drawdown'));
  assert.equal(state.breakers.drawdown.peak, 960_000_000);
});

test('losing trades in a row open, a gain between them does not let them', () => {
  const trade = (key: string, result: number): Observation[] => [
    positions(option(key, -1)),
    positions(option(key, 0, result)),
  ];
  const gain = after(
    WELL,
    TEN,
    ...trade('SPY a', -5),
    ...trade('SPY b', -5),
    ...trade('SPY c', 9),
    ...trade('SPY d', -5),
  );
  assert.deepEqual(held(gain, TEN), []);
  const lost = after(gain, TEN, ...trade('SPY e', -5), ...trade('SPY f', -5));
  assert.equal(held(lost, TEN)[0]?.reason, 'the last 3 closed trades lost money');
  assert.equal(held(lost, TEN)[0]?.clears, 'at 2026-03-23 08:00 ET, or when a person resumes trading');
  assert.deepEqual(held(after(lost, TEN, PERSON), TEN), []);
  const monday = after(lost, MONDAY_8, TIME, ...trade('SPY g', -5));
  assert.deepEqual(names(monday, MONDAY_8), []);
  assert.equal(monday.breakers.lossStreak.losses, 1);
});

test('an assigned put is no closed trade; the shares are, when they are sold', () => {
  const open = after(WELL, TEN, positions(option('SPY a', -1)));
  const assigned = after(open, TEN, positions(option('SPY a', 0, -8), shares('SPY', 100)));
  assert.equal(assigned.breakers.lossStreak.losses, 0);
  const sold = after(assigned, TEN, positions(option('SPY a', 0, -8), shares('SPY', 0, -900)));
  assert.equal(sold.breakers.lossStreak.losses, 1);
});

test('what an instrument brought before it was opened again is not counted twice, and a flat one never seen open is not counted', () => {
  const again = after(WELL, TEN, positions(option('SPY a', 0, -50)), positions(option('SPY a', -1, -50)));
  assert.equal(again.breakers.lossStreak.losses, 0);
  const gained = after(again, TEN, positions(option('SPY a', 0, -40)));
  assert.equal(gained.breakers.lossStreak.losses, 0);
  assert.equal(after(again, TEN, positions(option('SPY a', 0, -60))).breakers.lossStreak.losses, 1);
});

test('rejected orders in a row open, each is counted once, an accepted one between them does not let them', () => {
  const two = after(WELL, TEN, order('a', 'rejected'), order('a', 'rejected'), order('b', 'rejected'));
  assert.deepEqual(held(two, TEN), []);
  assert.deepEqual(held(after(two, TEN, order('c', 'accepted'), order('d', 'rejected')), TEN), []);
  const three = after(
    two,
    TEN,
    order('c', 'accepted'),
    order('c', 'rejected'),
    order('d', 'rejected'),
    order('e', 'rejected'),
  );
  assert.deepEqual(names(three, TEN), ['rejectedOrders']);
  assert.equal(held(three, TEN)[0]?.action, 'halted');
  assert.deepEqual(names(after(three, MONDAY_8, TIME, order('f', 'accepted', '2026-03-23')), MONDAY_8), [
    'rejectedOrders',
  ]);
  const resumed = after(three, TEN, PERSON, order('g', 'rejected'));
  assert.deepEqual(held(resumed, TEN), []);
  assert.deepEqual(names(after(two, MONDAY_8, order('z', 'rejected', '2026-03-23')), MONDAY_8), ['rejectedOrders']);
});

test('failed calls open only when they are many and a large share of all', () => {
  assert.deepEqual(held(after(WELL, TEN, call(false), call(false)), TEN), []);
  const spread = after(after(WELL, TEN, call(false), call(false)), TEN + 11 * MINUTE_MS, account(100_000), call(false));
  assert.deepEqual(held(spread, TEN + 11 * MINUTE_MS), []);
  const mostlyWell = [call(false), call(true), call(true), call(false), call(true), call(true), call(false)];
  assert.deepEqual(held(after(WELL, TEN, ...mostlyWell), TEN), []);
  assert.deepEqual(names(after(WELL, TEN, call(true), call(false), call(false), call(false)), TEN), ['failedCalls']);
});

test('after the quiet time one answer decides: good closes, another failure opens again', () => {
  const open = after(WELL, TEN, call(false), call(false), call(false));
  assert.match(
    held(open, TEN)[0]?.clears ?? '',
    /^after 10 minutes without a failure \(2026-03-20 10:10 ET\), with one good answer then$/,
  );
  const failedAgain = after(open, TEN + 9 * MINUTE_MS, call(true), call(false));
  assert.equal(after(failedAgain, TEN + 18 * MINUTE_MS, call(true)).breakers.failedCalls.state, 'open');
  const half = after(failedAgain, TEN + 19 * MINUTE_MS, TIME);
  assert.equal(half.breakers.failedCalls.state, 'halfOpen');
  assert.ok(names(half, TEN + 19 * MINUTE_MS).includes('failedCalls'));
  assert.equal(after(half, TEN + 20 * MINUTE_MS, call(true)).breakers.failedCalls.state, 'closed');
  const worse = after(half, TEN + 20 * MINUTE_MS, call(false));
  assert.equal(worse.breakers.failedCalls.state, 'open');
  assert.equal(after(worse, TEN + 29 * MINUTE_MS, call(true)).breakers.failedCalls.state, 'open');
  assert.equal(after(worse, TEN + 30 * MINUTE_MS, PERSON, call(true)).breakers.failedCalls.state, 'closed');
});

test('faulty looks in a row at one symbol open, and every symbol must be well in a row to clear', () => {
  const once = after(WELL, TEN, look('SPY', 'stale'), look('TSLA', 'stale'), look('SPY'), look('SPY', 'stale'));
  assert.deepEqual(held(once, TEN), []);
  const open = after(once, TEN, look('SPY', '80 % stale'));
  assert.equal(held(open, TEN)[0]?.reason, 'the last 2 looks at SPY were faulty, this one: 80 % stale');
  const spyWell = after(open, TEN, look('SPY'), look('SPY'), PERSON);
  assert.deepEqual(names(spyWell, TEN), ['dataQuality']);
  assert.deepEqual(names(after(spyWell, TEN, look('TSLA'), look('TSLA', 'stale'), look('TSLA')), TEN), ['dataQuality']);
  assert.deepEqual(names(after(spyWell, TEN, look('TSLA'), look('TSLA')), TEN), []);
  assert.deepEqual(names(after(WELL, TEN, look('GONE', 'x'), look('GONE', 'x')), TEN), []);
});

test('excess liquidity below its floor opens, and clears a quarter above it', () => {
  assert.deepEqual(held(after(WELL, TEN, account(100_000, 10_000)), TEN), []);
  const low = after(WELL, TEN, account(100_000, 9_999));
  assert.equal(held(low, TEN)[0]?.reason, '9,999.00 is less than 10 % of 100,000.00');
  assert.equal(held(low, TEN)[0]?.clears, 'when excess liquidity is 12.5 % of the net liquidation value again');
  assert.deepEqual(names(after(low, TEN, account(100_000, 12_499), PERSON), TEN), ['excessLiquidity']);
  assert.deepEqual(held(after(low, TEN, account(100_000, 12_500)), TEN), []);
  assert.ok(names(after(WELL, TEN, account(-5, -5)), TEN).includes('excessLiquidity'));
});

test('a margin warning of the broker holds until the next morning, whatever the figures say', () => {
  const warned = after(WELL, TEN, { kind: 'marginWarning', reason: '2148' }, account(100_000));
  assert.deepEqual(names(warned, TEN), ['excessLiquidity']);
  assert.match(held(warned, TEN)[0]?.clears ?? '', /again, not before 2026-03-23 08:00 ET$/);
  assert.deepEqual(held(after(warned, MONDAY_8, account(100_000)), MONDAY_8), []);
});

test('what was opened under a clock that ran ahead clears as if it had been opened now', () => {
  const future = after(EMPTY, MONDAY_8 + 900 * DAY_MS, account(100_000), account(90_000));
  const now = after(future, TEN, TIME);
  assert.equal(held(now, TEN)[0]?.clears, 'at 2026-03-23 08:00 ET');
});

test('a stored breaker that cannot be read is open until a person clears it; one that is not stored is closed', () => {
  const stored = { drawdown: { ...WELL.breakers.drawdown, state: 'ajar' }, failedCalls: null, dataQuality: {} };
  const state = after(
    startingState(stored as unknown as Breakers, TEN),
    TEN,
    account(1),
    call(true),
    look('SPY'),
    look('TSLA'),
  );
  assert.deepEqual(names(state, TEN), ['drawdown', 'failedCalls', 'dataQuality']);
  assert.match(held(state, TEN)[0]?.reason ?? '', /cannot be read/);
  assert.deepEqual(names(after(state, TEN, PERSON), TEN), []);
});

test('an observation that says nothing new leaves what is stored as it is', () => {
  const state = after(WELL, TEN, look('SPY'), look('SPY'), order('a', 'accepted'), positions(option('SPY a', -1)));
  const again = after(
    state,
    TEN,
    TIME,
    account(99_000),
    look('SPY'),
    order('a', 'accepted'),
    positions(option('SPY a', -1)),
    call(true),
    PERSON,
  );
  assert.equal(again.breakers, state.breakers);
});
