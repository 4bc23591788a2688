import assert from 'node:assert/strict';
import { test } from 'node:test';
import { money } from '../../../agent/core/market/money.ts';
import { awaitsExecutions, mayStillFill, type OrderState } from '../../../agent/core/orders/order.ts';
import type { OrderEvent, StatusWord } from '../../../agent/core/orders/order-event.ts';
import { step } from '../../../agent/core/orders/transitions.ts';
import {
  ABSENT,
  AT,
  after,
  CANCEL,
  errorEvent,
  fillEvent,
  foundEvent,
  PERM_ID,
  SENT,
  sampleFill,
  sampleOrder,
  statusEvent,
  steps,
  UNANSWERED,
} from './sample-orders.ts';

const STATUS_RESULTS: readonly [StatusWord, OrderState][] = [
  ['PendingSubmit', 'sent'],
  ['PreSubmitted', 'working'],
  ['Submitted', 'working'],
  ['PendingCancel', 'cancelling'],
  ['Cancelled', 'cancelled'],
  ['ApiCancelled', 'cancelled'],
  ['Inactive', 'rejected'],
];

for (const [word, state] of STATUS_RESULTS) {
  test(`a sent order that is reported as ${word} is ${state}`, () => {
    assert.equal(after([SENT, statusEvent(word)]).state, state);
  });
}

const HISTORIES: readonly [string, readonly OrderEvent[], OrderState][] = [
  ['stored and not sent is intended', [], 'intended'],
  ['a part is filled', [SENT, statusEvent('Submitted'), fillEvent('a.1.01', 1)], 'partial'],
  ['all is filled', [SENT, fillEvent('a.1.01', 1), fillEvent('a.2.01', 2)], 'filled'],
  ['Filled without executions waits', [SENT, statusEvent('Submitted'), statusEvent('Filled', 3)], 'working'],
  ['cancel asked', [SENT, statusEvent('Submitted'), CANCEL], 'cancelling'],
  ['filled while cancelling', [SENT, CANCEL, fillEvent('a.1.01', 3)], 'filled'],
  ['filled after Cancelled', [SENT, statusEvent('Cancelled'), fillEvent('a.1.01', 3)], 'filled'],
  ['a part filled after Cancelled', [SENT, statusEvent('Cancelled'), fillEvent('a.1.01', 1)], 'cancelled'],
  ['error 202 cancels', [SENT, statusEvent('Submitted'), errorEvent(202, true)], 'cancelled'],
  ['error 201 rejects', [SENT, errorEvent(201, true)], 'rejected'],
  ['error 201 before Inactive', [SENT, errorEvent(201, true), statusEvent('Inactive')], 'rejected'],
  ['error 201 after Inactive', [SENT, statusEvent('Inactive'), errorEvent(201, true)], 'rejected'],
  ['the rest is rejected', [SENT, fillEvent('a.1.01', 1), errorEvent(201, true)], 'rejected'],
  ['error 110 refuses a new order', [SENT, errorEvent(110, true)], 'rejected'],
  ['error 110 leaves a live order', [SENT, statusEvent('Submitted'), errorEvent(110, true)], 'working'],
  ['error 103 leaves a live order', [SENT, statusEvent('Submitted'), errorEvent(103, true)], 'working'],
  ['held behind a precaution', [SENT, errorEvent(451, true)], 'rejected'],
  ['held, and then sent on by a person: ask', [SENT, errorEvent(10311, true), statusEvent('Submitted')], 'unknown'],
  [
    'held, sent on, and found working',
    [SENT, errorEvent(109, true), statusEvent('Submitted'), foundEvent('Submitted')],
    'working',
  ],
  [
    'a precaution about a change leaves a live order',
    [SENT, statusEvent('Submitted'), errorEvent(383, true)],
    'working',
  ],
  ['no answer', [SENT, UNANSWERED], 'unknown'],
  ['no answer to what may not have been sent', [UNANSWERED], 'unknown'],
  ['no answer to a cancel', [SENT, statusEvent('Submitted'), CANCEL, UNANSWERED], 'unknown'],
  ['no answer to what is filled', [SENT, fillEvent('a.1.01', 3), UNANSWERED], 'filled'],
  ['unknown, then found live', [SENT, UNANSWERED, foundEvent('Submitted')], 'working'],
  ['unknown, then found cancelled', [SENT, UNANSWERED, foundEvent('Cancelled')], 'cancelled'],
  ['unknown, then an execution', [SENT, UNANSWERED, fillEvent('a.1.01', 1)], 'partial'],
  ['unknown, then a late status', [SENT, UNANSWERED, statusEvent('PreSubmitted')], 'working'],
  ['unknown, then nowhere to be found', [SENT, UNANSWERED, ABSENT], 'rejected'],
  ['a live order that is gone', [SENT, statusEvent('Submitted'), ABSENT], 'unknown'],
  ['never sent, found after a restart', [foundEvent('Submitted')], 'working'],
  ['a cancel answered by 10148', [SENT, statusEvent('Submitted'), CANCEL, errorEvent(10148, true)], 'unknown'],
  [
    'the cancel was too late, the order is found live',
    [SENT, CANCEL, errorEvent(10148, true), foundEvent('Submitted')],
    'working',
  ],
  ['live after Inactive is unclear', [SENT, statusEvent('Inactive'), statusEvent('Submitted')], 'unknown'],
  [
    'revived after Inactive, confirmed by a query',
    [SENT, statusEvent('Inactive'), statusEvent('Submitted'), foundEvent('Submitted')],
    'working',
  ],
  ['live after Cancelled is late', [SENT, statusEvent('Cancelled'), statusEvent('Submitted')], 'cancelled'],
  ['found live once after Cancelled', [SENT, statusEvent('Cancelled'), foundEvent('Submitted')], 'unknown'],
  [
    'found live twice after Cancelled',
    [SENT, statusEvent('Cancelled'), foundEvent('Submitted'), foundEvent('Submitted')],
    'working',
  ],
];

