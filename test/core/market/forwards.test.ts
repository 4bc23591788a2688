import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantInNewYork } from '../../../agent/core/calendar/new-york.ts';
import { epochDay } from '../../../agent/core/calendar/time.ts';
import { type Chain, MISSING } from '../../../agent/core/market/chain.ts';
import { chainSlices, yearsToExpiration } from '../../../agent/core/market/chain-slices.ts';
import { impliedForwards } from '../../../agent/core/market/forwards.ts';
import { volatilityByExpiration } from '../../../agent/core/market/volatility-by-expiration.ts';
import { priceEuropean } from '../../../agent/core/pricing/european.ts';
import { sampleChain } from './sample-chain.ts';

const NOW = instantInNewYork('2026-03-20', '11:00');
const RATE = 0.045;
const YIELD = 0.013;
const SPOT = 650;

interface Smile {
  readonly expiration: string;
  readonly smile?: (strike: number) => number;
}

/** Quotes of the model, a cent and a half around its price, with the model's deltas. */
function modelChain(expirations: readonly Smile[]): Chain {
  const rows = expirations.flatMap(({ expiration, smile = () => 0.2 }) => {
    const years = yearsToExpiration(epochDay(expiration), NOW);
    return Array.from({ length: 61 }, (_, n) => 500 + n * 5).flatMap((strike) =>
      (['C', 'P'] as const).map((right) => {
        const terms = { right, spot: SPOT, strike, years, rate: RATE, dividendYield: YIELD, volatility: smile(strike) };
        const value = priceEuropean(terms);
        const price = value?.price ?? 0;
        return {
          expiration,
          strike,
          right,
          bid: Math.max(0, price - 0.0151),
          ask: price + 0.0151,
          iv: smile(strike),
          delta: value?.delta ?? 0,
        };
      }),
    );
  });
  return sampleChain(rows, SPOT);
}

test('time runs to the close of the last trading day, in years of 365 days', () => {
  assert.equal(yearsToExpiration(epochDay('2026-03-20'), instantInNewYork('2026-03-20', '15:00')), 1 / 24 / 365);
  assert.equal(yearsToExpiration(epochDay('2026-03-20'), instantInNewYork('2026-03-20', '16:00')), 0);
  assert.equal(yearsToExpiration(epochDay('2026-03-20'), instantInNewYork('2026-03-21', '10:00')), 0);
  const halfDay = yearsToExpiration(epochDay('2026-11-27'), instantInNewYork('2026-11-27', '12:00'));
  assert.equal(halfDay, 1 / 24 / 365);
});

test('slices are the expirations with their rows', () => {
  const chain = modelChain([{ expiration: '2026-04-17' }, { expiration: '2026-06-18' }]);
  assert.deepEqual(chainSlices(chain), [
    { expiration: epochDay('2026-04-17'), from: 0, to: 122 },
    { expiration: epochDay('2026-06-18'), from: 122, to: 244 },
  ]);
  assert.deepEqual(chainSlices(sampleChain([])), []);
});

test('forward and rate that made the quotes are found again', () => {
  const chain = modelChain([{ expiration: '2026-04-17' }, { expiration: '2026-12-18' }]);
  for (const { years, forward, rate } of impliedForwards(chain, { now: NOW, rate: RATE })) {
    const expected = SPOT * Math.exp((RATE - YIELD) * years);
    assert.ok(Math.abs((forward as number) / 10_000 - expected) < 0.005, `${forward} is not ${expected}`);
    assert.ok(Math.abs((rate as number) - RATE) < 0.002, `${rate} is not ${RATE}`);
  }
});

test('without a spot, with one-sided quotes or with too few pairs there is no forward and no rate', () => {
  const chain = modelChain([{ expiration: '2026-06-18' }]);
  const nothing = (changed: Chain): void => {
    const [found] = impliedForwards(changed, { now: NOW, rate: RATE });
    assert.deepEqual([found?.forward, found?.rate], [null, null]);
  };
  nothing({ ...chain, spot: null });
  nothing({ ...chain, ask: new Int32Array(chain.size).fill(MISSING) });
  nothing({ ...chain, bid: new Int32Array(chain.size) });
  const [near] = impliedForwards(modelChain([{ expiration: '2026-03-27' }]), { now: NOW, rate: RATE });
  assert.notEqual(near?.forward, null);
  assert.equal(near?.rate, null);
});

test('the term structure passes through the smile at the forward, and the skew is put minus call at a quarter delta', () => {
  const smile = (strike: number): number => 0.2 - (strike - SPOT) * 0.0004;
  const chain = modelChain([{ expiration: '2026-06-18', smile }]);
  const forwards = impliedForwards(chain, { now: NOW, rate: RATE });
  const [found] = volatilityByExpiration(chain, forwards);
  const forward = (forwards[0]?.forward as number) / 10_000;
  assert.ok(Math.abs((found?.atTheMoney as number) - smile(forward)) < 1e-6);
  assert.ok((found?.put25 as number) > 0.2 && (found?.call25 as number) < 0.2);
  assert.equal(found?.skew25, (found?.put25 as number) - (found?.call25 as number));
  // Where the put with the found volatility has a delta of -0.25.
  const strike = SPOT - ((found?.put25 as number) - 0.2) / 0.0004;
  const years = found?.years as number;
  const terms = {
    right: 'P',
    spot: SPOT,
    strike,
    years,
    rate: RATE,
    dividendYield: YIELD,
    volatility: smile(strike),
  } as const;
  assert.ok(Math.abs((priceEuropean(terms)?.delta as number) + 0.25) < 0.003);
});

test('a flat smile has no skew, and wings that the quotes do not reach are unknown', () => {
  const chain = modelChain([{ expiration: '2026-06-18' }]);
  const [flat] = volatilityByExpiration(chain, impliedForwards(chain, { now: NOW, rate: RATE }));
  assert.ok(Math.abs(flat?.skew25 as number) < 1e-12);
  const cut = {
    ...chain,
    impliedVolatility: chain.impliedVolatility.map((v, i) =>
      (chain.strike[i] as number) > 6_600_000 ? Number.NaN : v,
    ),
  };
  const [one] = volatilityByExpiration(cut, impliedForwards(chain, { now: NOW, rate: RATE }));
  assert.deepEqual([one?.call25, one?.skew25], [null, null]);
  assert.notEqual(one?.put25, null);
  const [none] = volatilityByExpiration(
    { ...chain, spot: null },
    impliedForwards({ ...chain, spot: null }, { now: NOW, rate: RATE }),
  );
  assert.equal(none?.atTheMoney, null);
});
