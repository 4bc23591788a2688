import assert from 'node:assert/strict';
import { test } from 'node:test';
import { money, times } from '../../agent/core/market/money.ts';
import { granted, type NewTrader, nextId, of, quotedPut, type Stage, stage, ticketFor } from './broker-stage.ts';

const SWEEP = money(0.5);

/** Steps the market until something holds; markets move, so that a few steps always do. */
async function stepUntil(at: Stage, what: string, condition: () => boolean): Promise<void> {
  for (let step = 0; step < 60; step += 1) {
    if (condition()) return;
    await at.step();
  }
  assert.fail(`it never happened that ${what}`);
}

/** Orders, what becomes of them, and the account. */
export function orderFacts(name: string, newTrader: NewTrader): void {
  fillFacts(name, newTrader);
  partFacts(name, newTrader);
  cancelFacts(name, newTrader);
  rejectFacts(name, newTrader);
  accountFacts(name, newTrader);
  comboFacts(name, newTrader);
}

function fillFacts(name: string, newTrader: NewTrader): void {
  test(`${name}: an order is accepted, fills on a later quote only, and becomes a position with its commission`, async (t) => {
    const at = await stage(t, newTrader);
    const put = await quotedPut(at);
    const id = nextId(at);
    const ticket = ticketFor(put, { limit: money((put.quote.ask + SWEEP) / 10_000) });
    granted(await at.broker.place(id, ticket));
    await at.settled();
    assert.equal(of(at.events, 'fill').length, 0);
    assert.equal(of(at.events, 'orderStatus').at(-1)?.status, 'Submitted');
    assert.ok((at.broker.nextOrderId ?? 0) > id);
    await stepUntil(at, 'it fills', () => of(at.events, 'orderStatus').at(-1)?.status === 'Filled');

    const [fill] = of(at.events, 'fill').map((event) => event.fill);
    assert.ok(fill !== undefined);
    assert.deepEqual(
      [fill.orderRef, fill.instrument, fill.conId, fill.side, fill.quantity],
      [ticket.orderRef, put.option, put.listed.conId, 'buy', 1],
    );
    assert.ok(fill.price <= (ticket.limit ?? 0));
    const [commission] = of(at.events, 'commission');
    assert.equal(commission?.execId, fill.execId);
    assert.ok((commission?.commission ?? 0) > 0);
    const kinds = at.events.map((event) => event.kind);
    assert.ok(kinds.indexOf('orderStatus') < kinds.indexOf('fill'));
    assert.ok(kinds.indexOf('fill') < kinds.indexOf('commission'));
    for (const status of of(at.events, 'orderStatus')) {
      assert.deepEqual([status.orderId, status.orderRef, status.permId], [id, ticket.orderRef, fill.permId]);
    }
    assert.equal(of(at.events, 'orderStatus').at(-1)?.averagePrice, fill.price);

    const positions = granted(await at.broker.positions());
    assert.deepEqual(
      positions.map((position) => [position.instrument, position.conId, position.quantity]),
      [[put.option, put.listed.conId, 1]],
    );
    assert.equal(positions[0]?.averagePrice, fill.price);
    assert.deepEqual(granted(await at.broker.executions()), [fill]);
    assert.deepEqual(granted(await at.broker.openOrders()), []);
    const [completed] = granted(await at.broker.completedOrders());
    assert.deepEqual(
      [completed?.orderRef, completed?.permId, completed?.status, completed?.filled],
      [ticket.orderRef, fill.permId, 'Filled', 1],
    );
  });
}

function partFacts(name: string, newTrader: NewTrader): void {
  test(`${name}: an order larger than the market fills in parts that add up`, async (t) => {
    const at = await stage(t, newTrader);
    const put = await quotedPut(at);
    const quantity = (put.quote.askSize ?? 1) * 3;
    const limit = money((put.quote.ask + SWEEP) / 10_000);
    granted(await at.broker.place(nextId(at), ticketFor(put, { quantity, limit })));
    await stepUntil(at, 'a part is filled', () => of(at.events, 'fill').length > 0);
    const [open] = granted(await at.broker.openOrders());
    const filled = of(at.events, 'fill').reduce((sum, event) => sum + event.fill.quantity, 0);
    assert.ok(filled > 0 && filled < quantity);
    assert.deepEqual([open?.filled, open?.quantity, open?.limit], [filled, quantity, limit]);
    const status = of(at.events, 'orderStatus').at(-1);
    assert.deepEqual([status?.filled, status?.remaining, status?.status], [filled, quantity - filled, 'Submitted']);
    await stepUntil(at, 'all is filled', () => of(at.events, 'orderStatus').at(-1)?.status === 'Filled');
    const fills = of(at.events, 'fill').map((event) => event.fill);
    assert.equal(
      fills.reduce((sum, fill) => sum + fill.quantity, 0),
      quantity,
    );
    assert.equal(new Set(fills.map((fill) => fill.execId)).size, fills.length);
    assert.equal(of(at.events, 'commission').length, fills.length);
  });
}

