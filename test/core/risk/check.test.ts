import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sessionOn } from '../../../agent/core/calendar/sessions.ts';
import type { Instrument } from '../../../agent/core/market/contract.ts';
import { type Money, money } from '../../../agent/core/market/money.ts';
import type { Intent } from '../../../agent/core/orders/intent.ts';
import { checkOrder, RISK_RULES, type Verdict } from '../../../agent/core/risk/check.ts';
import type { Holding, WorkingOrder } from '../../../agent/core/risk/exposure.ts';
import type { RiskFacts } from '../../../agent/core/risk/facts.ts';
import type { RiskLimits } from '../../../agent/core/risk/limits.ts';
import { AT, PUT_625, sampleIntent } from '../orders/sample-orders.ts';

const MINUTE = 60_000;
const SHARES: Instrument = { kind: 'stock', symbol: 'SPY' };

const LIMITS: RiskLimits = {
  maxQuoteAgeMs: 15 * MINUTE,
  maxSecuredPerSymbol: money(250_000),
  maxSecuredTotal: money(400_000),
  maxContractsPerOrder: 3,
  maxOrdersPerDay: 5,
  maxLimitDistance: 0.1,
};

const FACTS: RiskFacts = {
  now: AT,
  tradingState: { state: 'active', reason: 'reset', since: 0 },
  session: sessionOn('2026-03-20'),
  quote: { bid: money(9.36), ask: money(9.4), quotedAt: AT - MINUTE },
  account: {
    id: 'DU1',
    netLiquidation: money(250_000),
    cash: money(250_000),
    buyingPower: money(250_000),
    excessLiquidity: money(250_000),
  },
  holdings: [],
  working: [],
  ordersToday: 0,
};

function check(
  facts: Partial<RiskFacts> = {},
  intent: Partial<Intent> = {},
  limits: Partial<RiskLimits> = {},
): Verdict {
  return checkOrder(sampleIntent(intent), { ...FACTS, ...facts }, { ...LIMITS, ...limits });
}

function rulesAgainst(verdict: Verdict): string[] {
  return verdict.outcome === 'denied' ? verdict.against.map(({ rule }) => rule) : [];
}

function working(changes: Partial<WorkingOrder> = {}): WorkingOrder {
  return { id: '', instrument: PUT_625, side: 'sell', remaining: 1, ...changes };
}

function otherPut(symbol: string, strike: number, quantity: number): Holding {
  return { instrument: { ...PUT_625, symbol, tradingClass: symbol, strike: money(strike) }, quantity };
}

test('an order within every rule is approved, and every rule was asked', () => {
  assert.deepEqual(check(), { outcome: 'approved', rules: RISK_RULES });
});

const account = FACTS.account;
assert.ok(account !== null);

const DENIED: readonly [string, Partial<RiskFacts>, Partial<Intent>?][] = [
  ['trading-state', { tradingState: null }],
  ['trading-state', { tradingState: { state: 'halted', reason: 'switch', since: 0 } }],
  ['trading-state', { tradingState: { state: 'reducing', reason: 'loss', since: 0 } }],
  ['session', { session: null }],
  ['session', { session: sessionOn('2026-03-19') }],
  ['quote-age', { quote: { bid: money(9.36), ask: money(9.4), quotedAt: AT - 15 * MINUTE - 1 } }],
  ['quote-age', { quote: { bid: money(9.36), ask: money(9.4), quotedAt: AT + 1 } }],
  ['quote-age', {}, { quotedAt: AT - 16 * MINUTE }],
  ['quote-age', {}, { quotedAt: Number.NaN }],
  ['limit-price', {}, { limit: money(8.4) }],
  ['limit-price', {}, { limit: money(10.4) }],
  ['limit-price', {}, { limit: money(0) }],
  ['limit-price', {}, { limit: Number.NaN as Money }],
  ['account-known', { holdings: null }],
  ['account-known', { working: null }],
  ['account-known', { account: { ...account, netLiquidation: null } }],
  ['contracts', {}, { quantity: 4 }],
  ['orders-per-day', { ordersToday: 5 }],
  ['orders-per-day', { ordersToday: null }],
  ['duplicate', { working: [working({ id: sampleIntent().id, instrument: SHARES, side: 'buy' })] }],
  ['adjusted-contract', {}, { instrument: { ...PUT_625, tradingClass: 'SPY1' } }],
  ['expiration', {}, { instrument: { ...PUT_625, expiration: '2026-04-25' } }],
  ['expiration', {}, { instrument: { ...PUT_625, expiration: '2026-03-19' } }],
  ['order-kind', {}, { instrument: { ...PUT_625, right: 'C' } }],
  ['order-kind', {}, { instrument: SHARES, side: 'buy' }],
  ['order-kind', {}, { side: 'buy' }],
  ['order-kind', { holdings: [{ instrument: SHARES, quantity: 2 }] }, { instrument: SHARES }],
  ['cash-secured', { account: { ...account, cash: money(187_499.99) } }],
  ['cash-secured', { holdings: [otherPut('QQQ', 600, -2)] }],
  ['cash-secured', { working: [working({ instrument: otherPut('QQQ', 600, 0).instrument, remaining: 2 })] }],
];

