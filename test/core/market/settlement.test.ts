import assert from 'node:assert/strict';
import { test } from 'node:test';
import { daysUntil, lastTradeAt } from '../../../agent/core/market/settlement.ts';

test('an option trades until the close of its expiration, in winter, in summer and on a half day', () => {
  assert.equal(lastTradeAt('2026-01-16'), Date.UTC(2026, 0, 16, 21));
  assert.equal(lastTradeAt('2026-04-24'), Date.UTC(2026, 3, 24, 20));
  assert.equal(lastTradeAt('2026-11-27'), Date.UTC(2026, 10, 27, 18));
});

test('an expiration on a closed day, beyond the calendar or misread has no last trade', () => {
  for (const date of ['2040-01-20', '2026-13-01', '']) assert.equal(lastTradeAt(date), null);
  assert.equal(lastTradeAt('2026-04-03'), null);
  assert.equal(lastTradeAt('2026-04-25'), null);
});

test('days to expiration are calendar days of New York, across the change to summer time', () => {
  assert.equal(daysUntil('2026-04-24', Date.UTC(2026, 2, 20, 15)), 35);
  assert.equal(daysUntil('2026-03-20', Date.UTC(2026, 2, 20, 15)), 0);
  assert.equal(daysUntil('2026-03-20', Date.UTC(2026, 2, 21, 3, 59)), 0);
  assert.equal(daysUntil('2026-03-20', Date.UTC(2026, 2, 21, 4)), -1);
  assert.equal(daysUntil('2026-03-09', Date.UTC(2026, 2, 7, 5)), 2);
});
