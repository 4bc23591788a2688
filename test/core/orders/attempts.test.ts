import assert from 'node:assert/strict';
import { test } from 'node:test';
import { money } from '../../../agent/core/market/money.ts';
import { PENNY_ALL } from '../../../agent/core/market/ticks.ts';
import {
  type AttemptsAt,
  attemptObjection,
  attemptsOf,
  nextOf,
  purposeOf,
} from '../../../agent/core/orders/attempts.ts';
import type { Order } from '../../../agent/core/orders/order.ts';
import type { OrderEvent } from '../../../agent/core/orders/order-event.ts';
import type { PricingPlan } from '../../../agent/core/orders/pricing.ts';
import { AT, after, CANCEL, errorEvent, SENT, sampleFill, sampleIntent, sampleOrder } from './sample-orders.ts';

const MINUTE = 60_000;
const PLAN: PricingPlan = {
  ...{ steps: 4, stepMs: 3 * MINUTE, concession: 0.5 },
  ...{ key: 'SPY.put', attempt: 1, wanted: 3, startedAt: AT, worst: money(9.3) },
};
const MAKE_WAY: OrderEvent = { kind: 'cancelRequested', makesWay: true, at: AT };

function attempt(number: number, events: readonly OrderEvent[], quantity = 3): Order {
  const id = `attempt-${number}`;
  const order = sampleOrder({ id, quantity, pricing: { ...PLAN, attempt: number } });
  return after(events, order);
}

function status(word: 'Submitted' | 'Cancelled' | 'Filled' | 'Inactive', filled = 0): OrderEvent {
  return { kind: 'status', status: word, orderId: 7, permId: 900_001, filled, at: AT };
}

function fillOf(number: number, quantity: number): OrderEvent {
  return { kind: 'fill', fill: sampleFill({ execId: `${number}.1.01`, orderRef: `attempt-${number}`, quantity }) };
}

function at(minutes: number, changes: Partial<AttemptsAt> = {}): AttemptsAt {
  const market = { bid: money(9.2), ask: money(9.5) };
  return { now: AT + minutes * MINUTE, market, ticks: PENNY_ALL, confirmed: false, ...changes };
}

const WORKING = attempt(1, [SENT, status('Submitted')]);
const MADE_WAY = attempt(1, [SENT, status('Submitted'), MAKE_WAY, status('Cancelled')]);

const ROWS: readonly [string, readonly Order[], AttemptsAt, string, RegExp][] = [
  ['a young price is left alone', [WORKING], at(2.9), 'nothing', /young/],
  ['a step that is due begins with a cancel', [WORKING], at(3), 'cancel', /step 1 of 4: 9\.34 after 9\.38, never/],
  [
    'a market that goes on falling is not followed twice in one step',
    [MADE_WAY, attempt(2, [SENT, status('Submitted')])],
    at(5, { market: { bid: money(9), ask: money(9.2) } }),
    'nothing',
    /this step has been taken/,
  ],
  ['without a market no step begins', [WORKING], at(3, { market: null }), 'nothing', /no market/],
  [
    'a market that has come up to the price needs no step',
    [WORKING],
    at(3, { market: { bid: money(9.4), ask: money(9.6) } }),
    'nothing',
    /where the step wants it/,
  ],
  ['after the last step it gives up, market or not', [WORKING], at(15, { market: null }), 'cancel', /gave up.*0 of 3/],
  ['a cancel without its answer is asked about', [attempt(1, [SENT, MAKE_WAY])], at(3), 'confirm', /cancelling/],
  ['an order in doubt is asked about', [attempt(1, [SENT, errorEvent(10148, false)])], at(3), 'confirm', /unknown/],
  ['an order without an answer is waited for', [attempt(1, [SENT])], at(3), 'nothing', /not answered/],
  ['a cancel that was told is confirmed first', [MADE_WAY], at(3), 'confirm', /said to be cancelled/],
  ['the next price follows a confirmed cancel', [MADE_WAY], at(3, { confirmed: true }), 'place', /9\.34 after 9\.38/],
  [
    'a confirmed cancel without a market waits',
    [MADE_WAY],
    at(3, { confirmed: true, market: null }),
    'nothing',
    /no m/,
  ],
  ['no step left and nothing works: given up', [MADE_WAY], at(15), 'giveUp', /gave up/],
  [
    'what a person or a halt has cancelled is not sent again',
    [attempt(1, [SENT, status('Submitted'), CANCEL, status('Cancelled')])],
    at(3, { confirmed: true }),
    'nothing',
    /ended/,
  ],
  [
    'a halt after the cancel of a step ends it as well',
    [attempt(1, [SENT, status('Submitted'), MAKE_WAY, CANCEL, status('Cancelled')])],
    at(3, { confirmed: true }),
    'nothing',
    /ended/,
  ],
  [
    'a cancel that meant the end is not turned into a step',
    [attempt(1, [SENT, status('Submitted'), CANCEL, MAKE_WAY, status('Cancelled')])],
    at(3, { confirmed: true }),
    'nothing',
    /ended/,
  ],
  [
    'what was rejected is not sent again',
    [attempt(1, [SENT, errorEvent(201, true)])],
    at(3, { confirmed: true }),
    'nothing',
    /ended: error 201/,
  ],
  ['all filled is done', [attempt(1, [SENT, fillOf(1, 3)])], at(15), 'nothing', /all is filled/],
  [
    'an execution that was claimed and not shown is asked for',
    [attempt(1, [SENT, status('Submitted'), MAKE_WAY, status('Cancelled', 1)])],
    at(3, { confirmed: true }),
    'confirm',
    /executions are missing/,
  ],
  [
    'two that work are a fault',
    [WORKING, attempt(2, [SENT, status('Submitted')])],
    at(3),
    'fault',
    /attempt-1 and attempt-2 work at the same time/,
  ],
  [
    'more filled than wanted is a fault',
    [attempt(1, [SENT, status('Cancelled'), fillOf(1, 2)]), attempt(2, [SENT, fillOf(2, 2)], 2)],
    at(3),
    'fault',
    /4 filled where 3/,
  ],
  [
    'a late fill of the one before takes back what would be too much',
    [after([fillOf(1, 2)], MADE_WAY), attempt(2, [SENT, status('Submitted')])],
    at(3),
    'cancel',
    /late fill/,
  ],
];