for (const [rule, facts, intent] of DENIED) {
  test(`only ${rule} denies ${JSON.stringify(intent ?? facts).slice(0, 140)}`, () => {
    assert.deepEqual(rulesAgainst(check(facts, intent)), [rule]);
  });
}

test('a session has a first and a last instant', () => {
  const session = sessionOn('2026-03-20');
  assert.ok(session !== null);
  const at = (now: number) => {
    const quote = { bid: money(9.36), ask: money(9.4), quotedAt: now };
    return rulesAgainst(check({ now, quote }, { quotedAt: now }));
  };
  assert.deepEqual(at(session.open - 1), ['session']);
  assert.deepEqual(at(session.open), []);
  assert.deepEqual(at(session.close - 1), []);
  assert.deepEqual(at(session.close), ['session']);
});

test('an option is not sold after its last trade', () => {
  const intent = { instrument: { ...PUT_625, expiration: '2026-03-20' } };
  assert.deepEqual(rulesAgainst(check({}, intent)), []);
  const now = Date.UTC(2026, 2, 20, 20);
  assert.ok(rulesAgainst(check({ now }, intent)).includes('expiration'));
});

for (const quote of [
  null,
  { bid: null, ask: money(9.4), quotedAt: AT },
  { bid: money(9.36), ask: null, quotedAt: AT },
  { bid: money(0), ask: money(9.4), quotedAt: AT },
  { bid: money(9.5), ask: money(9.4), quotedAt: AT },
]) {
  test(`the quote ${JSON.stringify(quote)} is denied by age and by price`, () => {
    assert.deepEqual(rulesAgainst(check({ quote })), ['quote-age', 'limit-price']);
  });
}

test('unknown cash denies twice: it is not known, and nothing is secured', () => {
  assert.deepEqual(rulesAgainst(check({ account: null })), ['account-known', 'cash-secured']);
  assert.deepEqual(rulesAgainst(check({ account: { ...account, cash: null } })), ['account-known', 'cash-secured']);
});

test('limits per symbol and in all count holdings, working orders and this order', () => {
  assert.deepEqual(rulesAgainst(check({}, {}, { maxSecuredPerSymbol: money(187_499) })), ['symbol-limit']);
  assert.deepEqual(rulesAgainst(check({}, {}, { maxSecuredTotal: money(187_499) })), ['total-limit']);
  const facts = {
    holdings: [otherPut('QQQ', 300, -1)],
    working: [working({ instrument: otherPut('IWM', 200, 0).instrument })],
  };
  assert.deepEqual(rulesAgainst(check(facts, {}, { maxSecuredTotal: money(237_500) })), []);
  assert.deepEqual(rulesAgainst(check(facts, {}, { maxSecuredTotal: money(237_499) })), ['total-limit']);
});

test('a second put on a symbol is a duplicate, held or working, ours or not', () => {
  const rich = { account: { ...account, cash: money(900_000) } };
  const wide = { maxSecuredPerSymbol: money(900_000), maxSecuredTotal: money(900_000) };
  for (const facts of [{ holdings: [otherPut('SPY', 600, -1)] }, { working: [working()] }]) {
    assert.deepEqual(rulesAgainst(check({ ...rich, ...facts }, {}, wide)), ['duplicate']);
  }
  const harmless = {
    holdings: [otherPut('QQQ', 600, -1), otherPut('SPY', 600, 1)],
    working: [working({ side: 'buy' })],
  };
  assert.deepEqual(rulesAgainst(check({ ...rich, ...harmless }, {}, wide)), []);
});

test('what earlier attempts of the same order have filled is no duplicate; one contract more, or another strike, is', () => {
  const rich = { account: { ...account, cash: money(900_000) }, filledBefore: 1 };
  const wide = { maxSecuredPerSymbol: money(900_000), maxSecuredTotal: money(900_000) };
  const held = (quantity: number, strike = 625) => ({ ...rich, holdings: [otherPut('SPY', strike, quantity)] });
  assert.deepEqual(rulesAgainst(check(held(-1), {}, wide)), []);
  assert.deepEqual(rulesAgainst(check(held(-2), {}, wide)), ['duplicate']);
  assert.deepEqual(rulesAgainst(check(held(-1, 600), {}, wide)), ['duplicate']);
  assert.deepEqual(rulesAgainst(check({ ...held(-1), filledBefore: 0 }, {}, wide)), ['duplicate']);
});

