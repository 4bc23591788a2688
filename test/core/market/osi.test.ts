import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isoDate } from '../../../agent/core/calendar/time.ts';
import { type Money, money } from '../../../agent/core/market/money.ts';
import { formatOsi, isAdjusted, parseOsi } from '../../../agent/core/market/osi.ts';
import { PUT_625 } from '../orders/sample-orders.ts';

test('an OSI symbol is root, date, right and strike in 21 characters', () => {
  assert.equal(formatOsi(PUT_625), 'SPY   260424P00625000');
  assert.deepEqual(parseOsi('SPY   260424P00625000'), PUT_625);
});

test('a strike of half a cent fits, finer ones do not', () => {
  assert.equal(formatOsi({ ...PUT_625, strike: money(12.505) }), 'SPY   260424P00012505');
  assert.throws(() => formatOsi({ ...PUT_625, strike: money(12.5051) }), RangeError);
});

test('every option is the same after writing and reading it', () => {
  const options = fc.record({
    root: fc.stringMatching(/^[A-Z]{1,6}$/).filter((root) => !['SPXW', 'NDXP', 'RUTW', 'VIXW'].includes(root)),
    day: fc.integer({ min: 10_957, max: 47_481 }),
    strike: fc.integer({ min: 1, max: 99_999_999 }),
    right: fc.constantFrom('C' as const, 'P' as const),
  });
  fc.assert(
    fc.property(options, ({ root, day, strike, right }) => {
      const option = {
        ...PUT_625,
        symbol: root,
        tradingClass: root,
        expiration: isoDate(day),
        strike: (strike * 10) as Money,
        right,
      };
      const text = formatOsi(option);
      assert.equal(text.length, 21);
      assert.deepEqual(parseOsi(text), option);
      assert.ok(!isAdjusted(option));
    }),
    { numRuns: 1000 },
  );
});

for (const text of [
  '',
  'SPY   260424P0062500',
  'SPY   260424P006250000',
  'SPY   260424X00625000',
  'SPY   260431P00625000',
  'SPY   261301P00625000',
  'SPY   260424P00000000',
  'spy   260424P00625000',
  '      260424P00625000',
  'SP Y  260424P00625000',
  'SPY260424P00625000   ',
  'SPY   26042 P00625000',
]) {
  test(`"${text}" is not an OSI symbol`, () => assert.equal(parseOsi(text), null));
}

test('arbitrary text is read without an error', () => {
  fc.assert(fc.property(fc.string({ minLength: 21, maxLength: 21 }), (text) => void parseOsi(text)));
});

test('a root with a digit is an adjusted contract of its underlying', () => {
  const adjusted = parseOsi('ABC1  260424P00050000');
  assert.deepEqual([adjusted?.symbol, adjusted?.tradingClass], ['ABC', 'ABC1']);
  assert.ok(adjusted !== null && isAdjusted(adjusted));
});

test('another multiplier or a foreign root is adjusted, weeklies of an index and share classes are not', () => {
  assert.ok(isAdjusted({ ...PUT_625, multiplier: 10 }));
  assert.ok(isAdjusted({ ...PUT_625, tradingClass: 'SPX' }));
  const weekly = parseOsi('SPXW  260424P06250000');
  assert.ok(weekly !== null && weekly.symbol === 'SPX' && !isAdjusted(weekly));
  assert.ok(!isAdjusted({ ...PUT_625, symbol: 'BRK B', tradingClass: 'BRKB' }));
});

test('what has no OSI symbol is refused', () => {
  for (const broken of [
    { tradingClass: 'TOOLONG' },
    { tradingClass: '' },
    { expiration: '2026-02-30' },
    { expiration: '1999-12-17' },
    { strike: money(0) },
    { strike: money(100_000) },
  ]) {
    assert.throws(() => formatOsi({ ...PUT_625, ...broken }), RangeError);
  }
});
