import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Money, money } from '../../../agent/core/market/money.ts';
import { PENNY_ALL } from '../../../agent/core/market/ticks.ts';
import type { Order } from '../../../agent/core/orders/order.ts';
import type { PricingPlan } from '../../../agent/core/orders/pricing.ts';
import type { Reason } from '../../../agent/core/strategy/decision.ts';
import { answered, unanswered } from '../../../agent/edges/broker/answer.ts';
import type { ReportedOrder } from '../../../agent/edges/broker/broker.ts';
import type { Store } from '../../../agent/edges/store/store.ts';
import { DecisionLog } from '../../../agent/work/workflows/decision-log.ts';
import { NoTradeNotes } from '../../../agent/work/workflows/no-trade-notes.ts';
import { orderGate } from '../../../agent/work/workflows/order-gate.ts';
import { placeOrder } from '../../../agent/work/workflows/place-order.ts';
import { reprice } from '../../../agent/work/workflows/reprice.ts';
import { type Desk, desk, fill, intent, MARGINS, NOW } from './desk.ts';

const MINUTE = 60_000;
const FIRST = intent().id;
const PLAN: PricingPlan = {
  ...{ steps: 2, stepMs: 3 * MINUTE, concession: 0.5 },
  ...{ key: 'SPY.put', attempt: 1, wanted: 2, startedAt: NOW, worst: money(8.1) },
};
const LIMITS = {
  maxQuoteAgeMs: 5 * MINUTE,
  maxSecuredPerSymbol: money(200_000),
  maxSecuredTotal: money(300_000),
  maxContractsPerOrder: 2,
  maxOrdersPerDay: 1,
  maxLimitDistance: 0.1,
};

interface Bench extends Desk {
  /** One look, so many minutes after the first price. */
  readonly look: (minutes: number) => Promise<string>;
  readonly reasons: () => Promise<readonly Reason[]>;
  market: { bid: Money; ask: Money } | null;
  /** What the broker does with a cancel. */
  onCancel: (orderId: number) => void;
}

async function bench(shared?: Store): Promise<Bench> {
  const parts = await desk(shared);
  const { broker, blotter, books, reconciler, clock, store } = parts;
  const decisions = new DecisionLog({ store, onChange: () => undefined });
  const account = { id: 'DU1', cash: money(250_000), netLiquidation: money(250_000) };
  const on: Bench = {
    ...parts,
    market: { bid: money(8), ask: money(8.4) },
    onCancel: (orderId) => tell(on, orderId, 'Cancelled'),
    look: async () => '',
    reasons: async () => (await store.list('decisions')).flatMap(([, decision]) => decision.reasons),
  };
  const work = reprice({
    ...{ books, limits: LIMITS, blotter, reconciler, clock, maxQuoteAgeMs: 5 * MINUTE, ticksOf: () => PENNY_ALL },
    tradingSwitch: parts.tradingSwitch,
    broker: {
      account: async () => answered({ ...account, buyingPower: null, excessLiquidity: null }),
      time: async () => answered(clock.now()),
      cancel: async (orderId) => {
        const answer = await broker.cancel(orderId);
        if (answer.ok) on.onCancel(orderId);
        return answer;
      },
    },
    marketData: { quote: async () => quoteOf(on) },
    notes: new NoTradeNotes(decisions, 'reprice-orders'),
    gate: (order) => orderGate(parts, order),
    place: async (next) => {
      const placed = await placeOrder(next, parts);
      if (placed.outcome === 'sent') broker.open = answered([reported(blotter.order(next.id) as Order)]);
      return placed;
    },
    alarm: (reason) => parts.halt.alarm(reason),
  });
  const { signal } = new AbortController();
  const look = async (minutes: number): Promise<string> => {
    await clock.advanceTo(NOW + minutes * MINUTE);
    const about = { task: 'reprice-orders', now: clock.now(), tradingDay: '2026-03-20', until: clock.now() + MINUTE };
    const looked = work({ ...about, signal, progress: () => undefined });
    let done = false;
    void looked.then(
      () => (done = true),
      () => (done = true),
    );
    while (!done) {
      await new Promise(setImmediate);
      // A cancel without an answer is looked at again a little later.
      if (!done && clock.nextAlarm !== null && clock.nextAlarm < clock.now() + 5_000) {
        await clock.advanceTo(clock.nextAlarm);
      }
    }
    return looked;
  };
  return Object.assign(on, { look });
}

