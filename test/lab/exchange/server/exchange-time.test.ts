import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  clockText,
  connectionTime,
  parseTime,
  zonedTimeText,
} from '../../../../agent/lab/exchange/server/exchange-time.ts';

const at = (text: string) => Temporal.Instant.from(text).epochMilliseconds;

test('times are told as the broker writes them, in winter and in summer', () => {
  assert.equal(connectionTime(at('2026-11-20T12:15:00Z')), '20261120 07:15:00 EST');
  assert.equal(connectionTime(at('2026-07-20T12:15:00Z')), '20260720 08:15:00 EDT');
  assert.equal(connectionTime(at('2026-07-21T02:15:00Z')), '20260720 22:15:00 EDT');
  assert.equal(zonedTimeText(at('2026-11-20T15:00:05Z')), '20261120 10:00:05 US/Eastern');
  assert.equal(clockText(at('2026-11-20T15:00:05Z')), '10:00');
});

test('times of clients are read: a dash is UTC, a space is New York unless a zone says otherwise', () => {
  const wanted = at('2026-11-20T15:00:05Z');
  for (const text of [
    '20261120-15:00:05',
    '20261120 10:00:05',
    '20261120 10:00:05 US/Eastern',
    '20261120 15:00:05 UTC',
  ]) {
    assert.equal(parseTime(text), wanted, text);
  }
  assert.equal(parseTime('20261120  10:00'), wanted - 5000);
  for (const text of [
    '',
    'noon',
    '20261320 10:00:00',
    '20261120-25:00:00',
    '20261120 10:00:00 Mars',
    '2026-11-20 10:00:00',
  ]) {
    assert.equal(parseTime(text), null, text);
  }
});
