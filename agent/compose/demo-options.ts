import type { FeeTable } from '../core/market/fees.ts';
import { money } from '../core/market/money.ts';
import type { TradingOptions } from './options.ts';

const fees = {
  name: 'x',
  roundTo: 1,
  rates: [
    {
      name: 'commission',
      from: '2000-01-01',
      basis: 'contract',
      brackets: [{ priceFrom: 0, volumeFrom: 0, microDollars: 650000 }],
      orderMinimum: money(1),
    },
  ],
} as never as FeeTable;
export async function demoOptions(speed: number): Promise<TradingOptions> {
  return {
    version: '0.1.0',
    run: 'demo',
    speed,
    symbols: ['SPY', 'TSLA'],
    futures: { ES: 50, NQ: 20, RTY: 50 },
    selection: { rights: ['P'], minDays: 21, maxDays: 45, minMoneyness: 0.8, maxMoneyness: 1.0, most: 44 },
    putWrite: {
      minDelta: 0.15,
      maxDelta: 0.3,
      minDaysToExpiration: 21,
      maxDaysToExpiration: 45,
      minBid: money(0.1),
      maxSpread: 0.1,
      minOpenInterest: 50,
      minVolume: 1,
      maxQuoteAgeMs: 900000,
      minScore: 70,
    },
    limits: {
      maxQuoteAgeMs: 900000,
      maxSecuredPerSymbol: money(100000),
      maxSecuredTotal: money(200000),
      maxContractsPerOrder: 2,
      maxOrdersPerDay: 10,
      maxLimitDistance: 0.1,
    },
    fees,
    pennyClasses: new Set(['TSLA']),
    times: {},
  };
}