function quoteOf({ market, clock }: Bench) {
  if (market === null) return unanswered('unknown', 'no quote');
  const rest = { last: null, close: null, bidSize: null, askSize: null, volume: null, quotedAt: clock.now() };
  return answered({ ...market, ...rest, data: 'live' as const });
}

function reported({ intent: it, orderId, permId }: Order, more: Partial<ReportedOrder> = {}): ReportedOrder {
  const { id, instrument, conId, side, quantity, limit } = it;
  const ours = { orderRef: id, orderId: orderId ?? 0, clientId: 1, permId: permId ?? 0, instrument, conId, side };
  return { ...ours, quantity, limit, filled: 0, status: 'Submitted', reason: '', ...more };
}

/** What the broker says of an order by itself, and what its books say from then on. */
function tell(on: Bench, orderId: number, status: 'Submitted' | 'Cancelled'): void {
  const order = on.blotter.orders.find((each) => each.orderId === orderId) as Order;
  const permId = 900 + orderId;
  const { filled } = order;
  const remaining = order.intent.quantity - filled;
  const said = { kind: 'orderStatus', orderId, orderRef: order.intent.id, permId, averagePrice: null } as const;
  on.blotter.onBroker({ ...said, status, filled, remaining, at: on.clock.now() });
  const report = reported({ ...order, permId }, { status, filled });
  on.broker.open = answered(status === 'Submitted' ? [report] : []);
  if (status === 'Cancelled' && on.broker.completed.ok) {
    on.broker.completed = answered([...on.broker.completed.value, report]);
  }
}

function part(on: Bench, quantity: number): void {
  const part = fill({ quantity, permId: 902 });
  on.blotter.onBroker({ kind: 'fill', fill: part });
  on.broker.fills = answered([part]);
  on.broker.held = answered([{ instrument: part.instrument, conId: 7, quantity: -quantity, averagePrice: part.price }]);
}

/** Placed at mid and working at the broker under the order id 2. */
async function working(): Promise<Bench> {
  const on = await bench();
  await on.reconciler.run();
  await placeOrder(intent({ pricing: PLAN }), on);
  tell(on, 2, 'Submitted');
  await on.blotter.idle();
  return on;
}

function told(on: Bench): readonly string[] {
  return on.broker.told.filter((each) => !each.startsWith('place 2 '));
}

test('each step is a cancel, and then an order of its own for the next price, down to the stated limit', async () => {
  const on = await working();
  assert.equal(await on.look(2.5), '1 order looked at');
  assert.match(await on.look(3), /^step 1 of 2: 8\.15 after 8\.20, never beyond 8\.10$/);
  assert.deepEqual(told(on), ['cancel 2', `place 4 ${FIRST}-2`]);
  tell(on, 4, 'Submitted');
  assert.match(await on.look(6), /^step 2 of 2: 8\.10 after 8\.15/);
  assert.deepEqual(told(on).slice(2), ['cancel 4', `place 6 ${FIRST}-3`]);
  const limits = on.blotter.orders.map((order) => [order.intent.limit, order.intent.quantity, order.state]);
  assert.deepEqual(limits, [
    [money(8.1), 2, 'sent'],
    [money(8.15), 2, 'cancelled'],
    [money(8.2), 2, 'cancelled'],
  ]);
});

test('after the last step it is taken back for good, and why is stored', async () => {
  const on = await working();
  assert.match(await on.look(9), /^gave up at 8\.20 after 2 steps: 0 of 2 filled$/);
  assert.deepEqual(told(on), ['cancel 2']);
  assert.equal(await on.look(9.5), '1 order looked at');
  assert.deepEqual(
    (await on.reasons()).map(({ rule }) => rule),
    ['gave-up'],
  );
});

test('only what is left is ordered again, as the executions say', async () => {
  const on = await working();
  part(on, 1);
  await on.blotter.idle();
  await on.look(3);
  const [second] = on.blotter.orders;
  assert.deepEqual([second?.intent.id, second?.intent.quantity], [`${FIRST}-2`, 1]);
});

test('a fill that comes with the cancel is counted before the next order', async () => {
  const on = await working();
  on.onCancel = (orderId) => {
    tell(on, orderId, 'Cancelled');
    part(on, 1);
  };
  await on.look(3);
  assert.equal(on.blotter.orders[0]?.intent.quantity, 1);
});

test('a fill of all of it while it is cancelled ends it', async () => {
  const on = await working();
  on.onCancel = () => part(on, 2);
  await on.look(3);
  assert.deepEqual(told(on), ['cancel 2']);
  assert.equal(await on.look(6), '1 order looked at');
});

