import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultOf } from '../../../../agent/lab/exchange/faults/fault.ts';
import { connectIb } from '../server/ib-client.ts';
import { connectRaw, isError, isId, type Message, placeOrderFields, type RawClient } from '../server/raw-client.ts';
import { stepUntil } from '../server/stand.ts';
import { type Desk, errors, far, heard, ids, LIMIT, near, pass, place, startDesk, statuses } from './desk.ts';

const WHAT_IF = 84;

const executionsOf = (client: RawClient, from = 0): Message[] =>
  client.received.slice(from).filter((message) => message[0] === '11');

function cancel({ client }: Desk, orderId = 1): void {
  client.send(4, 1, orderId, '');
}

test(
  'fillPlan: an order fills in the steps, at the prices and after the delays of its plan, and not by the market',
  LIMIT,
  async (t) => {
    const desk = await startDesk(t);
    desk.faults.set(faultOf('fillPlan', { ref: 'mine', steps: '1@7.25+1000;1+2000' }));
    const limit = near(desk);
    place(desk, { quantity: 3, limit });
    place(desk, { orderId: 2, limit, ref: 'other' });
    await heard(desk.client);
    await pass(desk, 999);
    assert.deepEqual(executionsOf(desk.client), []);
    await pass(desk, 1);
    await desk.client.next(isId(11));
    await pass(desk, 2000);
    await stepUntil(desk, () => statuses(desk.client).includes('Filled 2'));
    const mine = executionsOf(desk.client).filter((message) => message[26] === 'mine');
    assert.deepEqual(
      mine.map((message) => [message[19], message[20]]),
      [
        ['1', '7.25'],
        ['1', String(limit)],
      ],
    );
    const order = desk.exchange.book.openOrders()[0];
    assert.deepEqual([order?.request.orderRef, order?.filled, order?.status], ['mine', 2, 'Submitted']);
  },
);

test('fillPlan: without steps nothing ever fills, until the plan is cleared', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('fillPlan'));
  place(desk, { limit: near(desk) - 1 });
  await heard(desk.client);
  for (let i = 0; i < 20; i += 1) await pass(desk, 60_000);
  assert.equal(desk.exchange.book.executions().length, 0);
  desk.faults.clear('fillPlan');
  await stepUntil(desk, () => desk.exchange.book.executions().length > 0);
});

test('legOnlyFill: one leg of a combination is told, the others later; who asks hears of all', LIMIT, async (t) => {
  const desk = await startDesk(t);
  const ib = await connectIb(t, desk.port, 2);
  const other = desk.put(30);
  desk.faults.set(faultOf('fillPlan', { steps: '1' }));
  desk.faults.set(faultOf('legOnlyFill', { leg: 2, ms: 5000 }));
  ib.api.placeOrder(
    ib.nextId,
    {
      symbol: 'SPY',
      secType: 'BAG' as never,
      currency: 'USD',
      exchange: 'SMART',
      comboLegs: [
        { conId: desk.option.conId, ratio: 1, action: 'SELL' as never, exchange: 'SMART' },
        { conId: other.conId, ratio: 1, action: 'BUY' as never, exchange: 'SMART' },
      ],
    },
    { action: 'BUY' as never, totalQuantity: 1, orderType: 'LMT' as never, lmtPrice: -0.5, tif: 'DAY', transmit: true },
  );
  await ib.next('openOrder');
  await pass(desk, 1);
  await ib.next('execDetails');
  const legs = () => ib.of('execDetails').map(({ args }) => (args[1] as { conId?: number }).conId);
  await ib.next('orderStatus', (_id: number, status: string) => status === 'Filled');
  assert.deepEqual(legs(), [other.conId]);
  const asked = await connectRaw(t, desk.port, 3);
  asked.send(7, 3, 9, 2, '', '', '', '', '', '');
  await asked.next(isId(55));
  assert.equal(executionsOf(asked).length, 3);
  await pass(desk, 5000);
  await ib.next('execDetails', (_: number, contract: { conId: number }) => contract.conId === desk.option.conId);
  assert.equal(legs().length, 3);
});