for (const [title, attempts, moment, kind, reason] of ROWS) {
  test(title, () => {
    const next = nextOf(attempts, moment);
    assert.equal(next.kind, kind, JSON.stringify(next.reason));
    assert.match(next.reason, reason);
  });
}

test('the next attempt is for what is left, and never better for the other side than what stood unless the step says so', () => {
  const partly = after([fillOf(1, 1)], MADE_WAY);
  const next = nextOf([partly], at(3, { confirmed: true }));
  assert.deepEqual(next.kind === 'place' ? [next.quantity, next.limit] : next.kind, [2, money(9.34)]);
  const up = { bid: money(9.5), ask: money(9.7) };
  const turned = nextOf([partly], at(3, { confirmed: true, market: up }));
  assert.deepEqual(turned.kind === 'place' ? turned.limit : turned.kind, money(9.38));
});

test('a cancel of a step makes way, and that of a late fill or the end does not', () => {
  const step = nextOf([WORKING], at(3));
  const end = nextOf([WORKING], at(15));
  assert.deepEqual(
    [step, end].map((next) => next.kind === 'cancel' && next.makesWay),
    [true, false],
  );
});

test('a further attempt may be sent only when none can fill any more, and only for what is left', () => {
  const second = sampleIntent({ id: 'attempt-2', quantity: 3, pricing: { ...PLAN, attempt: 2 } });
  assert.match(attemptObjection(second, [WORKING]) ?? '', /attempt-1 for the same purpose may still fill/);
  assert.equal(attemptObjection(second, [MADE_WAY]), null);
  const partly = after([fillOf(1, 1)], MADE_WAY);
  assert.match(attemptObjection(second, [partly]) ?? '', /3 where only 2 are still wanted/);
  assert.equal(attemptObjection({ ...second, quantity: 2 }, [partly]), null);
  const claimed = attempt(1, [SENT, status('Submitted'), MAKE_WAY, status('Cancelled', 1)]);
  assert.match(attemptObjection({ ...second, quantity: 2 }, [claimed]) ?? '', /may still fill/);
});

test('attempts are found by what they are for, first to last; an order with one price has none', () => {
  const second = attempt(2, []);
  const other = sampleOrder({ id: 'other', pricing: { ...PLAN, key: 'TSLA.put' } });
  const plain = sampleOrder({ id: 'plain' });
  const purpose = purposeOf(WORKING.intent) ?? '';
  assert.deepEqual(attemptsOf(purpose, [plain, second, other, WORKING]), [WORKING, second]);
  assert.equal(purposeOf(plain.intent), null);
  assert.equal(attemptObjection(plain.intent, [WORKING]), null);
});
