import assert from 'node:assert/strict';
import { test } from 'node:test';
import { money } from '../../../agent/core/market/money.ts';
import { wantedRows } from '../../../agent/core/market/wanted-rows.ts';

const strip = (expiration: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ expiration, strike: money(from + i) }));
const choose = (strips: ReturnType<typeof strip>[], spot: number, most: number) =>
  wantedRows({ strips, strikeOf: (row) => row.strike, spot: money(spot), most });

test('a few lines are spread over the whole range by round strikes', () => {
  const strikes = choose([strip('a', 590, 640)], 652, 6).map((row) => row.strike / 10_000);
  assert.deepEqual(
    strikes.toSorted((a, b) => a - b),
    [600, 610, 620, 625, 630, 640],
  );
});

test('every expiration gets its share', () => {
  const rows = choose([strip('a', 590, 640), strip('b', 590, 640), strip('c', 600, 601)], 652, 10);
  const share = (expiration: string) => rows.filter((row) => row.expiration === expiration).length;
  assert.deepEqual([share('a'), share('b'), share('c')], [4, 4, 2]);
});

test('a small move of the market changes nothing', () => {
  const strips = [strip('a', 590, 640)];
  const key = (spot: number) =>
    choose(strips, spot, 12)
      .map((row) => row.strike)
      .toSorted();
  assert.deepEqual(key(652), key(655));
});

test('with lines enough everything is asked for', () => {
  assert.equal(choose([strip('a', 600, 640)], 652, 100).length, 41);
});
