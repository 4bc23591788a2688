import type { Chain } from '../../../agent/core/market/chain.ts';
import { IBKR_TIERED } from '../../../agent/core/market/fee-tables.ts';
import { money } from '../../../agent/core/market/money.ts';
import { PENNY_ALL } from '../../../agent/core/market/ticks.ts';
import type { PutWriteOptions, PutWriteRequest } from '../../../agent/core/strategy/put-write.ts';
import { MOST_AGE, NOW } from '../market/sample-chain.ts';

export const OPTIONS: PutWriteOptions = {
  minDelta: 0.15,
  maxDelta: 0.3,
  minDaysToExpiration: 21,
  maxDaysToExpiration: 45,
  minBid: money(0.1),
  maxSpread: 0.1,
  minOpenInterest: 100,
  minVolume: 1,
  maxQuoteAgeMs: MOST_AGE,
  minScore: 70,
};

export function sampleRequest(chain: Chain, changes: Partial<PutWriteRequest> = {}): PutWriteRequest {
  return {
    id: 'decision-1',
    task: 'analyse',
    chain,
    now: NOW,
    options: OPTIONS,
    ticks: PENNY_ALL,
    fees: IBKR_TIERED,
    mostCash: money(100_000),
    ivRank: null,
    ...changes,
  };
}
