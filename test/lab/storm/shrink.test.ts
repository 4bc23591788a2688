import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { shrink } from '../../../agent/lab/storm/shrink.ts';

const ALL = Array.from({ length: 30 }, (_, index) => index);

test('what is left is exactly what is needed, wherever it lies', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: 29 }), { minLength: 1, maxLength: 4 }),
      async (needed) => {
        const left = await shrink(ALL, async (events) => needed.every((one) => events.includes(one)), 10_000);
        assert.deepEqual(
          left,
          [...needed].sort((a, b) => a - b),
        );
      },
    ),
    { numRuns: 50 },
  );
});

test('nothing is left of what fails without any event', async () => {
  assert.deepEqual(await shrink(ALL, async () => true), []);
});

test('a list of which everything is needed stays as it is', async () => {
  assert.deepEqual(await shrink([1, 2, 3], async (events) => events.length === 3), [1, 2, 3]);
});

test('the number of tries is bounded, and what is left still fails', async () => {
  let tries = 0;
  const left = await shrink(
    ALL,
    async (events) => {
      tries += 1;
      return events.includes(17);
    },
    5,
  );
  assert.equal(tries, 5);
  assert.ok(left.includes(17));
});