test('every rule that objects is named, not only the first', () => {
  const facts = { tradingState: null, session: null, quote: null, account: null, ordersToday: null };
  const rules = rulesAgainst(check(facts, { quantity: 9 }));
  const expected = [
    'trading-state',
    'session',
    'quote-age',
    'limit-price',
    'account-known',
    'contracts',
    'orders-per-day',
  ];
  assert.deepEqual(
    rules,
    [...expected, 'cash-secured', 'symbol-limit', 'total-limit'].filter((rule) => rules.includes(rule)),
  );
  assert.ok(expected.every((rule) => rules.includes(rule)));
});

const CLOSE: Partial<Intent> = { side: 'buy', quantity: 2, limit: money(9.38) };
const HELD: Partial<RiskFacts> = { holdings: [{ instrument: PUT_625, quantity: -2 }] };

test('closing is allowed while reducing, without cash and beside a position in the same symbol', () => {
  const facts = { ...HELD, account: null, tradingState: { state: 'reducing', reason: 'loss', since: 0 } as const };
  assert.deepEqual(rulesAgainst(check(facts, CLOSE)), []);
});

test('while reducing held shares may be sold, a hundred counting as a contract, but not those that cover a short call', () => {
  const tradingState = { state: 'reducing', reason: 'loss', since: 0 } as const;
  const quote = { bid: money(620), ask: money(620.1), quotedAt: AT - MINUTE };
  const sale = (quantity: number, ...more: Holding[]): string[] => {
    const holdings = [{ instrument: SHARES, quantity: 400 }, ...more];
    return rulesAgainst(check({ tradingState, quote, holdings }, { instrument: SHARES, quantity, limit: money(620) }));
  };
  assert.deepEqual(sale(300), []);
  assert.deepEqual(sale(301), ['contracts']);
  const call = { instrument: { ...PUT_625, right: 'C' } as const, quantity: -2 };
  assert.deepEqual(sale(200, call), []);
  assert.deepEqual(sale(201, call), ['trading-state', 'order-kind']);
});

test('nothing is allowed while halted, closing neither', () => {
  const tradingState = { state: 'halted', reason: 'switch', since: 0 } as const;
  assert.deepEqual(rulesAgainst(check({ ...HELD, tradingState }, CLOSE)), ['trading-state']);
});

test('closing more than is held, or twice, opens something else and is denied', () => {
  assert.deepEqual(rulesAgainst(check(HELD, { ...CLOSE, quantity: 3 })), ['order-kind', 'duplicate']);
  const twice = { ...HELD, working: [working({ side: 'buy', remaining: 1 })] };
  assert.deepEqual(rulesAgainst(check(twice, CLOSE)), ['order-kind', 'duplicate']);
});

test('an approved sale of puts is always secured by cash, whatever is held and working', () => {
  const puts = fc.record({
    symbol: fc.constantFrom('QQQ', 'IWM', 'TSLA'),
    strike: fc.integer({ min: 1, max: 1500 }),
    quantity: fc.integer({ min: -3, max: 3 }),
  });
  const world = fc.record({
    cash: fc.integer({ min: -1000, max: 600_000 }),
    held: fc.array(puts, { maxLength: 4 }),
    sales: fc.array(puts, { maxLength: 3 }),
    quantity: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(world, ({ cash, held, sales, quantity }) => {
      const holdings = held.map(({ symbol, strike, quantity: held }) => otherPut(symbol, strike, held));
      const orders = sales.map((sale) =>
        working({ instrument: otherPut(sale.symbol, sale.strike, 0).instrument, remaining: Math.abs(sale.quantity) }),
      );
      const facts = { account: { ...account, cash: money(cash) }, holdings, working: orders };
      const wide = { maxSecuredPerSymbol: money(1e7), maxSecuredTotal: money(1e7) };
      let needed = quantity * 62_500;
      for (const put of held) needed += Math.max(-put.quantity, 0) * put.strike * 100;
      for (const put of sales) needed += Math.abs(put.quantity) * put.strike * 100;
      assert.equal(check(facts, { quantity }, wide).outcome === 'approved', needed <= cash);
    }),
    { numRuns: 1000 },
  );
});
