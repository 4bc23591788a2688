import assert from 'node:assert/strict';
import { test } from 'node:test';
import { money } from '../../../../agent/core/market/money.ts';
import { isNonsense, toInstrument, toListed } from '../../../../agent/edges/broker/ib/map-contract.ts';
import { toFill, toPosition } from '../../../../agent/edges/broker/ib/map-event.ts';
import { amount, dateIn, instantIn } from '../../../../agent/edges/broker/ib/map-number.ts';
import { toListedOptions } from '../../../../agent/edges/broker/ib/map-options.ts';

const OPTION = {
  conId: 1,
  symbol: 'SPY',
  secType: 'OPT',
  lastTradeDateOrContractMonth: '20260417',
  strike: 650,
  right: 'P',
  multiplier: 100,
  tradingClass: 'SPY',
} as never as Parameters<typeof toInstrument>[0];

test('an unset or endless amount is null, never zero', () => {
  for (const value of [undefined, Number.NaN, Number.MAX_VALUE, Number.POSITIVE_INFINITY]) {
    assert.equal(amount(value), null);
  }
  assert.equal(amount(0), 0);
  assert.equal(amount(-1.25), money(-1.25));
});

test('dates are read with and without a time behind them', () => {
  assert.equal(dateIn('20260417'), '2026-04-17');
  assert.equal(dateIn('20260417 16:00:00 US/Eastern'), '2026-04-17');
  for (const wrong of ['', '202604', '2026-04-17', '202604170', undefined]) assert.equal(dateIn(wrong), null);
});

test('times are read in the zone they name, and without one in New York', () => {
  const at = Temporal.Instant.from('2026-03-20T14:00:05Z').epochMilliseconds;
  for (const text of [
    '20260320 10:00:05 US/Eastern',
    '20260320  10:00:05',
    '20260320-14:00:05',
    '20260320 15:00:05 Europe/Berlin',
  ]) {
    assert.equal(instantIn(text), at, text);
  }
  for (const wrong of ['', '20260320', '20260399 10:00:05', '20260320 10:00:05 Nowhere/Land', undefined]) {
    assert.equal(instantIn(wrong), null);
  }
});

test('a contract that cannot be traded is nonsense with a reason', () => {
  assert.equal(isNonsense(toInstrument(OPTION)), false);
  const wrongs = [
    { symbol: '' },
    { secType: 'BOND' },
    { lastTradeDateOrContractMonth: '' },
    { strike: 0 },
    { strike: Number.NaN },
    { right: undefined },
    { multiplier: 0 },
    { multiplier: Number.NaN },
  ];
  for (const wrong of wrongs) {
    const found = toInstrument({ ...OPTION, ...wrong } as never);
    assert.ok(isNonsense(found) && found.nonsense !== '', JSON.stringify(wrong));
  }
  assert.ok(isNonsense(toListed({ contract: OPTION, minTick: 0 })));
  assert.ok(isNonsense(toListed({ contract: { ...OPTION, conId: 0 }, minTick: 0.01 })));
});

test('a position is told per share, an empty one not at all', () => {
  const position = toPosition(OPTION, -2, 115.35);
  assert.ok(position !== null && !isNonsense(position));
  assert.deepEqual([position.quantity, position.averagePrice], [-2, money(1.1535)]);
  assert.equal(toPosition(OPTION, 0, 0), null);
  for (const [quantity, cost] of [
    [undefined, 1],
    [Number.NaN, 1],
    [1, undefined],
  ]) {
    const found = toPosition(OPTION, quantity, cost);
    assert.ok(found !== null && isNonsense(found));
  }
});

test('an execution whose time cannot be read happened when it arrived; without an id, side, size or price it is nonsense', () => {
  const execution = { execId: '0001.01', side: 'SLD', shares: 1, price: 1.15, time: 'soon', orderRef: 'x', permId: 5 };
  const fill = toFill(OPTION, execution, 1_234);
  assert.ok(!isNonsense(fill));
  assert.deepEqual([fill.at, fill.side, fill.price], [1_234, 'sell', money(1.15)]);
  for (const wrong of [{ execId: '' }, { side: '?' }, { shares: 0 }, { price: Number.NaN }]) {
    assert.ok(isNonsense(toFill(OPTION, { ...execution, ...wrong }, 0)));
  }
});

test('an execution by which the broker liquidates says so', () => {
  const execution = { execId: '0001.01', side: 'BOT', shares: 1, price: 1.15, time: 'soon', orderRef: '', permId: 5 };
  const [forced, ordinary] = [1, 0].map((liquidation) => toFill(OPTION, { ...execution, liquidation }, 0));
  assert.ok(forced !== undefined && !isNonsense(forced) && forced.liquidation === true);
  assert.ok(ordinary !== undefined && !('liquidation' in ordinary));
});

test('of several option chains the standard one of the smart route is taken', () => {
  const line = { underlyingConId: 5, expirations: ['20260417'], strikes: [100, 90] };
  const lines = [
    { ...line, exchange: 'CBOE', tradingClass: 'TSLA', multiplier: 100, strikes: [1, 2, 3] },
    { ...line, exchange: 'SMART', tradingClass: '2TSLA', multiplier: 100 },
    { ...line, exchange: 'SMART', tradingClass: 'TSLA', multiplier: 10 },
    { ...line, exchange: 'SMART', tradingClass: 'TSLA', multiplier: 100 },
  ];
  const options = toListedOptions('TSLA', 5, lines);
  assert.ok(!isNonsense(options));
  assert.deepEqual([options.tradingClass, options.strikes], ['TSLA', [money(90), money(100)]]);
  assert.ok(isNonsense(toListedOptions('TSLA', 5, [])));
});
