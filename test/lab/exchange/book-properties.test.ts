import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MINUTE_MS } from '../../../agent/core/calendar/time.ts';
import { type Money, money } from '../../../agent/core/market/money.ts';
import type { BookEvent, OrderLeg } from '../../../agent/lab/exchange/book.ts';
import type { BookRecord } from '../../../agent/lab/exchange/book-record.ts';
import { SimulatedBook } from '../../../agent/lab/exchange/simulated-book.ts';
import { SyntheticMarket } from '../../../agent/lab/exchange/synthetic-market.ts';
import { at, request } from './small-book.ts';

const ACCOUNTS = [
  { account: 'DU100', cash: money(400_000) },
  { account: 'DU200', cash: money(50_000) },
];

/** Orders, changes, cancels and time, over two sessions and an expiration. */
const ACTION = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('order' as const),
      client: fc.integer({ min: 1, max: 2 }),
      id: fc.integer({ min: 0, max: 4 }),
      first: fc.nat(7),
      second: fc.option(fc.nat(7), { nil: null }),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      quantity: fc.integer({ min: 1, max: 60 }),
      away: fc.integer({ min: -6, max: 6 }),
      type: fc.constantFrom('LMT' as const, 'LMT' as const, 'MKT' as const),
      timeInForce: fc.constantFrom('DAY' as const, 'GTC' as const, 'IOC' as const),
      account: fc.constantFrom('', 'DU200'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cancel' as const),
      client: fc.integer({ min: 1, max: 2 }),
      id: fc.nat(6),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('time' as const), minutes: fc.integer({ min: 0, max: 40 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('time' as const), minutes: fc.integer({ min: 60, max: 600 }) }),
  },
);

type Action = typeof ACTION extends fc.Arbitrary<infer T> ? T : never;

class Run {
  readonly market = new SyntheticMarket({ seed: 5 });
  readonly records: BookRecord[] = [];
  readonly events: BookEvent[] = [];
  readonly book: SimulatedBook;
  readonly #conIds: number[];
  #now = at('10:00');