test('fillAfterCancel: an order that was told cancelled fills all the same', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('fillAfterCancel', { ms: 700, quantity: 1 }));
  place(desk);
  cancel(desk);
  await desk.client.next(isError(202));
  const from = desk.client.received.length;
  await pass(desk, 700);
  await desk.client.next(isId(59), from);
  assert.equal(executionsOf(desk.client, from)[0]?.[19], '1');
  assert.deepEqual(statuses(desk.client, from), ['Cancelled 1']);
  assert.equal(desk.exchange.book.positions('DU0000001')[0]?.quantity, -1);
});

test('cancelAck: a cancel is obeyed late, and the order may fill until then', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('cancelAck', { mode: 'delay', ms: 30_000 }));
  desk.faults.set(faultOf('fillPlan', { steps: '1+10000' }));
  place(desk);
  const from = desk.client.received.length;
  cancel(desk);
  cancel(desk);
  await heard(desk.client);
  assert.deepEqual(statuses(desk.client, from).at(-1), 'PendingCancel 0');
  await pass(desk, 29_999);
  assert.equal(desk.exchange.book.openOrders()[0]?.filled, 1);
  await pass(desk, 1);
  await desk.client.next(isError(202), from);
  assert.equal(statuses(desk.client, from).at(-1), 'Cancelled 1');
  assert.deepEqual(errors(desk.client, from), [202]);
});

test('cancelAck: a cancel of everything leaves the order that never acknowledges', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('cancelAck', { mode: 'none', ref: 'stubborn' }));
  place(desk, { ref: 'stubborn' });
  place(desk, { orderId: 2 });
  desk.client.send(58, 1);
  await desk.client.next(isError(202));
  await pass(desk, 600_000);
  assert.deepEqual(
    desk.exchange.book.openOrders().map(({ request }) => request.orderRef),
    ['stubborn'],
  );
});

test('cancelAck: outside the session a cancel is obeyed at the open', LIMIT, async (t) => {
  const desk = await startDesk(t);
  await pass(desk, 7 * 3_600_000);
  desk.faults.set(faultOf('cancelAck', { mode: 'atOpen' }));
  place(desk);
  cancel(desk);
  await heard(desk.client);
  await pass(desk, 3 * 86_400_000 - 8 * 3_600_000 + 30 * 60_000 - 1);
  assert.equal(desk.exchange.book.openOrders().length, 1);
  await pass(desk, 3_600_000);
  assert.equal(desk.exchange.book.completedOrders().at(-1)?.status, 'Cancelled');
});

test('cancelRefused: a cancel is answered with a code, and the order goes on', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('cancelRefused', { code: 10147 }));
  place(desk);
  cancel(desk);
  assert.equal((await desk.client.next(isError(10147)))[2], '1');
  assert.equal(desk.exchange.book.openOrders().length, 1);
});

test('rejectPlan: error and status come in each order, or one of them not at all', LIMIT, async (t) => {
  const expected = { error: [4], errorThenInactive: [4, 5, 3], inactiveThenError: [5, 3, 4], inactive: [5, 3] };
  for (const [form, messages] of Object.entries(expected)) {
    const desk = await startDesk(t);
    desk.faults.set(faultOf('rejectPlan', { form: form as 'error' }));
    const from = desk.client.received.length;
    place(desk);
    await heard(desk.client);
    assert.deepEqual(ids(desk.client, from), [...messages, 49], form);
    assert.deepEqual(statuses(desk.client, from), form === 'error' ? [] : ['Inactive 0']);
    assert.deepEqual(errors(desk.client, from), form === 'inactive' ? [] : [201]);
    assert.equal(desk.exchange.book.openOrders().length, 0);
  }
});

test('rejectPlan: the rest of an order that filled in part is rejected later', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('fillPlan', { steps: '1+100' }));
  desk.faults.set(faultOf('rejectPlan', { form: 'inactiveThenError', ms: 500 }));
  place(desk);
  await heard(desk.client);
  await pass(desk, 500);
  await desk.client.next(isError(201));
  assert.deepEqual(statuses(desk.client).slice(-2), ['Submitted 1', 'Inactive 1']);
});

