import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOpenIn, quoteIn } from '../../../agent/ground/wire/tradable.ts';

const HOURS = '20261120:0930-20261120:1600;20261121:CLOSED;20261123:0930-20261123:1600';
const details = (version: number, hours = HOURS, zone = 'US/Eastern') => {
  const fields = new Array<string>(40).fill('');
  const shift = version >= 182 ? 1 : 0;
  fields[25 + shift] = zone;
  fields[27 + shift] = hours;
  return fields;
};
const seconds = (iso: string) => Date.parse(iso) / 1_000;

test('a contract is open from the first minute of its liquid hours to the last, at every version', () => {
  const cases = [
    ['2026-11-20T14:29:59Z', false],
    ['2026-11-20T14:30:00Z', true],
    ['2026-11-20T20:59:59Z', true],
    ['2026-11-20T21:00:00Z', false],
    ['2026-11-21T15:00:00Z', false],
    ['2026-11-22T15:00:00Z', false],
    ['2026-11-23T15:00:00Z', true],
  ] as const;
  for (const [at, open] of cases) {
    for (const version of [177, 181, 182, 193])
      assert.equal(isOpenIn(details(version), version, seconds(at)), open, at);
  }
});

test('summer time moves the hours', () => {
  const july = details(193, '20260717:0930-20260717:1600');
  assert.equal(isOpenIn(july, 193, seconds('2026-07-17T13:30:00Z')), true);
  assert.equal(isOpenIn(july, 193, seconds('2026-07-17T20:00:00Z')), false);
});

test('hours that cannot be read are closed', () => {
  const at = seconds('2026-11-20T15:00:00Z');
  for (const hours of ['', 'x', '20261120:0930', '20261120:0930-1600', ';;', '20261120:CLOSED']) {
    assert.equal(isOpenIn(details(193, hours), 193, at), false, hours);
  }
  for (const zone of ['', 'Nowhere', 'US/Eastern '])
    assert.equal(isOpenIn(details(193, HOURS, zone), 193, at), false, zone);
  assert.equal(isOpenIn([], 193, at), false);
  assert.equal(isOpenIn(details(193), 193, Number.NaN), false);
});

const LIVE = ['58', '1', '7', '1', ''];
const price = (type: number, text: string, size = '5', attributes = '0') => [
  '1',
  '6',
  '7',
  String(type),
  text,
  size,
  attributes,
  '',
];

test('a quote is live, has two sides and is not crossed; the last word on each side counts', () => {
  assert.deepEqual(quoteIn([LIVE, price(1, '1.20'), price(2, '1.25')]), { bid: '1.20', ask: '1.25' });
  assert.deepEqual(quoteIn([LIVE, price(1, '-1', '0'), price(2, '1.25'), price(1, '1.25')]), {
    bid: '1.25',
    ask: '1.25',
  });
  for (const [answers, why] of [
    [[price(1, '1.20'), price(2, '1.25')], /no quote was told/],
    [[['58', '1', '7', '2', ''], price(1, '1.20'), price(2, '1.25')], /not a live one/],
    [[LIVE, price(1, '1.20')], /two sides/],
    [[LIVE, price(1, '1.20'), price(2, '1.25'), price(2, '-1', '0')], /two sides/],
    [[LIVE, price(1, '1.20'), price(2, '1.25', '0')], /two sides/],
    [[LIVE, price(1, '0'), price(2, '1.25')], /two sides/],
    [[LIVE, price(1, '1.20'), price(2, 'Infinity')], /two sides/],
    [[LIVE, price(1, '1.20', '5', '2'), price(2, '1.25')], /two sides/],
    [[LIVE, price(1, '1.20', '5', '4'), price(2, '1.25')], /two sides/],
    [[LIVE, price(66, '1.20'), price(67, '1.25')], /two sides/],
    [[LIVE, price(1, '1.30'), price(2, '1.25')], /crossed/],
    [[LIVE, price(1, '1.20'), price(2, '1.25'), ['4', '2', '7', '354', 'not subscribed', '']], /354 not subscribed/],
  ] as const) {
    assert.match(String(quoteIn(answers)), why);
  }
});
