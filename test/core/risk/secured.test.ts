import assert from 'node:assert/strict';
import { test } from 'node:test';
import { money } from '../../../agent/core/market/money.ts';
import { workingOrders } from '../../../agent/core/risk/exposure.ts';
import { assignmentCash, freeCash, securedCash } from '../../../agent/core/risk/secured.ts';
import {
  after,
  errorEvent,
  fillEvent,
  PUT_625,
  SENT,
  sampleOrder,
  statusEvent,
  UNANSWERED,
} from '../orders/sample-orders.ts';

const SHORT = { instrument: PUT_625, quantity: -2 };
const LIMITS = { maxSecuredPerSymbol: money(200_000), maxSecuredTotal: money(300_000) };

test('assignment of a short put takes strike × multiplier × contracts', () => {
  assert.equal(assignmentCash(SHORT), money(125_000));
});

test('long puts, calls and shares take no cash at assignment', () => {
  assert.equal(assignmentCash({ instrument: PUT_625, quantity: 2 }), 0);
  assert.equal(assignmentCash({ instrument: { ...PUT_625, right: 'C' }, quantity: -2 }), 0);
  assert.equal(assignmentCash({ instrument: { kind: 'stock', symbol: 'SPY' }, quantity: -100 }), 0);
});

test('a long put and a working purchase secure nothing, a working sale needs cash', () => {
  const long = { instrument: { ...PUT_625, strike: money(600) }, quantity: 2 };
  const buy = { id: '', instrument: PUT_625, side: 'buy', remaining: 2 } as const;
  const sale = { id: '', instrument: PUT_625, side: 'sell', remaining: 1 } as const;
  const secured = securedCash([SHORT, long], [buy, sale]);
  assert.equal(secured.total, money(187_500));
  assert.deepEqual([...secured.bySymbol], [['SPY', money(187_500)]]);
});

test('free cash is the tightest of cash, symbol limit and total limit, never negative, unknown when cash is', () => {
  const secured = securedCash([SHORT], []);
  const free = (cash: number | null, symbol = 'SPY') =>
    freeCash({ cash: cash === null ? null : money(cash), secured, symbol, ...LIMITS });
  assert.equal(free(150_000), money(25_000));
  assert.equal(free(900_000), money(75_000));
  assert.equal(free(900_000, 'TSLA'), money(175_000));
  assert.equal(free(100_000), money(0));
  assert.equal(free(null), null);
});

test('an order counts with what it may still fill or has filled unseen, also when its fate is unknown', () => {
  const partial = after([SENT, statusEvent('Submitted'), fillEvent('a.1.01', 1)]);
  const unknown = after([SENT, UNANSWERED]);
  const ended = [after([SENT, statusEvent('Cancelled')]), after([SENT, errorEvent(201, true)])];
  const whole = after([SENT, fillEvent('a.1.01', 3)]);
  const notShown = after([SENT, statusEvent('Cancelled', 2), fillEvent('a.1.01', 1)]);
  const working = workingOrders([sampleOrder(), partial, unknown, ...ended, whole, notShown]);
  assert.deepEqual(
    working.map(({ remaining }) => remaining),
    [3, 2, 3, 1],
  );
});