test('a cancel without an answer is followed by nothing until the broker has said that it is final', async () => {
  const on = await working();
  on.onCancel = () => undefined;
  await on.look(3);
  await on.look(3.5);
  assert.ok(told(on).every((each) => each === 'cancel 2'));
  tell(on, 2, 'Cancelled');
  await on.blotter.idle();
  await on.look(4);
  assert.equal(told(on).at(-1), `place 4 ${FIRST}-2`);
});

test('a cancel that was told and that the broker does not confirm is followed by nothing', async () => {
  const on = await working();
  on.onCancel = (orderId) => {
    tell(on, orderId, 'Cancelled');
    on.broker.open = unanswered('unknown', 'timeout');
  };
  await on.look(3);
  assert.deepEqual(told(on), ['cancel 2']);
});

test('what ends while the books are compared is asked about once more: a fill may have come in between', async () => {
  const on = await working();
  on.onCancel = () => undefined;
  const { openOrders } = on.broker;
  const between = fill({ quantity: 1, permId: 902 });
  // Executions have been answered by now.
  on.broker.openOrders = async () => {
    on.broker.openOrders = openOrders;
    tell(on, 2, 'Cancelled');
    on.broker.fills = answered([between]);
    on.broker.held = answered([
      { instrument: between.instrument, conId: 7, quantity: -1, averagePrice: between.price },
    ]);
    return on.broker.open;
  };
  await on.look(3);
  const [second] = on.blotter.orders;
  assert.deepEqual([second?.intent.id, second?.intent.quantity], [`${FIRST}-2`, 1]);
});

test('the next process goes on where the last one stopped: between the cancel and the next order', async () => {
  const on = await working();
  on.broker.completed = answered([]);
  on.onCancel = (orderId) => {
    tell(on, orderId, 'Cancelled');
    on.broker.held = unanswered('unknown', 'timeout');
  };
  await on.look(3);
  const next = await bench(on.store);
  next.broker.completed = on.broker.completed;
  await next.reconciler.run();
  await next.look(6);
  assert.deepEqual(next.broker.told, [`place 4 ${FIRST}-2`]);
  assert.equal(next.blotter.order(`${FIRST}-2`)?.intent.limit, money(8.1));
});

for (const [what, close, rule] of [
  [
    'the link is degraded',
    (on: Bench) => Object.assign(on.broker, { link: { ...on.broker.link, state: 'degraded' } }),
    'link',
  ],
  [
    'prices do not flow',
    (on: Bench) => Object.assign(on.broker, { link: { ...on.broker.link, dataLost: 'usopt' } }),
    'market-data',
  ],
  ['the books are not compared', (on: Bench) => on.reconciler.lapse('test'), 'books'],
] as const) {
  test(`while ${what} the price stays where it is, and why is stored once`, async () => {
    const on = await working();
    close(on);
    await on.look(3);
    await on.look(3.5);
    assert.deepEqual(told(on), []);
    assert.deepEqual(
      (await on.reasons()).map((reason) => reason.rule),
      [rule],
    );
  });
}

test('a halt is final: nothing follows it, also after trading was resumed', async () => {
  const on = await working();
  await on.halt.halt('pressed', 'page');
  tell(on, 2, 'Cancelled');
  await on.blotter.idle();
  await on.reconciler.run();
  await on.halt.resume('page');
  await on.look(3);
  assert.deepEqual([...new Set(told(on))], ['cancel 2']);
});

test('a what-if or a rule that objects to the next price ends in a stored reason, not in an order', async () => {
  const on = await working();
  on.broker.whatIf = answered({ ...MARGINS, initialMarginAfter: null });
  await on.look(3);
  assert.deepEqual(told(on), ['cancel 2']);
  assert.deepEqual((await on.reasons())[0]?.rule, 'what-if');
  on.broker.whatIf = answered(MARGINS);
  await on.look(3.5);
  assert.equal(told(on).at(-1), `place 4 ${FIRST}-2`);
});

test('two attempts that work at the same time halt trading', async () => {
  const on = await working();
  await on.look(3);
  tell(on, 4, 'Submitted');
  await on.blotter.idle();
  const first = reported(on.blotter.order(FIRST) as Order);
  const second = reported(on.blotter.order(`${FIRST}-2`) as Order);
  on.broker.completed = answered([]);
  on.broker.open = answered([first, second]);
  await on.reconciler.run();
  await on.reconciler.run();
  await on.look(4);
  assert.equal(on.tradingSwitch.state.state, 'halted');
});
