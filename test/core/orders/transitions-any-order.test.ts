import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { money, ZERO } from '../../../agent/core/market/money.ts';
import { commissionOf } from '../../../agent/core/orders/executions.ts';
import type { Order } from '../../../agent/core/orders/order.ts';
import type { OrderEvent } from '../../../agent/core/orders/order-event.ts';
import { positionFromFills } from '../../../agent/core/portfolio/ledger.ts';
import type { Position } from '../../../agent/core/portfolio/position.ts';
import {
  AT,
  after,
  CANCEL,
  errorEvent,
  fillEvent,
  SENT,
  sampleFill,
  sampleOrder,
  statusEvent,
  steps,
} from './sample-orders.ts';

interface History {
  readonly local: readonly OrderEvent[];
  readonly broker: readonly OrderEvent[];
}

/** What a broker tells of an order of 10: parts, corrections, commissions, and one of the ways to end. */
const histories: fc.Arbitrary<History> = fc
  .record({
    parts: fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 3 }), cents: fc.integer({ min: 1, max: 2000 }) }), {
      maxLength: 3,
    }),
    corrected: fc.boolean(),
    end: fc.constantFrom('cancelled', 'rejected', 'cancelled by error', 'cancelled here', 'filled', 'filled late'),
    noise: fc.subarray([399, 404, 2109, 10349, 2100]),
    cancel: fc.boolean(),
  })
  .map(({ parts, corrected, end, cancel, noise }) => {
    const broker: OrderEvent[] = [statusEvent('PreSubmitted'), statusEvent('Submitted')];
    for (const code of noise) broker.push(errorEvent(code, false));
    let filled = 0;
    parts.forEach(({ quantity, cents }, i) => {
      if (corrected && i === 0) broker.push(...execution(`a.${i}.01`, 1, cents + 7));
      broker.push(...execution(`a.${i}.${corrected && i === 0 ? '02' : '01'}`, quantity, cents));
      filled += quantity;
      broker.push(statusEvent('Submitted', filled));
    });
    if (cancel) broker.push(statusEvent('PendingCancel', filled));
    if (end === 'cancelled') broker.push(statusEvent('Cancelled', filled), errorEvent(202, true));
    if (end === 'cancelled by error') broker.push(errorEvent(202, true));
    if (end === 'cancelled here') broker.push(statusEvent('ApiCancelled', filled));
    // The exchange was faster than the cancel that the broker had already called done.
    if (end === 'filled late')
      broker.push(
        statusEvent('Cancelled', filled),
        ...execution('z.1.01', 10 - filled, 938),
        statusEvent('Filled', 10),
      );
    if (end === 'rejected') broker.push(statusEvent('Inactive', filled), errorEvent(201, true));
    if (end === 'filled')
      broker.push(...execution('z.1.01', 10 - filled, 938), statusEvent('Filled', 10), statusEvent('Filled', 10));
    return { local: cancel ? [SENT, CANCEL] : [SENT], broker };
  });

function execution(execId: string, quantity: number, cents: number): OrderEvent[] {
  return [
    fillEvent(execId, quantity, cents / 100),
    { kind: 'commission', execId, commission: null, at: AT },
    { kind: 'commission', execId, commission: money((quantity * cents) / 1e4), at: AT },
  ];
}

/** What must not depend on the order of events; the reason in words may. */
function essence({ state, filled, averagePrice, commission, orderId, permId, executions }: Order): unknown {
  return { state, filled, averagePrice, commission, orderId, permId, executions };
}

test('a true history ends the same in any order and with any duplicates, and is never impossible', () => {
  const shuffled = histories.chain((history) =>
    fc.record({
      history: fc.constant(history),
      order: fc.shuffledSubarray([...history.broker], { minLength: history.broker.length }),
      again: fc.shuffledSubarray([...history.broker]),
      at: fc.array(fc.nat(30), { minLength: history.broker.length, maxLength: history.broker.length }),
    }),
  );
  fc.assert(
    fc.property(shuffled, ({ history, order, again, at }) => {
      const mixed = [...order];
      for (const [i, event] of again.entries()) mixed.splice((at[i] ?? 0) % (mixed.length + 1), 0, event);
      const start = sampleOrder({ quantity: 10 });
      const straight = after([...history.local, ...history.broker], start);
      const events = [...history.local, ...mixed];
      assert.deepEqual(essence(after(events, start)), essence(straight));
      assert.deepEqual(
        steps(events, start).filter(({ effect }) => effect === 'impossible'),
        [],
      );
      assert.ok(['filled', 'cancelled', 'rejected'].includes(straight.state));
    }),
    { numRuns: 1500 },
  );
});

