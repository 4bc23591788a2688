import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MessageBudget, type Priority } from '../../../../agent/edges/broker/ib/budget.ts';
import { ManualClock } from '../../../../agent/edges/system/manual/clock.ts';

const KINDS: readonly Priority[] = ['order', 'question', 'marketData'];

test('in no second more messages are sent than allowed, and none is lost', async () => {
  const message = fc.record({ kind: fc.constantFrom(...KINDS), gapMs: fc.integer({ min: 0, max: 400 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(message, { maxLength: 60 }),
      fc.integer({ min: 1, max: 12 }),
      async (messages, perSecond) => {
        const clock = new ManualClock(1_000_000);
        const budget = new MessageBudget(clock, perSecond);
        const sentAt: number[] = [];
        for (const { kind, gapMs } of messages) {
          await clock.advanceTo(clock.now() + gapMs);
          budget.submit(
            kind,
            () => sentAt.push(clock.now()),
            () => assert.fail('dropped'),
          );
        }
        await clock.advanceTo(clock.now() + 200_000);
        assert.equal(sentAt.length, messages.length);
        for (const at of sentAt) {
          assert.ok(sentAt.filter((other) => other > at - 1_000 && other <= at).length <= perSecond);
        }
      },
    ),
    { numRuns: 50 },
  );
});

test('market data leaves a reserve to questions, and questions one to orders', () => {
  const clock = new ManualClock(0);
  const budget = new MessageBudget(clock, 40);
  const sent: Priority[] = [];
  const submit = (kind: Priority) => {
    for (let i = 0; i < 100; i += 1)
      budget.submit(
        kind,
        () => sent.push(kind),
        () => undefined,
      );
  };
  submit('marketData');
  assert.equal(sent.length, 30);
  submit('question');
  assert.equal(sent.length, 36);
  submit('order');
  assert.equal(sent.length, 40);
});

test('a budget without a limit never waits', () => {
  const budget = new MessageBudget(new ManualClock(0), Number.POSITIVE_INFINITY);
  let sent = 0;
  for (let i = 0; i < 1_000; i += 1)
    budget.submit(
      'marketData',
      () => {
        sent += 1;
      },
      () => undefined,
    );
  assert.deepEqual([sent, budget.waiting], [1_000, 0]);
});

test('what waits when the link is lost is dropped, and what was taken back is not sent', async () => {
  const clock = new ManualClock(0);
  const budget = new MessageBudget(clock, 1);
  const heard: string[] = [];
  const submit = (name: string) =>
    budget.submit(
      'order',
      () => heard.push(`${name} sent`),
      () => heard.push(`${name} dropped`),
    );
  submit('a');
  assert.equal(submit('b').cancel(), true);
  submit('c');
  budget.clear();
  await clock.advanceTo(10_000);
  assert.deepEqual(heard, ['a sent', 'c dropped']);
});

test('a pause holds everything back', async () => {
  const clock = new ManualClock(0);
  const budget = new MessageBudget(clock, 40);
  budget.pause(2_000);
  let sentAt = -1;
  budget.submit(
    'order',
    () => {
      sentAt = clock.now();
    },
    () => undefined,
  );
  await clock.advanceTo(5_000);
  assert.equal(sentAt, 2_000);
});
