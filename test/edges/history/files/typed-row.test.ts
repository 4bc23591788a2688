import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CALL, MISSING, PUT } from '../../../../agent/core/market/chain.ts';
import { BROKEN, day, real, whole } from '../../../../agent/edges/history/files/fields.ts';
import { RowScanner } from '../../../../agent/edges/history/files/row-scanner.ts';
import { type Kind, TypedRow } from '../../../../agent/edges/history/files/typed-row.ts';

const KINDS: readonly Kind[] = ['date', 'date', 'money', 'right', 'real', 'skipped', 'count', 'text', 'real', 'money'];

/** What fields.ts says of a field by itself. */
function expected(kind: Kind, text: string): number | string {
  const bytes = Buffer.from(text, 'latin1');
  switch (kind) {
    case 'date':
      return day(bytes, 0, bytes.length);
    case 'money':
      return whole(bytes, 0, bytes.length, 10_000);
    case 'count':
      return whole(bytes, 0, bytes.length, 1);
    case 'real':
      return real(bytes, 0, bytes.length);
    case 'right':
      return /^c/i.test(text) ? CALL : /^p/i.test(text) ? PUT : BROKEN;
    default:
      return kind === 'text' ? text : '';
  }
}

function found(row: TypedRow, scan: RowScanner): (number | string)[] {
  return KINDS.map((kind, column) => {
    if (kind === 'text') return scan.text(column);
    if (kind === 'skipped') return '';
    return (kind === 'real' ? row.real : row.whole)[column] as number;
  });
}

/** Line, and the values of a row that fits. */
type Read = readonly [line: number, values: readonly (number | string)[] | null];

function readAll(text: string, sizes: readonly number[]): Read[] {
  const bytes = Buffer.from(text, 'latin1');
  const scan = new RowScanner();
  const row = new TypedRow(KINDS);
  const all: Read[] = [];
  const take = (): void => {
    while (row.next(scan)) all.push([scan.line, row.fits ? found(row, scan) : null]);
  };
  for (let at = 0, n = 0; at < bytes.length; n += 1) {
    const size = sizes[n % sizes.length] as number;
    scan.push(bytes.subarray(at, at + size));
    at += size;
    take();
  }
  scan.finish();
  take();
  return all;
}

function expectedOf(lines: readonly string[]): Read[] {
  return lines.flatMap((line, index): Read[] => {
    if (line === '') return [];
    const fields = line.split(',');
    const fits = fields.length === KINDS.length;
    return [[index + 1, fits ? fields.map((field, column) => expected(KINDS[column] as Kind, field)) : null]];
  });
}

const number = fc.oneof(
  fc.tuple(fc.integer({ min: -2e9, max: 2e9 }), fc.nat({ max: 9 })).map(([n, places]) => (n / 1e4).toFixed(places)),
  fc.integer({ min: -2_147_483_648, max: 2_147_483_647 }).map(String),
  fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map(String),
  fc.constantFrom('0', '-0', '-0.00', '', '.5', '5.', '-', '.', 'nan', '1e3', ' 7', '000000000000001', '214748.3648'),
);
const date = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('2026-03-20', '2026-03-27') },
  fc.constantFrom('20260320', '2026-02-30', '2026-03-20 16:00', '', '\0\0\0\0\0\0\0\0\0\0', '0000-00-00', '2026-03-2'),
);
const word = fc.constantFrom('C', 'P', 'call', 'PUT', 'x', '', 'SPY', 'a b', '\r', 'é');
const usual = fc.tuple(...KINDS.map((kind) => (kind === 'date' ? date : /right|text/.test(kind) ? word : number)));
const odd = fc.array(fc.oneof(number, word), { maxLength: 12 });
const line = fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: odd }).map((fields) => fields.join(','));
const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 });

test('a row reads the same in one pass as field by field, wherever the bytes are cut, and keeps its line', () => {
  const file = fc.tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), sizes, fc.boolean());
  fc.assert(
    fc.property(file, ([lines, end, cuts, closed]) => {
      // A carriage return at the very end of a line belongs to the line's end.
      const clean = lines.map((text) => text.replace(/\r+$/, ''));
      const text = clean.join(end) + (closed ? end : '');
      assert.deepEqual(readAll(text, cuts), expectedOf(clean));
    }),
    { numRuns: 1500 },
  );
});

test('quotes around fields change nothing', () => {
  const plain = '2026-03-16,2026-03-20,540.5,C,0.25,,12,SPY,-1.5,3';
  const quoted = plain.replace(/[^,]+/g, '"$&"');
  const [[, a], [, b], [, c]] = readAll(`${plain}\n${quoted}\n${plain}\n`, [1e6]) as [Read, Read, Read];
  assert.deepEqual(a, expectedOf([plain])[0]?.[1]);
  assert.deepEqual(b, a);
  assert.deepEqual(c, a);
});

test('a date is not taken for the one before it after a row that was taken apart', () => {
  const lines = ['2026-03-16,2026-03-20', '2026-03-17,', '2026-03-16,2026-03-20'].map(
    (begin) => `${begin},1,C,1,,1,x,1,1`,
  );
  assert.deepEqual(readAll(lines.join('\n'), [1e6]), expectedOf(lines));
});

test('the value of a column that is not there is unknown', () => {
  const row = new TypedRow(KINDS);
  assert.equal(row.whole[KINDS.length], MISSING);
  assert.ok(Number.isNaN(row.real[KINDS.length]));
});