test(
  'commissionFirst: the commission comes before its execution, at first without amounts if so set',
  LIMIT,
  async (t) => {
    const desk = await startDesk(t);
    desk.faults.set(faultOf('fillPlan', { steps: '1+10' }));
    desk.faults.set(faultOf('commissionFirst', { unset: true, ms: 2000 }));
    place(desk);
    await heard(desk.client);
    const from = desk.client.received.length;
    await pass(desk, 10);
    await desk.client.next(isId(11), from);
    const [first, second] = desk.client.received.slice(from).filter(({ 0: id }) => id === '59' || id === '11');
    assert.deepEqual([first?.[0], second?.[0]], ['59', '11']);
    assert.equal(first?.[3], '1.7976931348623157E308');
    const later = desk.client.received.length;
    await pass(desk, 2000);
    assert.ok(Number((await desk.client.next(isId(59), later))[3]) > 0);
  },
);

test('execCorrection: a revision supersedes an execution, in the account as well', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('fillPlan', { steps: '1@5+10' }));
  desk.faults.set(faultOf('execCorrection', { ms: 1000, by: -0.25 }));
  place(desk, { quantity: 1 });
  await heard(desk.client);
  await pass(desk, 10);
  const first = await desk.client.next(isId(11));
  const cash = desk.exchange.book.figures('DU0000001').cash;
  await pass(desk, 1000);
  const second = await desk.client.next(isId(11), desk.client.received.indexOf(first) + 1);
  assert.deepEqual([first[14]?.slice(-3), second[14]?.slice(-3)], ['.01', '.02']);
  assert.equal(second[14]?.slice(0, -3), first[14]?.slice(0, -3));
  assert.deepEqual([first[20], second[20]], ['5', '4.75']);
  assert.equal(desk.exchange.book.figures('DU0000001').cash - cash, -25 * 10_000);
  assert.equal(desk.exchange.book.positions('DU0000001')[0]?.averagePrice, 47_500);
  assert.equal(desk.exchange.book.executions().length, 1);
});

test('whatIfUnset: a preview without margins, and the real one later', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('whatIfUnset', { ms: 1500 }));
  const order = {
    orderId: 1,
    conId: desk.option.conId,
    action: 'SELL',
    quantity: 1,
    limit: far(desk),
    ref: '',
  } as const;
  desk.client.send(...placeOrderFields(order).with(WHAT_IF, 1));
  const first = await desk.client.next(isId(5));
  assert.equal(first.filter((field) => field === '1.7976931348623157E308').length >= 12, true);
  const from = desk.client.received.length;
  await pass(desk, 1500);
  const second = await desk.client.next(isId(5), from);
  assert.ok(second.filter((field) => field === '1.7976931348623157E308').length < 9);
  assert.equal(second.length, first.length);
});

test('assignment: a short put goes and its shares come at the strike, later if so set', LIMIT, async (t) => {
  const desk = await startDesk(t);
  desk.faults.set(faultOf('fillPlan', { steps: '2' }));
  place(desk);
  await heard(desk.client);
  await pass(desk, 1);
  desk.client.send(61, 1);
  await desk.client.next(isId(62));
  const from = desk.client.received.length;
  desk.faults.set(faultOf('assignment', { quantity: 1, sharesMs: 1000 }));
  assert.equal((await desk.client.next(isId(61), from))[15 - 1], '-1');
  await pass(desk, 1000);
  const shares = await desk.client.next((message) => message[0] === '61' && message[5] === 'STK', from);
  const strike = desk.option.instrument.kind === 'option' ? desk.option.instrument.strike / 10_000 : 0;
  assert.deepEqual(shares.slice(-2), ['100', String(strike)]);
  assert.equal(
    desk.exchange.book.positions('DU0000001').find(({ conId }) => conId === desk.option.conId)?.quantity,
    -1,
  );
});

test('manualOrder and manualCancel: orders come and go by somebody else’s hand', LIMIT, async (t) => {
  const desk = await startDesk(t);
  place(desk);
  await heard(desk.client);
  desk.faults.set(faultOf('manualOrder', { conId: desk.option.conId, side: 'buy', quantity: 3, limit: 0.05 }));
  const from = desk.client.received.length;
  desk.client.send(16, 1);
  await desk.client.next(isId(53), from);
  const open = desk.client.received.slice(from).filter(isId(5));
  assert.deepEqual(
    open.map((message) => [message[23], message[24]]),
    [
      ['mine', '1'],
      ['', '0'],
    ],
  );
  desk.faults.set(faultOf('manualCancel'));
  await desk.client.next(isError(202), from);
  assert.deepEqual(desk.exchange.book.openOrders(), []);
});