for (const [title, events, state] of HISTORIES) {
  test(`${title}: ${state}, and nothing is impossible`, () => {
    const taken = steps(events);
    assert.equal(after(events).state, state);
    assert.deepEqual(
      taken.filter(({ effect }) => effect === 'impossible'),
      [],
    );
  });
}

for (const code of [399, 404, 2109, 10349]) {
  test(`error ${code} leaves the order as it is, even when it is called final`, () => {
    const order = after([SENT, statusEvent('PreSubmitted')]);
    const { order: same, effect } = step(order, errorEvent(code, true));
    assert.equal(effect, 'unchanged');
    assert.equal(same, order);
  });
}

for (const code of [135, 161, 10147, 10148]) {
  test(`error ${code} changes nothing once the order has ended`, () => {
    for (const end of [statusEvent('Cancelled'), errorEvent(201, true), fillEvent('a.1.01', 3)]) {
      assert.equal(step(after([SENT, end]), errorEvent(code, true)).effect, 'unchanged');
    }
  });
}

test('a live order of an earlier day that is nowhere to be found has expired', () => {
  const tomorrow: OrderEvent = { kind: 'absent', at: AT + 86_400_000 };
  const expired = after([SENT, statusEvent('Submitted'), tomorrow]);
  assert.equal(expired.state, 'cancelled');
  assert.equal(after([SENT, statusEvent('Submitted', 1), tomorrow]).state, 'unknown');
});

test('Filled counts nothing before its executions, and says that it waits', () => {
  const waiting = after([SENT, statusEvent('Filled', 3)]);
  assert.equal(waiting.filled, 0);
  assert.ok(awaitsExecutions(waiting) && mayStillFill(waiting));
  const whole = after([fillEvent('a.1.01', 3)], waiting);
  assert.ok(!awaitsExecutions(whole) && !mayStillFill(whole));
});

test('what the broker once claimed or showed as live is not taken back by a late status', () => {
  const late = after([SENT, statusEvent('Submitted', 2), statusEvent('Submitted', 1)]);
  assert.equal(late.facts.claimed, 2);
  assert.equal(after([SENT, statusEvent('Submitted'), statusEvent('PendingSubmit'), ABSENT]).state, 'unknown');
});

test('quantity, average price and commission come from executions alone', () => {
  const order = after([
    SENT,
    fillEvent('a.1.01', 1, 9.4),
    { kind: 'commission', execId: 'a.1.01', commission: money(0.6512), at: AT },
    fillEvent('a.2.01', 2, 9.38),
    { kind: 'commission', execId: 'a.2.01', commission: money(1.3024), at: AT },
    statusEvent('Filled', 3),
  ]);
  assert.equal(order.filled, 3);
  assert.equal(order.averagePrice, money(9.3867));
  assert.equal(order.commission, money(1.9536));
});

