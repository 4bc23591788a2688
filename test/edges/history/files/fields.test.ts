import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { epochDay, isoDate } from '../../../../agent/core/calendar/time.ts';
import { MISSING } from '../../../../agent/core/market/chain.ts';
import { BROKEN, day, real, whole } from '../../../../agent/edges/history/files/fields.ts';

const inside = (text: string): [Uint8Array, number, number] => [
  Buffer.from(`7,${text},7`),
  2,
  2 + Buffer.byteLength(text),
];

test('a number is read to the last bit as the language reads it, however it is written', () => {
  const written = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.tuple(fc.integer(), fc.nat({ max: 20 })).map(([n, places]) => (n / 10 ** (places % 8)).toFixed(places)),
    fc.integer().map(String),
    fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((value) => value.toExponential()),
  );
  fc.assert(
    fc.property(written, (text) => assert.equal(real(...inside(text)) + 0, Number(text) + 0)),
    { numRuns: 2000 },
  );
});

test('empty fields and the words for nothing are unknown, anything else is broken', () => {
  for (const nothing of ['', ' ', 'nan', 'NaN', 'null', 'None', 'N/A'])
    assert.ok(Number.isNaN(real(...inside(nothing))), nothing);
  for (const broken of ['x', '1x', '--1', '1.2.3', 'inf', 'Infinity', '1e999', '0x10', '1_000', '-', '.', '1,0']) {
    assert.equal(real(...inside(broken)), Number.POSITIVE_INFINITY, broken);
  }
  assert.deepEqual(
    [real(...inside('.5')), real(...inside('5.')), real(...inside('+5')), real(...inside('-.5'))],
    [0.5, 5, 5, -0.5],
  );
});

test('whole numbers are rounded to the nearest, missing where unknown and broken where they do not fit', () => {
  const cases: readonly [string, number][] = [
    ['670.05', 6_700_500],
    ['772.489990234375', 7_724_900],
    ['0.00005', 1],
    ['-0.00004', 0],
    ['-1', -10_000],
    ['', MISSING],
    ['nan', MISSING],
    ['214748.3646', 2_147_483_646],
    ['214748.3648', BROKEN],
    ['1e9', BROKEN],
    ['abc', BROKEN],
  ];
  for (const [text, expected] of cases) assert.equal(whole(...inside(text), 10_000), expected, text);
  assert.ok(Object.is(whole(...inside('-0'), 10_000), 0));
});

test('every date is read in both ways of writing, with or without a time behind it, and again from memory', () => {
  fc.assert(
    fc.property(fc.integer({ min: epochDay('1970-01-01'), max: epochDay('2099-12-31') }), (expected) => {
      const text = isoDate(expected);
      for (const written of [
        text,
        text.replaceAll('-', ''),
        `${text}T10:00`,
        `${text.replaceAll('-', '')} 00:00`,
        text,
      ]) {
        assert.equal(day(...inside(written)), expected, written);
      }
    }),
  );
});

test('what is no date is broken, also right after a date like it', () => {
  assert.equal(day(...inside('2026-02-28')), epochDay('2026-02-28'));
  for (const text of [
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-01-32',
    '202601',
    '2026/01/01',
    '1899-12-31',
    '',
    '2026-1-1',
    '202601011',
    'yyyy-mm-dd',
    '20260x01',
    '0000-00-00',
    '2026-0:-18',
    '2026-01--8',
  ]) {
    assert.equal(day(...inside(text)), BROKEN, text);
  }
});
