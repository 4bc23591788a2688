import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Instrument, Right } from '../../../agent/core/market/contract.ts';
import { IBKR_TIERED } from '../../../agent/core/market/fee-tables.ts';
import { orderFees } from '../../../agent/core/market/fees.ts';
import { type Money, money } from '../../../agent/core/market/money.ts';
import { feesOf, UNCHARGED } from '../../../agent/lab/exchange/fees.ts';
import { type Holding, requirementOf } from '../../../agent/lab/exchange/margin.ts';

const SPOT = 209;
const DATE = '2026-03-20';

function option(right: Right, strike: number, quantity: number, price: number, expiration = '2026-12-18'): Holding {
  const instrument: Instrument = {
    kind: 'option',
    symbol: 'KO',
    tradingClass: 'KO',
    expiration,
    strike: money(strike),
    right,
    multiplier: 100,
  };
  return { instrument, quantity, price: money(price), underlying: money(SPOT) };
}

function shares(quantity: number): Holding {
  return { instrument: { kind: 'stock', symbol: 'KO' }, quantity, price: money(SPOT), underlying: null };
}

/** Initial requirement in dollars. */
function initial(...holdings: readonly Holding[]): number {
  return requirementOf(holdings).initial / 10_000;
}

test('a short put needs a fifth of the underlying less what it is out of the money, or a tenth of the strike', () => {
  assert.equal(initial(option('P', 200, -1, 1.2)), 3_400);
  assert.equal(initial(option('P', 100, -1, 0.05)), 1_005);
  assert.equal(initial(option('P', 200, -3, 1.2)), 10_200);
});

test('a short call needs its own, and nothing while shares cover it', () => {
  assert.equal(initial(option('C', 220, -1, 2)), 3_280);
  assert.equal(initial(option('C', 220, -1, 2), shares(100)), (100 * SPOT) / 2);
  assert.equal(initial(option('C', 220, -2, 2), shares(150)), (150 * SPOT) / 2 + 3_280);
  assert.equal(requirementOf([shares(100)]).maintenance, money(25 * SPOT));
});

test('a vertical needs its width, a condor its wider side, and a debit spread nothing', () => {
  const putSpread = [option('P', 200, -1, 1.2), option('P', 195, 1, 0.8)];
  assert.equal(initial(...putSpread), 500);
  assert.equal(initial(...putSpread, option('C', 220, -1, 2), option('C', 230, 1, 0.5)), 1_000);
  assert.equal(initial(option('P', 200, 1, 1.2), option('P', 195, -1, 0.8)), 0);
});

test('a long option that expires first covers nothing, one that expires later does', () => {
  const short = option('P', 200, -1, 1.2);
  assert.equal(initial(short, option('P', 200, 1, 0.9, '2026-11-27')), 3_400);
  assert.equal(initial(short, option('P', 200, 1, 2, '2027-01-15')), 0);
});

test('a short strangle needs the larger side and the price of the other', () => {
  const put = option('P', 200, -1, 1.2);
  const call = option('C', 220, -1, 2);
  assert.equal(initial(put, call), Math.max(3_400 + 200, 3_280 + 120));
  assert.equal(initial(option('P', 200, -2, 1.2), call), 3_600 + 3_400);
});

test('an unknown underlying is taken to stand at the strike', () => {
  const put = option('P', 200, -1, 1.2);
  assert.equal(initial({ ...put, underlying: null }), 100 * (1.2 + 40));
});

test('options cost by premium with a minimum per order, and sales a little more', () => {
  const leg = { kind: 'option', side: 'buy', quantity: 1, price: money(1), multiplier: 100 } as const;
  const one = feesOf([leg], UNCHARGED, DATE);
  assert.deepEqual([one.perLeg[0], one.charged.paid], [money(1.055), money(1)]);
  const second = feesOf([leg], one.charged, DATE);
  assert.deepEqual([second.perLeg[0], second.charged.paid], [money(0.3 + 0.055), money(1.3)]);
  const cheap = feesOf([{ ...leg, quantity: 10, price: money(0.04) }], UNCHARGED, DATE);
  assert.equal(cheap.perLeg[0], money(2.5 + 0.55));
  const sold = feesOf([{ ...leg, side: 'sell', quantity: 10 }], UNCHARGED, DATE);
  assert.equal(sold.perLeg[0], money(6.5 + 0.55 + 0.0329 + 0.0206));
  const stock = feesOf([{ ...leg, kind: 'stock', multiplier: 1, quantity: 100, price: money(70) }], UNCHARGED, DATE);
  assert.equal(stock.perLeg[0], money(0.35));
});

test('an order that fills at once is charged what the agent expects by its table, on every day', () => {
  const legs = fc.record({
    kind: fc.constantFrom('option' as const, 'stock' as const),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    quantity: fc.integer({ min: 1, max: 500 }),
    price: fc.integer({ min: 1, max: 500_000 }).map((units) => units as Money),
  });
  const dates = fc.constantFrom('2024-06-03', '2025-02-14', '2025-06-02', '2026-03-20', '2027-01-04');
  fc.assert(
    fc.property(legs, dates, (leg, date) => {
      const order = { ...leg, multiplier: leg.kind === 'option' ? 100 : 1 };
      const expected = orderFees({ ...order, date, contractsThisMonth: 0 }, IBKR_TIERED).total;
      assert.equal(feesOf([order], UNCHARGED, date).perLeg[0], expected);
    }),
  );
});
