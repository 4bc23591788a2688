import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR_MS } from '../../../agent/core/calendar/time.ts';
import { money } from '../../../agent/core/market/money.ts';
import { ManualClock } from '../../../agent/edges/system/manual/clock.ts';
import { SimulatedBook } from '../../../agent/lab/exchange/simulated-book.ts';
import { SimulatedExchange } from '../../../agent/lab/exchange/simulated-exchange.ts';
import { SyntheticMarket } from '../../../agent/lab/exchange/synthetic-market.ts';
import { ACCOUNT, at, marketOf, putAt, request } from './small-book.ts';

const QUIET = { 70: [1, 1.2] } as const;

function recorded(clock: ManualClock) {
  const market = marketOf({ '08:03': QUIET, '10:00': QUIET, '10:05': QUIET, '15:00': QUIET });
  const book = new SimulatedBook({ market, accounts: [{ account: ACCOUNT, cash: money(100_000) }] });
  return new SimulatedExchange({ market, book, clock });
}

test('it steps at every snapshot, at the open, the close and the settlement, and at nothing else', async () => {
  const clock = new ManualClock(at('08:00'));
  const exchange = recorded(clock);
  const steps: number[] = [];
  exchange.onStep((_, when) => steps.push(when));
  exchange.start();
  await clock.advanceTo(at('18:00'));
  const expected = ['08:00', '08:03', '09:30', '10:00', '10:05', '15:00', '16:00', '17:30'];
  assert.deepEqual(
    steps,
    expected.map((time) => at(time)),
  );
  exchange.stop();
  assert.equal(clock.nextAlarm, null);
});

test('listeners hear of a step when the book has been matched', async () => {
  const clock = new ManualClock(at('10:00'));
  const exchange = recorded(clock);
  const { book, market } = exchange;
  exchange.start();
  book.place(request({ conId: putAt(market, 70), limit: money(1) }), clock.now());
  const filled: number[] = [];
  const stop = exchange.onStep((changed) => {
    assert.ok(changed.includes(putAt(market, 70)));
    filled.push(book.executions().length);
    stop();
  });
  await clock.advanceTo(at('15:30'));
  assert.deepEqual(filled, [1]);
  exchange.stop();
});

test('a day of the synthetic market stepped by its own clock ends as one that was stepped by hand', async () => {
  const outcome = (byClock: boolean) => async (): Promise<unknown> => {
    const clock = new ManualClock(at('09:25'));
    const market = new SyntheticMarket({ seed: 4 });
    const book = new SimulatedBook({ market, accounts: [{ account: ACCOUNT, cash: money(100_000) }] });
    const exchange = new SimulatedExchange({ market, book, clock });
    if (byClock) exchange.start();
    else exchange.step(clock.now());
    const put = market.listings('KO').find(({ localSymbol }) => localSymbol.startsWith('KO    260417P'));
    const quote = market.quote(put?.conId ?? 0);
    book.place(
      request({ conId: put?.conId ?? 0, side: 'buy', limit: money((quote?.close ?? 0) / 10_000 + 0.5) }),
      at('09:25'),
    );
    const end = at('09:40');
    if (byClock) await clock.advanceTo(end);
    for (let next = exchange.nextChange(at('09:25')); !byClock && next <= end; next = exchange.nextChange(next)) {
      exchange.step(next);
    }
    exchange.stop();
    assert.equal(book.executions().length, 1);
    return [book.executions(), book.figures(ACCOUNT), market.sequence];
  };
  assert.deepEqual(await outcome(true)(), await outcome(false)());
});

test('a clock that is set back does not take the market with it', async () => {
  const clock = new ManualClock(at('10:00'));
  const exchange = recorded(clock);
  exchange.start();
  await clock.advanceTo(at('10:05'));
  exchange.stop();
  clock.set(at('10:05') - HOUR_MS);
  assert.doesNotThrow(() => exchange.start());
  assert.equal(exchange.market.sequence, 3);
  exchange.stop();
});
