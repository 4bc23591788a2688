import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { money } from '../../../agent/core/market/money.ts';
import type { Order } from '../../../agent/core/orders/order.ts';
import type { OrderEvent } from '../../../agent/core/orders/order-event.ts';
import { AT, after, CANCEL, errorEvent, fillEvent, SENT, sampleOrder, statusEvent, steps } from './sample-orders.ts';

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
    end: fc.constantFrom('cancelled', 'rejected', 'cancelled by error', 'filled'),
    cancel: fc.boolean(),
  })
  .map(({ parts, corrected, end, cancel }) => {
    const broker: OrderEvent[] = [statusEvent('PreSubmitted'), statusEvent('Submitted')];
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
    if (end === 'rejected') broker.push(statusEvent('Inactive', filled), errorEvent(201, true));
    if (end === 'filled')
      broker.push(...execution('z.1.01', 10 - filled, 938), statusEvent('Filled', 10), statusEvent('Filled', 10));
    return { local: cancel ? [SENT, CANCEL] : [SENT], broker };
  });

function execution(execId: string, quantity: number, cents: number): OrderEvent[] {
  return [
    fillEvent(execId, quantity, cents / 100),
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