function cancelFacts(name: string, newTrader: NewTrader): void {
  test(`${name}: a cancelled order is told as cancelled and works no more`, async (t) => {
    const at = await stage(t, newTrader);
    const put = await quotedPut(at);
    const id = nextId(at);
    granted(await at.broker.place(id, ticketFor(put, { limit: money(0.05) })));
    await at.settled();
    const [open] = granted(await at.broker.openOrders());
    assert.deepEqual(
      [open?.orderId, open?.orderRef, open?.instrument, open?.side, open?.limit, open?.status],
      [id, 'day/enter/put-write/1', put.option, 'buy', money(0.05), 'Submitted'],
    );
    granted(await at.broker.cancel(id));
    await at.settled();
    assert.equal(of(at.events, 'orderStatus').at(-1)?.status, 'Cancelled');
    assert.deepEqual(granted(await at.broker.openOrders()), []);
    const cancelled = of(at.events, 'orderError').find((event) => event.code === 202);
    assert.deepEqual([cancelled?.orderId, cancelled?.final], [id, true]);
    await at.broker.cancel(id);
    await at.settled();
    const again = of(at.events, 'orderError').at(-1);
    assert.deepEqual([again?.orderId, again?.final], [id, false]);
  });

  test(`${name}: cancel all leaves no order working`, async (t) => {
    const at = await stage(t, newTrader);
    const put = await quotedPut(at);
    for (const leg of [1, 2, 3]) {
      const ticket = ticketFor(put, { orderRef: `day/enter/put-write/${leg}`, limit: money(0.05) });
      granted(await at.broker.place(nextId(at), ticket));
    }
    await at.settled();
    assert.equal(granted(await at.broker.openOrders()).length, 3);
    granted(await at.broker.cancelAll());
    await at.settled();
    assert.deepEqual(granted(await at.broker.openOrders()), []);
    assert.equal(of(at.events, 'orderStatus').filter((event) => event.status === 'Cancelled').length, 3);
  });
}

function rejectFacts(name: string, newTrader: NewTrader): void {
  const wrongs = [
    [110, 'a price between two ticks', { limit: money(1.0001) }],
    [201, 'what the account cannot carry', { side: 'sell', quantity: 5_000, limit: money(0.05) }],
    [200, 'a contract that does not exist', { conId: 2_147_483_000 }],
  ] as const;
  for (const [code, what, changes] of wrongs) {
    test(`${name}: ${what} is rejected with ${code}, finally and with the reference`, async (t) => {
      const at = await stage(t, newTrader);
      const put = await quotedPut(at);
      const id = nextId(at);
      granted(await at.broker.place(id, ticketFor(put, changes)));
      await at.settled();
      const [error] = of(at.events, 'orderError');
      assert.deepEqual(
        [error?.code, error?.orderId, error?.orderRef, error?.final],
        [code, id, 'day/enter/put-write/1', true],
      );
      assert.notEqual(error?.reason, '');
      assert.deepEqual(granted(await at.broker.openOrders()), []);
    });
  }

  test(`${name}: an order id that has been used is rejected with 103 and the old order stays as it was`, async (t) => {
    const at = await stage(t, newTrader);
    const put = await quotedPut(at);
    const id = nextId(at);
    const ticket = ticketFor(put, { limit: money(0.05) });
    granted(await at.broker.place(id, ticket));
    granted(await at.broker.cancel(id));
    await at.settled();
    const before = of(at.events, 'orderStatus').length;
    granted(await at.broker.place(id, ticket));
    await at.settled();
    assert.equal(of(at.events, 'orderError').at(-1)?.code, 103);
    assert.equal(of(at.events, 'orderStatus').length, before);
  });
}

