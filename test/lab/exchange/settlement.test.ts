import assert from 'node:assert/strict';
import { test } from 'node:test';
import { money } from '../../../agent/core/market/money.ts';
import { stockConId } from '../../../agent/lab/exchange/con-id.ts';
import { SimulatedBook } from '../../../agent/lab/exchange/simulated-book.ts';
import { SyntheticMarket } from '../../../agent/lab/exchange/synthetic-market.ts';
import { ACCOUNT, at, DATE, marketOf, type Prices, putAt, request, Table } from './small-book.ts';

/** A short and a long put of today at 75, 70 and 65 with the stock at 70.00. */
function held(strike: number, side: 'buy' | 'sell'): Table {
  const quotes = { [strike]: [5, 5.2] } as unknown as Prices;
  const one = new Table(marketOf({ '10:00': quotes, '10:05': quotes, '15:59': quotes }, DATE));
  one.step('10:00');
  const limit = side === 'sell' ? money(5) : money(5.2);
  one.book.place(request({ conId: putAt(one.market, strike), side, limit }), at('10:01'));
  one.step('10:05');
  assert.equal(one.book.positions(ACCOUNT).length, 1);
  return one;
}

test('a short put in the money is assigned after the close: shares at the strike, no order event', () => {
  const one = held(75, 'sell');
  const cash = one.book.figures(ACCOUNT).cash;
  one.step('16:00');
  assert.equal(one.book.positions(ACCOUNT)[0]?.quantity, -1);
  const before = one.events.length;
  one.step('17:30');
  assert.deepEqual(
    one.book.positions(ACCOUNT).map(({ conId, quantity, averagePrice }) => [conId, quantity, averagePrice / 10_000]),
    [[stockConId(5), 100, 75]],
  );
  assert.equal(one.book.figures(ACCOUNT).cash, cash - money(7_500));
  assert.equal(one.book.figures(ACCOUNT).realizedToday, money(500));
  assert.deepEqual(
    one.events.slice(before).map((event) => event.kind),
    ['position', 'position'],
  );
  one.step('18:00');
  assert.equal(one.book.positions(ACCOUNT).length, 1);
});

test('a long put in the money is exercised, and one at the money or out of it is worthless', () => {
  const long = held(75, 'buy');
  long.step('17:30');
  assert.equal(long.book.positions(ACCOUNT)[0]?.quantity, -100);
  for (const strike of [70, 65]) {
    const short = held(strike, 'sell');
    const { cash } = short.book.figures(ACCOUNT);
    short.step('17:30');
    assert.deepEqual([short.book.positions(ACCOUNT), short.book.figures(ACCOUNT).cash], [[], cash]);
  }
});

test('an expired contract takes no orders any more and loses those it had', () => {
  const one = held(70, 'sell');
  one.book.place(
    request({ orderId: 2, conId: putAt(one.market, 70), limit: money(9), timeInForce: 'GTC' }),
    at('10:06'),
  );
  one.step('16:00');
  assert.equal(one.order(2).status, 'Cancelled');
  one.book.place(request({ orderId: 3, conId: putAt(one.market, 70), limit: money(9) }), at('16:01'));
  assert.deepEqual(one.refusals(), [200]);
});

test('an exchange that was away over the expiration settles at the close of that day when it is back', () => {
  const market = new SyntheticMarket({ seed: 3 });
  market.advance(at('15:00'));
  const book = new SimulatedBook({ market, accounts: [{ account: ACCOUNT, cash: money(10_000_000) }] });
  const puts = market.listings('KO').flatMap((listing) => {
    const { instrument } = listing;
    return instrument.kind === 'option' && instrument.expiration === DATE && instrument.right === 'P' ? [listing] : [];
  });
  const deepest = puts.at(-1);
  assert.ok(deepest?.instrument.kind === 'option');
  const { strike } = deepest.instrument;
  book.place(request({ conId: deepest.conId, type: 'MKT' }), at('15:00'));
  market.advance(at('15:10'));
  book.match(at('15:10'));
  assert.equal(book.positions(ACCOUNT)[0]?.quantity, -1);
  market.advance(at('08:00', '2026-03-24'));
  book.match(at('08:00', '2026-03-24'));
  const [stock] = book.positions(ACCOUNT);
  assert.deepEqual([stock?.quantity, stock?.averagePrice], [100, strike]);
});
