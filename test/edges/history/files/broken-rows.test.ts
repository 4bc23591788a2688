import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MISSING } from '../../../../agent/core/market/chain.ts';
import { countsOf, csv, folderWith, readHistory } from './written-files.ts';

const HEADER = 'date,expiration,strike,type,last,delta,iv_pct,volume,open_interest';
const GOOD = '2026-03-20,2026-04-17,100.0,C,1.25,0.5,20.5,3,4';

const BROKEN: Readonly<Record<string, string>> = {
  'an impossible date': GOOD.replace('2026-03-20', '2026-02-30'),
  'a date that is a word': GOOD.replace('2026-03-20', 'yesterday'),
  'no date': GOOD.replace('2026-03-20', ''),
  'an expiration that is none': GOOD.replace('2026-04-17', '2026-4-17'),
  'an expiration no calendar reaches': GOOD.replace('2026-04-17', '2099-04-17'),
  'no strike': GOOD.replace('100.0', ''),
  'a strike of zero': GOOD.replace('100.0', '0'),
  'a negative strike': GOOD.replace('100.0', '-5'),
  'a strike that is not a number': GOOD.replace('100.0', 'nan'),
  'a strike beyond all numbers': GOOD.replace('100.0', '1e300'),
  'no right': GOOD.replace(',C,', ',,'),
  'a right of neither kind': GOOD.replace(',C,', ',X,'),
  'a price with a letter': GOOD.replace('1.25', '1.2S'),
  'a price in hexadecimal': GOOD.replace('1.25', '0x12'),
  'a price with two points': GOOD.replace('1.25', '1.2.5'),
  'an infinite volatility': GOOD.replace('20.5', 'inf'),
  'a delta that is a word': GOOD.replace('0.5', 'half'),
};

for (const [what, row] of Object.entries(BROKEN)) {
  test(`a row with ${what} is rejected alone`, async (t) => {
    const text = csv(HEADER, [GOOD, row, GOOD.replace('100.0', '105')]);
    const { chains, reports } = await readHistory(folderWith(t, { 'KO.csv.gz': text }));
    assert.deepEqual(
      chains.map(({ size }) => size),
      [2],
    );
    assert.deepEqual(reports[0]?.rejected, [{ reason: 'broken value', count: 1, line: 3 }]);
  });
}

test('a row with too few or too many columns is rejected, and a comma too much in quotes as well', async (t) => {
  const text = csv(HEADER, [
    GOOD,
    `${GOOD},9`,
    GOOD.slice(0, -2),
    GOOD.replace('1.25', '"1,25"'),
    ',,,',
    `${GOOD}${',1'.repeat(99)}`,
  ]);
  const { reports } = await readHistory(folderWith(t, { 'KO.csv.gz': text }));
  assert.deepEqual(reports[0]?.rejected, [{ reason: 'wrong number of columns', count: 5, line: 3 }]);
});

test('quotes around fields, Windows line ends, a byte-order mark, empty lines and no line end at the end change nothing', async (t) => {
  const quoted = `\ufeff${[HEADER, GOOD, '', GOOD.replace('100.0', '105')].join('\r\n')}`.replace(',C,', ',"C",');
  const { chains, reports } = await readHistory(folderWith(t, { 'KO.csv': quoted }));
  assert.deepEqual([chains[0]?.size, reports[0]?.rows, reports[0]?.rejected.length], [2, 2, 0]);
});

test('a contract that is there twice is kept once, the first', async (t) => {
  const text = csv(HEADER, [
    GOOD,
    GOOD.replace('1.25', '9.99'),
    GOOD.replace(',C,', ',P,').replace('0.5', '-0.5'),
    GOOD,
  ]);
  const { chains, reports } = await readHistory(folderWith(t, { 'KO.csv.gz': text }));
  assert.deepEqual([...(chains[0]?.last ?? [])], [12_500, 12_500]);
  assert.deepEqual(reports[0]?.rejected, [{ reason: 'same contract or date again', count: 2, line: 3 }]);
});

test('a date that comes back after another one is rejected: nothing may be rewritten from behind', async (t) => {
  const day = (date: string, strike: string) => GOOD.replace('2026-03-20', date).replace('100.0', strike);
  const text = csv(HEADER, [
    day('2026-03-19', '100'),
    day('2026-03-20', '100'),
    day('2026-03-19', '105'),
    day('2026-03-23', '1'),
  ]);
  const { chains, reports } = await readHistory(folderWith(t, { 'KO.csv.gz': text }));
  assert.equal(chains.length, 3);
  assert.deepEqual(reports[0]?.rejected, [{ reason: 'time goes backward', count: 1, line: 4 }]);
});

test('whatever bytes a file holds below its header, every row is kept or rejected, and nothing is thrown', async (t) => {
  const piece = fc.constantFrom(
    GOOD,
    '\n',
    ',',
    '"',
    '\r\n',
    '2026-03-20',
    '2026-04-17',
    'C',
    'P',
    '-1',
    'NaN',
    '1e-05',
    '',
    '\0',
    'é',
    '9'.repeat(40),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(piece, fc.string()), { maxLength: 60 }), async (pieces) => {
      const { chains, reports } = await readHistory(folderWith(t, { 'KO.csv': `${HEADER}\n${pieces.join('')}` }));
      const { rows, kept, rejected } = reports[0] as (typeof reports)[0];
      assert.equal(rows, kept + rejected.reduce((sum, { count }) => sum + count, 0));
      assert.equal(
        chains.reduce((sum, { size }) => sum + size, 0),
        kept,
      );
      for (const chain of chains) {
        assert.ok(chain.strike.every((strike) => strike > 0));
        assert.ok(chain.last.every((last) => last > 0 || last === MISSING));
        assert.ok(chain.delta.every((delta) => Number.isNaN(delta) || Math.abs(delta) <= 1));
      }
    }),
    { numRuns: 150 },
  );
});

test('a delta that the right cannot have is left out', async (t) => {
  const text = csv(HEADER, [
    GOOD.replace('0.5', '-1'),
    GOOD.replace(',C,', ',P,'),
    GOOD.replace('0.5', '1.01').replace('100.0', '101'),
  ]);
  const { chains, reports } = await readHistory(folderWith(t, { 'KO.csv.gz': text }));
  assert.deepEqual(countsOf(reports[0]), { 'delta that its right cannot have': 3 });
  assert.ok(chains[0]?.delta.every(Number.isNaN));
});