  constructor() {
    this.market.advance(this.#now);
    const journal = { append: (record: BookRecord) => void this.records.push(structuredClone(record)) };
    this.book = new SimulatedBook({ market: this.market, accounts: ACCOUNTS, journal });
    this.book.onEvent((event) => this.events.push(event));
    const [stock, ...options] = this.market.listings('KO');
    const near = options.filter(({ instrument, conId }) => {
      const expires = instrument.kind === 'option' && ['2026-03-20', '2026-03-27'].includes(instrument.expiration);
      const delta = Math.abs(this.market.quote(conId)?.model?.delta ?? 0);
      return expires && delta > 0.05 && delta < 0.95;
    });
    this.#conIds = [stock, ...near.slice(0, 3), ...near.slice(-4)].map((listing) => listing?.conId ?? 0);
  }

  do(action: Action): void {
    if (action.kind === 'time') {
      this.#now += action.minutes * MINUTE_MS;
      this.market.advance(this.#now);
      this.book.match(this.#now);
    } else if (action.kind === 'cancel') this.book.cancel(action.client, action.id, this.#now);
    else this.#order(action);
  }

  #order(action: Extract<Action, { kind: 'order' }>): void {
    const { client: clientId, id, side, quantity, away, type, timeInForce, account } = action;
    const conId = this.#conIds[action.first] as number;
    const other = action.second === null ? null : (this.#conIds[action.second] as number);
    const legs: OrderLeg[] =
      other === null || action.first === 0 || action.second === 0
        ? []
        : [
            { conId, side: 'buy', ratio: 1 },
            { conId: other, side: 'sell', ratio: 1 },
          ];
    const quote = this.market.quote(conId);
    const touch = (side === 'buy' ? quote?.ask : quote?.bid) ?? quote?.last ?? money(1);
    const limit = legs.length > 0 ? money(away / 20) : ((touch + (away * touch > 30_000 ? 500 : 100) * away) as Money);
    const orderId = id === 0 ? this.book.nextOrderId(clientId) : id;
    this.book.place(
      request({
        clientId,
        orderId,
        conId: legs.length > 0 ? 0 : conId,
        legs,
        side,
        quantity,
        type,
        limit: type === 'MKT' ? null : limit,
        timeInForce,
        account,
      }),
      this.#now,
    );
  }

  seen(book = this.book): unknown {
    return {
      open: book.openOrders(),
      done: book.completedOrders(),
      executions: book.executions(),
      accounts: ACCOUNTS.map(({ account }) => [book.positions(account), book.figures(account)]),
      ids: [1, 2, 3].map((client) => book.nextOrderId(client)),
    };
  }
}

const ACTIONS = fc.array(ACTION, { minLength: 25, maxLength: 70 });

function check(name: string, property: (actions: readonly Action[]) => void, runs = 60): void {
  test(name, () => fc.assert(fc.property(ACTIONS, property), { numRuns: runs, seed: 20_260_320 }));
}

let fills = 0;

check('cash and cost of positions change by what was realised and charged, and by nothing else', (actions) => {
  const run = new Run();
  for (const action of actions) run.do(action);
  const commissions = new Map<string, number>();
  const realized = new Map<string, number>();
  const settled = new Set<string>();
  const cost = new Map<string, number>();
  const shares = new Map<string, number>();
  for (const record of run.records) {
    if (record.kind !== 'filled') continue;
    for (const { execution, multiplier } of record.legs) {
      fills += 1;
      const { account, commission, side, quantity, price, conId } = execution;
      commissions.set(account, (commissions.get(account) ?? 0) + (commission ?? 0));
      realized.set(account, (realized.get(account) ?? 0) + (execution.realized ?? 0));
      const signed = side === 'buy' ? quantity : -quantity;
      cost.set(account, (cost.get(account) ?? 0) + signed * price * multiplier);
      if (multiplier > 0) shares.set(`${account}|${conId}`, (shares.get(`${account}|${conId}`) ?? 0) + signed);
    }
  }
  for (const record of run.records) {
    if (record.kind !== 'settled') continue;
    const { account, conId, sharesConId, strike, quantity } = record;
    settled.add(account);
    cost.set(account, (cost.get(account) ?? 0) + record.shares * strike);
    shares.set(`${account}|${conId}`, (shares.get(`${account}|${conId}`) ?? 0) - quantity);
    shares.set(`${account}|${sharesConId}`, (shares.get(`${account}|${sharesConId}`) ?? 0) + record.shares);
  }
  for (const { account, cash } of ACCOUNTS) {
    const figures = run.book.figures(account);
    assert.equal(figures.cash, cash - (cost.get(account) ?? 0) - (commissions.get(account) ?? 0));
    const held = new Map(
      run.book.positions(account).map((position) => [`${account}|${position.conId}`, position.quantity]),
    );
    for (const [key, quantity] of shares) {
      if (key.startsWith(account)) assert.equal(held.get(key) ?? 0, quantity, key);
    }
    const gain = (realized.get(account) ?? 0) + figures.unrealized - (commissions.get(account) ?? 0);
    if (!settled.has(account)) assert.equal(figures.netLiquidation - cash, gain);
  }
});

test('the orders made at random do fill', () => assert.ok(fills > 200, `${fills} fills`));

check('no order fills on the snapshot it was accepted on, beyond its limit or above its quantity', (actions) => {
  const run = new Run();
  for (const action of actions) run.do(action);
  const orders = new Map<
    number,
    { limit: number | null; side: string; quantity: number; acceptedOn: number; filled: number }
  >();
  for (const record of run.records) {
    if (record.kind === 'accepted') {
      const { permId, acceptedOn, request: of } = record.order;
      orders.set(permId, { limit: of.limit, side: of.side, quantity: of.quantity, acceptedOn, filled: 0 });
    }
    if (record.kind === 'modified') {
      const { limit, quantity } = record.request;
      const before = orders.get(record.permId);
      assert.ok(before !== undefined);
      orders.set(record.permId, { ...before, limit, quantity, acceptedOn: record.acceptedOn });
    }
    if (record.kind !== 'filled') continue;
    const order = orders.get(record.permId);
    assert.ok(order !== undefined);
    for (const { on, execution } of record.legs) {
      assert.ok(on > order.acceptedOn);
      assert.ok(execution.price >= 0 || execution.conId === 0);
    }
    const { limit, side } = order;
    if (limit !== null) assert.ok(side === 'buy' ? record.price <= limit : record.price >= limit);
    order.filled += record.quantity;
    assert.ok(order.filled <= order.quantity);
    const legs = record.legs.filter(({ multiplier }) => multiplier > 0).map(({ execution }) => execution);
    const net = legs.reduce((sum, leg) => sum + (leg.side === side ? leg.price : -leg.price), 0);
    assert.equal(net, record.price);
  }
});

check(
  'a book read back from any beginning of its journal is the book as it was then',
  (actions) => {
    const run = new Run();
    for (const action of actions) {
      run.do(action);
      const records = JSON.parse(JSON.stringify(run.records)) as BookRecord[];
      const restored = new SimulatedBook({ market: run.market, accounts: [], records });
      assert.deepEqual(run.seen(restored), run.seen());
    }
  },
  25,
);

check(
  'the same orders at the same instants give the same ids, fills and figures',
  (actions) => {
    const [one, two] = [new Run(), new Run()];
    for (const action of actions) one.do(action);
    for (const action of actions) two.do(action);
    assert.deepEqual(one.events, two.events);
    assert.deepEqual(one.records, two.records);
  },
  25,
);
