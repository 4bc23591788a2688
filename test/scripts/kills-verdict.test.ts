import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../agent/core/calendar/new-york.ts';
import type { OptionContract } from '../../agent/core/market/contract.ts';
import { money } from '../../agent/core/market/money.ts';
import type { Fill } from '../../agent/core/orders/fill.ts';
import type { Intent } from '../../agent/core/orders/intent.ts';
import { newOrder } from '../../agent/core/orders/order.ts';
import { positionFromFills } from '../../agent/core/portfolio/ledger.ts';
import type { ToldBooks } from '../../scripts/kills-rig/second-client.ts';
import { type StoredBooks, wrongs } from '../../scripts/kills-rig/verdict.ts';

const DAY = '2026-11-20';
const AT = instantInNewYork(DAY, '09:40');
const KEY = 'SPY   261218P00600000';
const PUT: OptionContract = {
  ...{ kind: 'option', symbol: 'SPY', tradingClass: 'SPY', expiration: '2026-12-18', strike: money(600), right: 'P' },
  multiplier: 100,
};

const intentOf = (id: string, attempt: number): Intent => ({
  ...{ id, tradingDay: DAY, task: 'execute', strategy: 'put-write', instrument: PUT, conId: 1, side: 'sell' },
  ...{ quantity: 10, limit: money(5), timeInForce: 'DAY', decidedAt: AT, quotedAt: AT, reason: '' },
  pricing: {
    ...{ steps: 4, stepMs: 60_000, concession: 1, key: 'SPY.put', attempt, wanted: 10, startedAt: AT },
    worst: money(4),
  },
});

const fillOf = (execId: string, orderRef: string, quantity: number): Fill => ({
  ...{ execId, orderRef, permId: 7, instrument: PUT, conId: 1, side: 'sell', quantity, price: money(5), at: AT },
});

const FILLS = [fillOf('a.01.01', 'first', 6), fillOf('b.01.01', 'first', 4)];

const STORED: StoredBooks = {
  intents: [intentOf('first', 1)],
  orders: [{ ...newOrder(intentOf('first', 1)), state: 'filled' }],
  fills: FILLS,
  positions: [positionFromFills(FILLS, () => money(0))].filter((position) => position !== null),
};

const execution = (orderRef: string, permId: string, quantity: number) =>
  ({ orderRef, permId, side: 'sell', quantity, localSymbol: KEY }) as const;

const TOLD: ToldBooks = {
  working: new Map(),
  completed: new Map([['7', 'first']]),
  executions: new Map([
    ['a.01.01', execution('first', '7', 6)],
    ['b.01.01', execution('first', '7', 4)],
  ]),
  positions: new Map([[KEY, -10]]),
};

const withMore = <T>(map: ReadonlyMap<string, T>, key: string, value: T) => new Map([...map, [key, value]]);

test('books that say the same are not blamed', () => {
  assert.deepEqual(wrongs(STORED, TOLD, DAY), []);
});

test('a reference under two orders of the exchange is an order that was doubled', () => {
  const doubled = { ...TOLD, completed: withMore(TOLD.completed, '8', 'first') };
  assert.match(wrongs(STORED, doubled, DAY).join(), /^first is the reference of 7 and 8$/);
});

test('a second step that fills what the first has filled already is found, though each has its own reference', () => {
  const again = { ...STORED, intents: [...STORED.intents, intentOf('second', 2)] };
  const told = { ...TOLD, executions: withMore(TOLD.executions, 'c.01.01', execution('second', '8', 10)) };
  assert.match(wrongs(again, told, DAY).join(), /SPY\.put: 20 filled of 10 in all steps/);
});

test('more fills than the intent asked for are found', () => {
  const told = { ...TOLD, executions: withMore(TOLD.executions, 'c.01.01', execution('first', '7', 1)) };
  assert.match(wrongs(STORED, told, DAY).join(), /first: 11 filled of 10/);
});

test('an order of which no intent is stored is found wherever the exchange speaks of it', () => {
  const unknown = /the exchange has "stranger", of which no intent is stored/;
  const told: readonly ToldBooks[] = [
    { ...TOLD, working: new Map([['9', 'stranger']]) },
    { ...TOLD, completed: withMore(TOLD.completed, '9', 'stranger') },
    { ...TOLD, executions: withMore(TOLD.executions, 'c.01.01', execution('stranger', '9', 1)) },
  ];
  for (const books of told) assert.match(wrongs(STORED, books, DAY).join(), unknown);
});

test('an execution, a position or a working order that only one side has is found', () => {
  assert.match(wrongs({ ...STORED, fills: FILLS.slice(1) }, TOLD, DAY).join(), /execution a\.01\.01: none here/);
  assert.match(wrongs({ ...STORED, positions: [] }, TOLD, DAY).join(), /position .*: none here, -10 at the exchange/);
  const working = { ...TOLD, working: new Map([['7', 'first']]) };
  assert.match(wrongs(STORED, working, DAY).join(), /open order first: none here, works at the exchange/);
  const believed = { ...STORED, orders: [newOrder(intentOf('first', 1))] };
  assert.match(wrongs(believed, TOLD, DAY).join(), /open order first: works here, none at the exchange/);
});

test('fills of other days are not expected among the executions, which are of today', () => {
  const earlier = { ...fillOf('z.01.01', 'earlier', 0), at: instantInNewYork('2026-11-19', '10:00') };
  assert.deepEqual(wrongs({ ...STORED, fills: [earlier, ...FILLS] }, TOLD, DAY), []);
});
