import type { OptionContract } from '../../../agent/core/market/contract.ts';
import { money } from '../../../agent/core/market/money.ts';
import type { Fill } from '../../../agent/core/orders/fill.ts';
import type { Intent } from '../../../agent/core/orders/intent.ts';
import { newOrder, type Order } from '../../../agent/core/orders/order.ts';
import type { OrderEvent, StatusWord } from '../../../agent/core/orders/order-event.ts';
import { type Step, step } from '../../../agent/core/orders/transitions.ts';

export const AT = Date.UTC(2026, 2, 20, 15, 15);
const CON_ID = 4711;
export const PERM_ID = 900_001;

export const PUT_625: OptionContract = {
  kind: 'option',
  symbol: 'SPY',
  tradingClass: 'SPY',
  expiration: '2026-04-24',
  strike: money(625),
  right: 'P',
  multiplier: 100,
};

export function sampleIntent(changes: Partial<Intent> = {}): Intent {
  return {
    id: '260320-execute-putwrite-SPY-P625-260424',
    tradingDay: '2026-03-20',
    task: 'execute',
    strategy: 'put-write',
    instrument: PUT_625,
    conId: CON_ID,
    side: 'sell',
    quantity: 3,
    limit: money(9.38),
    timeInForce: 'DAY',
    decidedAt: AT - 1000,
    quotedAt: AT - 60_000,
    reason: 'scores 76.5',
    ...changes,
  };
}

export function sampleOrder(changes: Partial<Intent> = {}): Order {
  return newOrder(sampleIntent(changes));
}

export function sampleFill(changes: Partial<Fill> = {}): Fill {
  return {
    execId: '0000e0d5.5f1a.01.01',
    orderRef: sampleIntent().id,
    permId: PERM_ID,
    instrument: PUT_625,
    conId: CON_ID,
    side: 'sell',
    quantity: 1,
    price: money(9.38),
    at: AT + 1000,
    ...changes,
  };
}

export function fillEvent(execId: string, quantity: number, price = 9.38): OrderEvent {
  return { kind: 'fill', fill: sampleFill({ execId, quantity, price: money(price) }) };
}

export function statusEvent(status: StatusWord, filled = 0): OrderEvent {
  return { kind: 'status', status, orderId: 7, permId: PERM_ID, filled, at: AT };
}

export function foundEvent(status: StatusWord, filled = 0): OrderEvent {
  return { kind: 'found', status, orderId: 7, permId: PERM_ID, filled, reason: '', at: AT };
}

export function errorEvent(code: number, final: boolean): OrderEvent {
  return { kind: 'error', code, reason: `error ${code}`, final, at: AT };
}

export const SENT: OrderEvent = { kind: 'sent', orderId: 7, at: AT };
export const CANCEL: OrderEvent = { kind: 'cancelRequested', at: AT };
export const UNANSWERED: OrderEvent = { kind: 'unanswered', reason: 'no answer in 10 seconds', at: AT };
export const ABSENT: OrderEvent = { kind: 'absent', at: AT };

/** The steps of a history, the first one from a new order. */
export function steps(events: readonly OrderEvent[], order: Order = sampleOrder()): Step[] {
  const taken: Step[] = [];
  let now = order;
  for (const event of events) {
    const next = step(now, event);
    taken.push(next);
    now = next.order;
  }
  return taken;
}

export function after(events: readonly OrderEvent[], order: Order = sampleOrder()): Order {
  return steps(events, order).at(-1)?.order ?? order;
}
