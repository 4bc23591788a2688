import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MISSING } from '../../../../agent/core/market/chain.ts';
import { money } from '../../../../agent/core/market/money.ts';
import { TickColumns } from '../../../../agent/edges/broker/ib/tick-columns.ts';

const T0 = Temporal.Instant.from('2026-03-20T15:00:00Z').epochMilliseconds;
const [BID, ASK, LAST, CLOSE] = [1, 2, 4, 9];
const BID_SIZE = 0;
const TIMESTAMP = 45;
const SLOT = 3;

function standing(): TickColumns {
  const columns = new TickColumns(8);
  columns.price(SLOT, BID, 1.1, T0);
  columns.price(SLOT, ASK, 1.2, T0);
  columns.price(SLOT, LAST, 1.15, T0);
  columns.size(SLOT, BID_SIZE, 10, T0);
  return columns;
}

test('a line has answered when bid and ask have, be it that there is none', () => {
  const columns = new TickColumns(8);
  assert.equal(columns.answered(SLOT), false);
  columns.price(SLOT, BID, -1, T0);
  assert.equal(columns.answered(SLOT), false);
  columns.price(SLOT, ASK, 0.05, T0);
  assert.equal(columns.answered(SLOT), true);
  assert.equal(columns.answered(SLOT - 1), false);
  assert.equal(columns.value(SLOT, 'bid'), MISSING);
  assert.equal(columns.quote(SLOT).bid, null);
});

for (const [price, expected] of [
  [-1, MISSING],
  [Number.NaN, MISSING],
  [undefined, MISSING],
  [1e300, MISSING],
  [Number.POSITIVE_INFINITY, MISSING],
  [0, 0],
  [-0.5, -5_000],
  [1.15, 11_500],
] as const) {
  test(`a price of ${price} is kept as ${expected === MISSING ? 'missing' : expected}`, () => {
    const columns = standing();
    columns.price(SLOT, BID, price, T0);
    assert.equal(columns.value(SLOT, 'bid'), expected);
  });
}

test('a crossed market is passed on as it is, but gives no spot of its own', () => {
  const columns = standing();
  columns.price(SLOT, BID, 1.4, T0);
  const { bid, ask } = columns.quote(SLOT);
  assert.deepEqual([bid, ask], [money(1.4), money(1.2)]);
  assert.equal(columns.spot(SLOT), money(1.15));
});

test('the arrival of the standing quote says nothing about its age', () => {
  const columns = standing();
  assert.equal(columns.quotedAt(SLOT), 0);
  columns.price(SLOT, BID, 1.05, T0 + 999);
  assert.equal(columns.quotedAt(SLOT), 0, 'still the first burst');
});

test("the exchange's own time stamp is the age of a standing quote, but never lies ahead of the clock", () => {
  const columns = standing();
  columns.text(SLOT, TIMESTAMP, String((T0 - 3_600_000) / 1000), T0);
  assert.equal(columns.quotedAt(SLOT), T0 - 3_600_000);
  columns.text(SLOT, TIMESTAMP, String((T0 - 7_200_000) / 1000), T0);
  assert.equal(columns.quotedAt(SLOT), T0 - 3_600_000, 'an older stamp changes nothing');
  columns.text(SLOT, TIMESTAMP, String((T0 + 60_000) / 1000), T0 + 5);
  assert.equal(columns.quotedAt(SLOT), T0 + 5);
  for (const nonsense of ['', 'x', '-1', '0']) columns.text(SLOT, TIMESTAMP, nonsense, T0 + 9);
  assert.equal(columns.quotedAt(SLOT), T0 + 5);
});

test('a change of price or size that arrives later is fresh; a repetition and a close are not', () => {
  const columns = standing();
  columns.price(SLOT, BID, 1.1, T0 + 60_000);
  columns.size(SLOT, BID_SIZE, 10, T0 + 60_000);
  columns.price(SLOT, CLOSE, 1.3, T0 + 60_000);
  assert.equal(columns.quotedAt(SLOT), 0);
  columns.price(SLOT, ASK, 1.25, T0 + 61_000);
  assert.equal(columns.quotedAt(SLOT), T0 + 61_000);
  columns.size(SLOT, BID_SIZE, 11, T0 + 62_000);
  assert.equal(columns.quotedAt(SLOT), T0 + 62_000);
  columns.price(SLOT, BID, -1, T0 + 63_000);
  assert.equal(columns.quotedAt(SLOT), T0 + 63_000, 'a market that vanished is news too');
});

test('a size that is not told leaves the one before it alone', () => {
  const columns = standing();
  columns.size(SLOT, BID_SIZE, undefined, T0 + 60_000);
  assert.equal(columns.value(SLOT, 'bidSize'), 10);
});

test('delayed ticks fill the same columns, are called delayed, and are stale whenever they come', () => {
  const columns = new TickColumns(8);
  columns.price(SLOT, 66, 1.1, T0);
  columns.price(SLOT, 67, 1.2, T0);
  columns.size(SLOT, 69, 5, T0);
  assert.equal(columns.answered(SLOT), true);
  assert.equal(columns.quote(SLOT).data, 'delayed');
  columns.price(SLOT, 66, 1.15, T0 + 60_000);
  columns.text(SLOT, 88, String((T0 + 60_000) / 1000), T0 + 60_000);
  assert.equal(columns.quotedAt(SLOT), 0);
});

test('a stream that turns from live to delayed is stale at once, and live again has nothing of what was delayed', () => {
  const columns = standing();
  columns.price(SLOT, BID, 1.15, T0 + 60_000);
  assert.equal(columns.quotedAt(SLOT), T0 + 60_000);
  columns.price(SLOT, 67, 1.4, T0 + 61_000);
  assert.equal(columns.quotedAt(SLOT), 0);
  columns.kind(SLOT, 1);
  assert.equal(columns.answered(SLOT), false);
  columns.price(SLOT, BID, 1.05, T0 + 62_000);
  assert.equal(columns.quote(SLOT).ask, null);
});

test('what the broker says it delivers is believed', () => {
  const columns = standing();
  for (const [type, data] of [
    [2, 'frozen'],
    [3, 'delayed'],
    [4, 'delayedFrozen'],
    [1, 'live'],
    [9, 'live'],
  ] as const) {
    columns.kind(SLOT, type);
    assert.equal(columns.quote(SLOT).data, data);
  }
});

test("greeks are the model's; what it has not computed is not a number", () => {
  const columns = new TickColumns(8);
  const values = { impliedVolatility: 0.2, delta: -0.3, gamma: 0.01, vega: 0.5, theta: -0.1 };
  columns.model(SLOT, { type: 10, ...values });
  assert.ok(Number.isNaN(columns.delta[SLOT]));
  columns.model(SLOT, { type: 13, ...values, gamma: undefined });
  assert.deepEqual([columns.delta[SLOT], columns.impliedVolatility[SLOT]], [-0.3, 0.2]);
  assert.ok(Number.isNaN(columns.gamma[SLOT]));
});

test('a slot that is given to another contract remembers nothing', () => {
  const columns = standing();
  columns.model(SLOT, { type: 13, impliedVolatility: 0.2, delta: -0.3, gamma: 0, vega: 0, theta: 0 });
  columns.text(SLOT, TIMESTAMP, String(T0 / 1000), T0);
  columns.kind(SLOT, 3);
  columns.clear(SLOT);
  const empty = new TickColumns(8);
  assert.deepEqual(columns.quote(SLOT), empty.quote(SLOT));
  assert.equal(columns.answered(SLOT), false);
  assert.ok(Number.isNaN(columns.delta[SLOT]));
});
