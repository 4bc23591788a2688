import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Instrument, instrumentKey, multiplierOf } from '../../../agent/core/market/contract.ts';
import { money } from '../../../agent/core/market/money.ts';
import { isClosing, type Trade } from '../../../agent/core/risk/closing.ts';
import type { Holding, WorkingOrder } from '../../../agent/core/risk/exposure.ts';
import { PUT_625 } from '../orders/sample-orders.ts';

const SHARES: Instrument = { kind: 'stock', symbol: 'SPY' };
const CALL: Instrument = { ...PUT_625, right: 'C' };
const INSTRUMENTS: readonly Instrument[] = [
  SHARES,
  PUT_625,
  { ...PUT_625, strike: money(600) },
  CALL,
  { ...PUT_625, right: 'C', strike: money(700) },
  { ...PUT_625, symbol: 'QQQ', tradingClass: 'QQQ' },
];

const trade = (instrument: Instrument, side: Trade['side'], quantity: number): Trade => ({
  ...{ id: 'ours', instrument, side, quantity },
});
const held = (instrument: Instrument, quantity: number): Holding => ({ instrument, quantity });
const order = (instrument: Instrument, side: Trade['side'], remaining: number): WorkingOrder => ({
  ...{ id: 'other', instrument, side, remaining },
});
const closes = (made: Trade, holdings: readonly Holding[], working: readonly WorkingOrder[] = []): boolean =>
  isClosing(made, { holdings, working });

test('a short is bought back and what is held is sold, up to all of it', () => {
  for (const quantity of [1, 2]) {
    assert.ok(closes(trade(PUT_625, 'buy', quantity), [held(PUT_625, -2)]));
    assert.ok(closes(trade(SHARES, 'sell', quantity * 100), [held(SHARES, 200)]));
  }
  assert.ok(!closes(trade(PUT_625, 'buy', 3), [held(PUT_625, -2)]));
  assert.ok(!closes(trade(SHARES, 'sell', 201), [held(SHARES, 200)]));
  assert.ok(!closes(trade(PUT_625, 'sell', 1), [held(PUT_625, -2)]));
  assert.ok(!closes(trade(CALL, 'buy', 1), [held(PUT_625, -2)]));
});

test('what covers a short call or is half of a spread is not sold before the short is gone', () => {
  const covered = [held(SHARES, 300), held(CALL, -2)];
  assert.ok(closes(trade(SHARES, 'sell', 100), covered));
  assert.ok(!closes(trade(SHARES, 'sell', 101), covered));
  assert.ok(!closes(trade(SHARES, 'sell', 100), [held(SHARES, 300), held(CALL, -1)], [order(CALL, 'sell', 2)]));
  assert.ok(
    !closes(trade(INSTRUMENTS[2] as Instrument, 'sell', 1), [held(PUT_625, -1), held(INSTRUMENTS[2] as Instrument, 1)]),
  );
  assert.ok(closes(trade(CALL, 'sell', 1), [held(CALL, 1), held(PUT_625, -1)]));
});

test('nothing closes on what is not known, nor by a quantity that is none', () => {
  const holdings = [held(PUT_625, -2)];
  assert.ok(!isClosing(trade(PUT_625, 'buy', 1), { holdings: null, working: [] }));
  assert.ok(!isClosing(trade(PUT_625, 'buy', 1), { holdings, working: null }));
  for (const quantity of [0, -1, 0.5, Number.NaN]) assert.ok(!closes(trade(PUT_625, 'buy', quantity), holdings));
  assert.ok(!closes(trade(PUT_625, 'buy', 1), [held(PUT_625, Number.NaN)]));
});

test('whichever working orders fill before it, an order that closes leaves no leg larger, turned round or less covered', () => {
  // Those of one symbol more often than not meet.
  const instrument = fc.constantFrom(...INSTRUMENTS, SHARES, PUT_625, CALL);
  const size = fc.integer({ min: 1, max: 3 });
  const side = fc.constantFrom('buy' as const, 'sell' as const);
  const units = (of: Instrument, quantity: number): number => (of.kind === 'stock' ? quantity * 100 : quantity);
  const world = fc.record({
    of: instrument,
    side,
    size,
    holdings: fc.array(fc.tuple(instrument, fc.integer({ min: -3, max: 3 })), { maxLength: 6 }),
    working: fc.array(fc.tuple(instrument, side, size, fc.constantFrom(0, 0.5, 1)), { maxLength: 4 }),
  });
  let closing = 0;
  fc.assert(
    fc.property(world, ({ of, side, size, holdings, working }) => {
      const made = trade(of, side, units(of, size));
      const books = holdings.map(([one, quantity]) => held(one, units(one, quantity)));
      const orders = working.map(([one, way, quantity]) => order(one, way, units(one, quantity)));
      if (!closes(made, books, orders)) return;
      closing += 1;
      const before = new Map<string, number>();
      const add = (one: Instrument, quantity: number): void => {
        const key = instrumentKey(one);
        before.set(key, (before.get(key) ?? 0) + quantity);
      };
      for (const { instrument: one, quantity } of books) add(one, quantity);
      // Of each as much as chance says. A purchase that fills first is a trade of its own, not one that this order relied on.
      for (const [one, way, quantity, share] of working) {
        if (way === 'sell' || side === 'buy')
          add(one, Math.floor(units(one, quantity) * share) * (way === 'buy' ? 1 : -1));
      }
      const key = instrumentKey(of);
      const was = before.get(key) ?? 0;
      const is = was + made.quantity * (side === 'buy' ? 1 : -1);
      if (!orders.some(({ side: way, instrument: one }) => way !== side && instrumentKey(one) === key)) {
        assert.ok(Math.abs(is) < Math.abs(was) && was * is >= 0, `${was} becomes ${is}`);
      }
      const after = new Map(before).set(key, is);
      for (const right of ['C', 'P'] as const) {
        assert.ok(uncovered(after, of.symbol, right) <= uncovered(before, of.symbol, right), 'a short lost its cover');
      }
    }),
    { numRuns: 5000 },
  );
  assert.ok(closing > 100, `only ${closing} that close`);
});

/** Units that short options of a right ask for beyond what is there for them. */
function uncovered(quantities: ReadonlyMap<string, number>, symbol: string, right: 'C' | 'P'): number {
  let [short, cover] = [0, 0];
  for (const one of INSTRUMENTS) {
    const quantity = quantities.get(instrumentKey(one)) ?? 0;
    if (one.symbol !== symbol) continue;
    if (one.kind === 'stock' && right === 'C') cover += Math.max(quantity, 0);
    if (one.kind !== 'option' || one.right !== right) continue;
    if (quantity < 0) short -= quantity * multiplierOf(one);
    else cover += quantity * multiplierOf(one);
  }
  return Math.max(short - cover, 0);
}
