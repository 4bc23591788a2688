import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type IdentityParts, intentId, LONGEST_ID } from '../../../agent/core/orders/identity.ts';

const PARTS: IdentityParts = {
  tradingDay: '2026-03-20',
  task: 'execute',
  strategy: 'put-write',
  key: 'SPY   260424P00625000',
  attempt: 1,
};

test('an identity reads as day, task, strategy and contract', () => {
  assert.equal(intentId(PARTS), '260320-execute-putwrite-SPY-P625-260424');
});

test('the same parts give the same identity, and a second attempt another one', () => {
  assert.equal(intentId(PARTS), intentId({ ...PARTS }));
  assert.notEqual(intentId(PARTS), intentId({ ...PARTS, attempt: 2 }));
});

test('a half-dollar strike keeps its decimals', () => {
  assert.equal(
    intentId({ ...PARTS, key: 'F     260424C00012500', strategy: 'call' }),
    '260320-execute-call-F-C12.5-260424',
  );
});

test('what does not fit ends in a hash of all parts', () => {
  const long = { ...PARTS, task: 'strategy-execution' };
  assert.match(intentId(long), /^260320-strategyexecution-putwri-[0-9a-z]{8}$/);
  assert.notEqual(intentId(long), intentId({ ...long, key: 'SPY   260424P00626000' }));
});

test('an identity is printable ASCII of at most 40 characters, and two of them are equal only for the same parts', () => {
  const letter = fc.constantFrom('a', 'b', '-', '_', '.', '2', 'é', ' ');
  const word = fc
    .string({ minLength: 1, maxLength: 12, unit: letter })
    .filter((text) => text.replaceAll('-', '') !== '');
  const parts = fc.record({
    tradingDay: fc.constantFrom('2026-03-20', '2026-03-23'),
    task: word,
    strategy: word,
    key: fc.oneof(word, fc.constantFrom('a-2', 'a', 'SPY   260424P00625000', 'SPY-P625-260424')),
    attempt: fc.integer({ min: 1, max: 3 }),
  });
  const withoutHyphens = (text: string): string => text.replaceAll('-', '');
  const plain = ({ tradingDay, task, strategy, key, attempt }: IdentityParts): string =>
    [tradingDay, withoutHyphens(task), withoutHyphens(strategy), key, attempt].join('\n');
  const seen = new Map<string, string>();
  fc.assert(
    fc.property(parts, (given) => {
      const id = intentId(given);
      assert.match(id, /^[\x21-\x7e]+$/);
      assert.ok(id.length <= LONGEST_ID);
      assert.equal(seen.get(id) ?? plain(given), plain(given));
      seen.set(id, plain(given));
    }),
    { numRuns: 20_000 },
  );
});

for (const broken of [
  { task: '' },
  { strategy: '' },
  { key: '' },
  { attempt: 0 },
  { attempt: 1.5 },
  { tradingDay: '20260320' },
]) {
  test(`an identity is refused with ${JSON.stringify(broken)}`, () => {
    assert.throws(() => intentId({ ...PARTS, ...broken }), RangeError);
  });
}