test('a corrected execution replaces the one that it corrects, also when it comes first', () => {
  const wrong = fillEvent('a.1.01', 3, 9.38);
  const right = fillEvent('a.1.02', 2, 9.4);
  for (const events of [
    [SENT, wrong, right],
    [SENT, right, wrong],
    [SENT, wrong, right, wrong, right],
  ]) {
    const order = after(events);
    assert.deepEqual([order.filled, order.averagePrice, order.state], [2, money(9.4), 'partial']);
  }
});

test('a commission may come before its execution, twice, or not yet', () => {
  const paid: OrderEvent = { kind: 'commission', execId: 'a.1.01', commission: money(0.65), at: AT };
  const early = after([SENT, paid]);
  assert.equal(early.commission, 0);
  assert.equal(after([fillEvent('a.1.01', 1)], early).commission, money(0.65));
  assert.equal(step(early, paid).effect, 'unchanged');
  assert.equal(step(early, { ...paid, commission: null }).effect, 'unchanged');
});

test('a combination that pays a credit has a negative average price, and its legs do not count as quantity', () => {
  const bag = sampleOrder({ conId: 0, side: 'buy', quantity: 2, limit: money(-1.2) });
  const line = sampleFill({ execId: 'b.0.01', conId: 0, side: 'buy', quantity: 2, price: money(-1.23) });
  const short = sampleFill({ execId: 'b.1.01', conId: 11, side: 'sell', quantity: 2, price: money(3) });
  const long = sampleFill({ execId: 'b.2.01', conId: 12, side: 'buy', quantity: 2, price: money(1.77) });
  const legs = after([SENT, { kind: 'fill', fill: short }], bag);
  assert.deepEqual([legs.state, legs.filled], ['working', 0]);
  const whole = after(
    [
      { kind: 'fill', fill: line },
      { kind: 'fill', fill: long },
    ],
    legs,
  );
  assert.deepEqual([whole.state, whole.filled, whole.averagePrice], ['filled', 2, money(-1.23)]);
});

const IMPOSSIBLE: readonly [string, readonly OrderEvent[], OrderEvent][] = [
  ['sending it again under another id', [SENT], { kind: 'sent', orderId: 8, at: AT }],
  ['another permId', [SENT, statusEvent('Submitted')], { ...statusEvent('Submitted'), permId: 5 } as OrderEvent],
  ['another order id without a permId', [SENT], { ...statusEvent('Submitted'), orderId: 9, permId: 0 } as OrderEvent],
  ['a status with more filled than ordered', [SENT], statusEvent('Submitted', 4)],
  ['a status with NaN filled', [SENT], statusEvent('Submitted', Number.NaN)],
  ['an execution of another intent', [SENT], { kind: 'fill', fill: sampleFill({ orderRef: 'another' }) }],
  ['an execution under another permId', [statusEvent('Submitted')], { kind: 'fill', fill: sampleFill({ permId: 5 }) }],
  ['an execution of another contract', [SENT], { kind: 'fill', fill: sampleFill({ conId: 1 }) }],
  ['an execution of the other side', [SENT], { kind: 'fill', fill: sampleFill({ side: 'buy' }) }],
  ['an execution of a broken quantity', [SENT], { kind: 'fill', fill: sampleFill({ quantity: 0.5 }) }],
  ['one execId with two contents', [SENT, fillEvent('a.1.01', 1)], fillEvent('a.1.01', 2)],
];

for (const [title, before, event] of IMPOSSIBLE) {
  test(`${title} is impossible and leaves the order as it was`, () => {
    const order = after(before);
    const { effect, order: same, reason } = step(order, event);
    assert.equal(effect, 'impossible');
    assert.equal(same, order);
    assert.notEqual(reason, '');
  });
}

test('more filled than ordered is impossible, and is booked all the same', () => {
  const { effect, order } = step(after([SENT, fillEvent('a.1.01', 3)]), fillEvent('a.2.01', 1));
  assert.equal(effect, 'impossible');
  assert.deepEqual([order.filled, order.state], [4, 'filled']);
});

test('a duplicate of anything changes nothing', () => {
  const events = [
    SENT,
    statusEvent('Submitted'),
    fillEvent('a.1.01', 1),
    CANCEL,
    statusEvent('PendingCancel', 1),
    errorEvent(202, true),
  ];
  let order = sampleOrder();
  for (const event of events) {
    order = step(order, event).order;
    assert.deepEqual(step(order, event).order, order);
    assert.equal(step(order, event).effect, 'unchanged');
  }
  assert.equal(order.permId, PERM_ID);
  assert.equal(order.orderId, 7);
});
