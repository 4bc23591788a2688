import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import type { OptionContract } from '../../../agent/core/market/contract.ts';
import { type Money, money } from '../../../agent/core/market/money.ts';
import type { BookOrder, BookStatus } from '../../../agent/lab/exchange/book.ts';
import type { Evidence, Fact, FinalBooks, Placing, StormRecord } from '../../../agent/lab/storm/evidence.ts';
import { GUARD_DIES, violations } from '../../../agent/lab/storm/invariants.ts';

const START = instantInNewYork('2026-03-03', '10:00');
const MINUTE = 60_000;
const SPY: OptionContract = {
  ...{ kind: 'option', symbol: 'SPY', tradingClass: 'SPY', expiration: '2026-04-17', right: 'P' },
  ...{ strike: money(600), multiplier: 100 },
};
const PLACING: Placing = {
  ...{ orderId: 1, orderRef: 'one', conId: 5, instrument: SPY, side: 'sell', quantity: 1, limit: money(2) },
  ...{ stored: true, link: 'ready', open: true, decidedOn: START },
  quote: { bid: money(1.95), ask: money(2.05), quotedAt: START, live: true },
};

function placing(change: Partial<Placing> = {}): Fact {
  return { kind: 'placing', placing: { ...PLACING, ...change } };
}

interface Wanted {
  readonly status?: BookStatus;
  readonly orderRef?: string;
  readonly permId?: number;
  readonly quantity?: number;
  readonly filled?: number;
  /** Of how many its steps are to make together. */
  readonly wanted?: number;
}

function order(wanted: Wanted = {}): Fact {
  const { status = 'Submitted', orderRef = 'one', permId = 10, quantity = 1, filled = 0 } = wanted;
  const told: BookOrder = {
    request: {
      ...{ clientId: 1, orderId: 1, orderRef, conId: 5, legs: [], symbol: 'SPY', side: 'sell', quantity, type: 'LMT' },
      ...{ limit: money(2), timeInForce: 'DAY', account: 'DU1', transmit: true, whatIf: false, outsideRth: false },
    },
    ...{ permId, status, filled, averagePrice: 0 as Money, lastPrice: 0 as Money },
    ...{ acceptedAt: START, acceptedOn: 1, endedAt: null, reason: '' },
  };
  const purpose = wanted.wanted === undefined ? null : { key: 'one', wanted: wanted.wanted };
  return { kind: 'order', order: told, instrument: SPY, purpose };
}

function guard(halted: 'confirmed' | 'UNCONFIRMED' | null, working = 0, tripped = false): Fact {
  return { kind: 'guard', word: { halted, working }, tripped };
}

const CANCEL: Fact = { kind: 'globalCancel' };
const SAME: FinalBooks = {
  obstacle: null,
  ours: { orders: {}, positions: {} },
  theirs: { orders: {}, positions: {} },
};

/** A minute between each fact and the next. */
function record(facts: readonly Fact[], books: readonly FinalBooks[] = []): StormRecord {
  const evidence = facts.map((fact, index): Evidence => ({ ...fact, at: START + index * MINUTE }));
  const limits = {
    ...{ maxQuoteAgeMs: 15 * MINUTE, maxContractsPerOrder: 2, maxOrdersPerDay: 3, maxLimitDistance: 0.1 },
    ...{ maxSecuredPerSymbol: money(130_000), maxSecuredTotal: money(190_000) },
  };
  return { evidence, books, limits, clientId: 1 };
}

function letters(facts: readonly Fact[], books: readonly FinalBooks[] = []): string {
  return [...new Set(violations(record(facts, books)).map(({ letter }) => letter))].join('');
}

test('a day on which everything went well breaks nothing', () => {
  const facts = [guard(null), placing(), order(), order({ status: 'Filled', filled: 1 })];
  assert.equal(letters(facts, [SAME]), '');
});

test('(a) an order whose intent is not on the disk', () => {
  assert.equal(letters([placing({ stored: false })]), 'a');
});

test('(b) one intent that became two orders, or was filled beyond what it asked for', () => {
  assert.equal(letters([order(), order({ permId: 11 })]), 'b');
  assert.equal(letters([order(), order({ filled: 2, status: 'Filled' })]), 'b');
});

test('(b) steps of one order that work at the same time, or fill more than was wanted together', () => {
  const step = (permId: number, more: Wanted = {}): Fact =>
    order({ permId, orderRef: `${permId}`, wanted: 1, ...more });
  assert.equal(letters([step(1), step(2)]), 'b');
  assert.equal(letters([step(1), step(1, { status: 'Cancelled' }), step(2)]), '');
  assert.equal(letters([step(1, { status: 'Filled', filled: 1 }), step(2, { status: 'Filled', filled: 1 })]), 'b');
  const late = [step(1), step(1, { status: 'Cancelled' }), step(1, { status: 'Filled', filled: 1 })];
  assert.equal(letters([...late, step(2, { status: 'Filled', filled: 1 })]), '', 'filled after it was told cancelled');
});