function accountFacts(name: string, newTrader: NewTrader): void {
  test(`${name}: a preview tells margins and commission and places nothing`, async (t) => {
    const at = await stage(t, newTrader);
    const put = await quotedPut(at);
    const ticket = ticketFor(put, { side: 'sell', limit: put.quote.bid });
    const preview = granted(await at.broker.preview(nextId(at), ticket));
    const { initialMarginBefore, maintenanceMarginBefore, equityWithLoanBefore } = preview;
    const before = [initialMarginBefore, maintenanceMarginBefore, equityWithLoanBefore];
    assert.deepEqual(before, [money(0), money(0), money(1_000_000)]);
    assert.ok((preview.initialMarginAfter ?? 0) > 0);
    assert.ok((preview.maintenanceMarginAfter ?? 0) > 0);
    assert.ok((preview.equityWithLoanAfter ?? 0) > 0);
    assert.ok((preview.commission ?? 0) > 0);
    await at.step();
    assert.deepEqual(granted(await at.broker.openOrders()), []);
    assert.equal(of(at.events, 'orderStatus').length + of(at.events, 'fill').length, 0);
    const wrong = await at.broker.preview(nextId(at), ticketFor(put, { limit: money(1.0001) }));
    assert.deepEqual(
      [wrong.ok, wrong.ok ? null : wrong.failure, wrong.ok ? null : wrong.code],
      [false, 'refused', 110],
    );
  });

  test(`${name}: the account is told in dollars and follows what is traded`, async (t) => {
    const at = await stage(t, newTrader);
    const before = granted(await at.broker.account());
    assert.deepEqual([before.id, before.cash, before.netLiquidation], ['DU100', money(1_000_000), money(1_000_000)]);
    assert.ok((before.buyingPower ?? 0) > 0 && (before.excessLiquidity ?? 0) > 0);
    const put = await quotedPut(at);
    granted(await at.broker.place(nextId(at), ticketFor(put, { limit: money((put.quote.ask + SWEEP) / 10_000) })));
    await stepUntil(at, 'it fills', () => of(at.events, 'commission').length === 1);
    const after = granted(await at.broker.account());
    const price = of(at.events, 'fill')[0]?.fill.price ?? money(0);
    const commission = of(at.events, 'commission')[0]?.commission ?? money(0);
    const spent = (before.cash ?? 0) - (after.cash ?? 0);
    assert.ok(Math.abs(spent - times(price, 100) - commission) <= 100, `${spent} were spent`);
  });
}

function comboFacts(name: string, newTrader: NewTrader): void {
  test(`${name}: a combo is one order with a signed price, and its legs move`, async (t) => {
    const at = await stage(t, newTrader);
    const put = await quotedPut(at);
    const lower = { ...put.option, strike: money(put.option.strike / 10_000 - 10) };
    const wing = granted(await at.broker.list(lower));
    const wingQuote = granted(await at.broker.quote(wing));
    const worst = money((put.quote.bid - (wingQuote.ask ?? 0) - SWEEP) / 10_000);
    const legs = [
      { instrument: put.option, conId: put.listed.conId, side: 'sell', ratio: 1 },
      { instrument: lower, conId: wing.conId, side: 'buy', ratio: 1 },
    ] as const;
    const instrument = { kind: 'combo', symbol: put.option.symbol, legs } as const;
    const limit = money(-worst / 10_000);
    const ticket = ticketFor(put, { instrument, conId: 0, side: 'buy', limit });
    granted(await at.broker.place(nextId(at), ticket));
    await at.settled();
    const open = granted(await at.broker.openOrders());
    if (open.length > 0) assert.deepEqual([open[0]?.instrument, open[0]?.limit], [instrument, limit]);
    await stepUntil(at, 'it fills', () => of(at.events, 'orderStatus').at(-1)?.status === 'Filled');
    const fills = of(at.events, 'fill').map((event) => event.fill);
    assert.deepEqual(
      fills.map((fill) => [fill.conId, fill.side, fill.quantity, fill.orderRef]),
      [
        [put.listed.conId, 'sell', 1, ticket.orderRef],
        [wing.conId, 'buy', 1, ticket.orderRef],
      ],
    );
    assert.ok((of(at.events, 'orderStatus').at(-1)?.averagePrice ?? 0) < 0);
    const held = granted(await at.broker.positions()).map((position) => [position.conId, position.quantity]);
    assert.deepEqual(
      held.toSorted(([a], [b]) => (a as number) - (b as number)),
      [
        [put.listed.conId, -1],
        [wing.conId, 1],
      ].toSorted(([a], [b]) => (a as number) - (b as number)),
    );
  });
}
