import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { epochDay } from '../../../agent/core/calendar/time.ts';
import { atTheMoneyVolatility } from '../../../agent/core/market/atm.ts';
import { emptyChain } from '../../../agent/core/market/chain.ts';
import { ivRank } from '../../../agent/core/market/iv-rank.ts';
import { money } from '../../../agent/core/market/money.ts';

const NOW = instantInNewYork('2026-03-20', '10:00');

test('IV rank is where today stands between the lowest and the highest of the window', () => {
  const history = Array.from({ length: 100 }, (_, i) => 0.1 + i * 0.001);
  assert.equal(Math.round(ivRank(history, 0.1495) as number), 50);
  assert.equal(ivRank(history, 0.05), 0);
  assert.equal(ivRank(history, 0.5), 100);
});

test('IV rank is unknown below 60 days, without a value for today, and on a flat history', () => {
  const flat = Array.from({ length: 100 }, () => 0.2);
  assert.equal(ivRank(flat.slice(0, 59), 0.3), null);
  assert.equal(ivRank(flat, null), null);
  assert.equal(ivRank(flat, Number.NaN), null);
  assert.equal(ivRank(flat, 0.2), null);
});

test('only the last 252 days count', () => {
  const history = [9, ...Array.from({ length: 252 }, (_, i) => 0.1 + i * 0.0001)];
  assert.equal(ivRank(history, 0.2), 100);
});

test('IV rank never leaves 0 to 100', () => {
  const volatility = fc.double({ min: 0.01, max: 3, noNaN: true });
  fc.assert(
    fc.property(fc.array(volatility, { minLength: 60, maxLength: 400 }), volatility, (history, today) => {
      const rank = ivRank(history, today);
      return rank === null || (rank >= 0 && rank <= 100);
    }),
  );
});

test('at-the-money volatility is the mean at the nearest strike of the expiration nearest to 30 days', () => {
  const chain = emptyChain('SPY', 4);
  const day = epochDay('2026-03-20');
  chain.spot = money(652.3);
  chain.expiration.set([day + 7, day + 28, day + 28, day + 28]);
  chain.strike.set([652, 652, 652, 600].map((strike) => money(strike)));
  chain.impliedVolatility.set([0.9, 0.2, 0.22, 0.8]);
  assert.equal(atTheMoneyVolatility(chain, NOW)?.toFixed(4), '0.2100');
  chain.spot = null;
  assert.equal(atTheMoneyVolatility(chain, NOW), null);
});