test('(c) books that differ, or that the appliance does not trust itself', () => {
  const held = { orders: {}, positions: { X: -1 } };
  const working = { orders: { one: { filled: 0, working: true } }, positions: {} };
  const ended = { orders: { one: { filled: 0, working: false } }, positions: {} };
  assert.equal(letters([], [{ ...SAME, theirs: held }]), 'c');
  assert.equal(letters([], [{ ...SAME, ours: held }]), 'c');
  assert.equal(letters([], [{ ...SAME, theirs: ended }]), 'c');
  assert.equal(letters([], [{ ...SAME, ours: working }]), 'c');
  assert.equal(letters([], [{ ...SAME, ours: working, theirs: ended }]), 'c');
  assert.equal(letters([], [{ ...SAME, obstacle: 'an order is in doubt' }]), 'c');
  assert.equal(letters([], [{ ...SAME, ours: ended }]), '', 'an intent that never left is no difference');
});

test('(d) more at risk than the plan allows: in one order, on one symbol, in all, or in number', () => {
  assert.equal(letters([order({ quantity: 3 })]), 'd');
  const two = [order({ quantity: 2 }), order({ quantity: 1, permId: 11, orderRef: 'two' })];
  assert.equal(letters(two), 'd');
  const ended = order({ quantity: 2, status: 'Cancelled' });
  assert.equal(letters([ended, order({ quantity: 1, permId: 11, orderRef: 'two' })]), '');
  const many = [1, 2, 3, 4].map((permId) => order({ permId, orderRef: `${permId}`, status: 'Cancelled' }));
  assert.equal(letters(many.slice(0, 3)), '');
  assert.equal(letters(many), 'd');
});

test('(e) an order that was accepted later than the cancel of a trip and kept working', () => {
  const late = order({ permId: 11, orderRef: 'late' });
  const pause: Fact[] = Array.from({ length: 4 }, () => ({ kind: 'event', text: 'nothing' }));
  assert.equal(letters([guard('UNCONFIRMED'), CANCEL, late, ...pause, guard('confirmed')]), 'e');
  const filled = order({ permId: 11, orderRef: 'late', status: 'Filled', filled: 1 });
  assert.equal(letters([guard('UNCONFIRMED'), CANCEL, late, filled]), 'e');
  assert.equal(letters([guard('UNCONFIRMED'), CANCEL, late, guard(null)]), 'e');
  const taken = order({ permId: 11, orderRef: 'late', status: 'Cancelled' });
  assert.equal(letters([guard('UNCONFIRMED'), CANCEL, late, taken]), '');
  assert.equal(letters([guard('UNCONFIRMED'), CANCEL, guard(null), late]), '', 'after a reset it may');
});

test('(f) a halt that is confirmed while something works, or never', () => {
  assert.equal(letters([guard('UNCONFIRMED', 1), guard('confirmed', 1)]), 'f');
  assert.equal(letters([guard('UNCONFIRMED', 1), guard('UNCONFIRMED'), guard('confirmed')]), '');
  const pause: Fact[] = Array.from({ length: 7 }, () => ({ kind: 'event', text: 'nothing' }));
  assert.equal(letters([guard('UNCONFIRMED'), ...pause]), 'f');
  assert.equal(letters([guard('UNCONFIRMED'), guard('confirmed'), ...pause]), '');
});

test('(f) a trip after which no cancel reaches the exchange', () => {
  const pause: Fact[] = Array.from({ length: 6 }, () => ({ kind: 'event', text: 'nothing' }));
  const tripped = guard('UNCONFIRMED', 0, true);
  assert.equal(letters([tripped, ...pause, guard('confirmed')]), 'f');
  assert.equal(letters([tripped, CANCEL, ...pause.slice(2), guard('confirmed')]), '');
  assert.equal(letters([tripped, guard('confirmed'), ...pause]), '', 'nothing worked');
  assert.equal(letters([tripped, { kind: 'event', text: GUARD_DIES }, ...pause.slice(2), guard('confirmed')]), '');
});

test('(g) an order on data that is old, missing, delayed, of the future or far from the market', () => {
  const quote = PLACING.quote;
  assert.ok(quote !== null);
  const wrong: Partial<Placing>[] = [
    { open: false },
    { link: 'degraded' },
    { decidedOn: null },
    { decidedOn: START - 16 * MINUTE },
    { decidedOn: START + MINUTE },
    { quote: null },
    { quote: { ...quote, bid: null } },
    { quote: { ...quote, live: false } },
    { quote: { ...quote, quotedAt: START - 16 * MINUTE } },
    { limit: money(1) },
    { limit: null },
  ];
  for (const change of wrong) assert.equal(letters([placing(change)]), 'g', JSON.stringify(change));
});

test('(z) what nobody expects to fail', () => {
  assert.equal(letters([{ kind: 'failure', text: 'it broke' }]), 'z');
});