test('the position and its costs are the same in any order of the executions, their corrections and their commissions', () => {
  const given = histories.chain(({ local, broker }) =>
    fc.record({
      events: fc.constant([...local, ...broker]),
      mixed: fc.shuffledSubarray([...broker], { minLength: broker.length }).map((order) => [...local, ...order]),
    }),
  );
  fc.assert(
    fc.property(given, ({ events, mixed }) => {
      const start = sampleOrder({ quantity: 10 });
      const position = (order: Order): Position | null =>
        positionFromFills(Object.values(order.executions), (execId) => commissionOf(order, execId) ?? ZERO);
      assert.deepEqual(position(after(mixed, start)), position(after(events, start)));
    }),
    { numRuns: 1000 },
  );
});

test('a combination ends the same in any order of its own line, its legs and their commissions, at a negative price', () => {
  const bag = sampleOrder({ conId: 0, side: 'buy', quantity: 2, limit: money(-1.2) });
  const legs = [
    { execId: 'b.0.01', conId: 0, side: 'buy', quantity: 2, price: money(-1.23) },
    { execId: 'b.1.01', conId: 11, side: 'sell', quantity: 2, price: money(3) },
    { execId: 'b.2.01', conId: 12, side: 'buy', quantity: 2, price: money(1.77) },
  ] as const;
  const events: OrderEvent[] = [
    statusEvent('Submitted'),
    ...legs.map((leg): OrderEvent => ({ kind: 'fill', fill: sampleFill(leg) })),
    ...['b.1.01', 'b.2.01'].map(
      (execId): OrderEvent => ({ kind: 'commission', execId, commission: money(1.3), at: AT }),
    ),
    { kind: 'commission', execId: 'b.0.01', commission: null, at: AT },
    statusEvent('Filled', 2),
  ];
  const mixed = fc.shuffledSubarray(events, { minLength: events.length });
  fc.assert(
    fc.property(mixed, fc.shuffledSubarray(events), (order, again) => {
      const { state, filled, averagePrice, commission } = after([SENT, ...order, ...again], bag);
      assert.deepEqual([state, filled, averagePrice, commission], ['filled', 2, money(-1.23), money(2.6)]);
    }),
    { numRuns: 500 },
  );
});

test('whatever comes, filled is the sum of the valid executions and never goes past the order unnoticed', () => {
  const any = fc.oneof(
    fc.constantFrom<OrderEvent>(
      SENT,
      CANCEL,
      statusEvent('Inactive'),
      statusEvent('Submitted'),
      statusEvent('Filled', 3),
    ),
    fc.constantFrom<OrderEvent>(errorEvent(201, true), errorEvent(202, true), { kind: 'absent', at: AT }),
    fc.constantFrom<OrderEvent>({ kind: 'unanswered', reason: 'none', at: AT }),
    fc
      .record({ id: fc.nat(4), revision: fc.integer({ min: 1, max: 3 }), quantity: fc.integer({ min: 1, max: 2 }) })
      .map(({ id, revision, quantity }) => fillEvent(`a.${id}.0${revision}`, quantity)),
  );
  fc.assert(
    fc.property(fc.array(any, { maxLength: 25 }), (events) => {
      let overfilled = false;
      for (const { order, effect } of steps(events)) {
        const sum = Object.values(order.executions).reduce((total, fill) => total + fill.quantity, 0);
        assert.equal(order.filled, sum);
        if (sum > 3 && !overfilled) assert.equal(effect, 'impossible');
        overfilled ||= sum > 3;
        assert.equal(order.state === 'filled', sum >= 3);
      }
    }),
    { numRuns: 1500 },
  );
});
