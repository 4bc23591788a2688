import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import type { OptionContract } from '../../../agent/core/market/contract.ts';
import { money, ZERO } from '../../../agent/core/market/money.ts';
import type { Position, ReportedPosition } from '../../../agent/core/portfolio/position.ts';
import { settlementOf } from '../../../agent/core/portfolio/settlement.ts';

const PUT: OptionContract = {
  kind: 'option',
  symbol: 'TSLA',
  tradingClass: 'TSLA',
  expiration: '2026-03-27',
  strike: money(350),
  right: 'P',
  multiplier: 100,
};
const AFTER_CLOSE = instantInNewYork('2026-03-27', '17:35');
const MONDAY = instantInNewYork('2026-03-30', '08:00');

function short(contracts: number, instrument: OptionContract = PUT): Position {
  const none = { averagePrice: money(2), credit: money(200 * contracts), realized: ZERO, commission: ZERO };
  return { instrument, conId: 7, quantity: -contracts, ...none, openedAt: 0, updatedAt: 0 };
}

function shares(quantity: number): ReportedPosition {
  return { instrument: { kind: 'stock', symbol: 'TSLA' }, conId: 3, quantity, averagePrice: money(350) };
}

function settle(now: number, reported: readonly ReportedPosition[], position = short(2)) {
  return settlementOf({ position, ours: [position], reported, now });
}

test('an option that has not expired is left alone', () => {
  assert.equal(settle(instantInNewYork('2026-03-27', '15:59'), []), null);
});

test('nothing is concluded before the next session, because assignments are booked overnight', () => {
  assert.deepEqual(settle(AFTER_CLOSE, []), { kind: 'waiting' });
  assert.deepEqual(settle(instantInNewYork('2026-03-29', '12:00'), []), { kind: 'waiting' });
});

test('the morning after, without new shares, it was worthless', () => {
  const settlement = settle(MONDAY, []);
  assert.equal(settlement?.kind === 'settled' && settlement.outcome, 'worthless');
  const [closing, ...more] = settlement?.kind === 'settled' ? settlement.fills : [];
  assert.deepEqual([closing?.side, closing?.quantity, closing?.price, more.length], ['buy', 2, 0, 0]);
});

test('shares that came at the strike are an assignment: option and shares move together', () => {
  const settlement = settle(AFTER_CLOSE, [shares(200)]);
  assert.equal(settlement?.kind === 'settled' && settlement.outcome, 'assigned');
  const fills = settlement?.kind === 'settled' ? settlement.fills : [];
  assert.deepEqual(
    fills.map(({ instrument, side, quantity, price, conId }) => [instrument.kind, side, quantity, price, conId]),
    [
      ['option', 'buy', 2, 0, 7],
      ['stock', 'buy', 200, money(350), 3],
    ],
  );
  assert.equal(new Set(fills.map((fill) => fill.execId)).size, 2);
});

test('a covered call that is assigned takes the shares away', () => {
  const call = { ...PUT, right: 'C' as const };
  const position = short(1, call);
  const stock: Position = { ...short(1), instrument: { kind: 'stock', symbol: 'TSLA' }, conId: 3, quantity: 100 };
  const settlement = settlementOf({ position, ours: [position, stock], reported: [], now: AFTER_CLOSE });
  const fills = settlement?.kind === 'settled' ? settlement.fills : [];
  assert.deepEqual([fills[1]?.side, fills[1]?.quantity], ['sell', 100]);
});

test('another number of shares is unclear, and nothing is booked', () => {
  assert.equal(settle(MONDAY, [shares(100)])?.kind, 'unclear');
});
