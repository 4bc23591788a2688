import { instantInNewYork } from '../../agent/core/calendar/new-york.ts';
import { epochDay } from '../../agent/core/calendar/time.ts';
import { CALL, type Chain, emptyChain, PUT } from '../../agent/core/market/chain.ts';
import { chainFlags } from '../../agent/core/market/chain-flags.ts';
import type { Money } from '../../agent/core/market/money.ts';
import { volatilityByExpiration } from '../../agent/core/market/volatility-by-expiration.ts';
import { chainGreeks } from '../../agent/core/pricing/chain-greeks.ts';
import { priceEuropean } from '../../agent/core/pricing/european.ts';
import { bestCpuSeconds, type Measure } from './measure.ts';

export const title = 'A chain of 5,000 contracts: flags, volatility where missing, greeks';

const NOW = instantInNewYork('2026-03-20', '11:00');
const LIMITS = { maxQuoteAgeMs: 60_000, wideSpread: 0.25, wideFloor: 500 };
const RATE = 0.04;
const SPOT = 650;
const EXPIRATIONS = 25;
const STRIKES = 100;
const REPEATS = 20;

export async function run(): Promise<Measure[]> {
  const without = quotedChain();
  const with_ = { ...without, impliedVolatility: new Float64Array(without.size).fill(0.2) };
  const all = (chain: Chain) => () => {
    chainFlags(chain, NOW, LIMITS);
    return chainGreeks(chain, { now: NOW, rate: RATE });
  };
  const bare = milliseconds(() => total(without));
  const flags = milliseconds(() => chainFlags(without, NOW, LIMITS));
  const missing = milliseconds(all(without));
  const given = milliseconds(all(with_));
  const filled = chainGreeks(without, { now: NOW, rate: RATE });
  const terms = milliseconds(() => volatilityByExpiration(filled.chain, filled.forwards));
  const yardstick = 'adding up all columns';
  const bound = { unit: 'ms', yardstick, atMost: 10, aim: 4 };
  return [
    { name: 'all of it, every volatility missing', ...bound, value: missing, ratio: missing / bare },
    { name: 'all of it, volatilities given', ...bound, value: given, ratio: given / bare },
    { name: 'flags alone', unit: 'ms', value: flags, ratio: flags / bare, yardstick },
    { name: 'term structure and skew', unit: 'ms', value: terms, ratio: terms / bare, yardstick },
  ];
}

function milliseconds(work: () => unknown): number {
  const pass = (): unknown => {
    let last: unknown = null;
    for (let n = 0; n < REPEATS; n += 1) last = work();
    return last;
  };
  return (bestCpuSeconds(pass) / REPEATS) * 1000;
}

function total(chain: Chain): number {
  let sum = 0;
  for (let row = 0; row < chain.size; row += 1) {
    sum += (chain.bid[row] as number) + (chain.ask[row] as number) + (chain.strike[row] as number);
    sum += (chain.impliedVolatility[row] as number) + (chain.delta[row] as number) + (chain.quotedAt[row] as number);
  }
  return sum;
}

function quotedChain(): Chain {
  const chain = emptyChain('SPY', EXPIRATIONS * STRIKES * 2);
  const today = epochDay('2026-03-20');
  for (let row = 0; row < chain.size; row += 1) {
    const days = 3 + 7 * Math.floor(row / (STRIKES * 2));
    const strike = SPOT * 0.75 + Math.floor((row % (STRIKES * 2)) / 2) * 3.25;
    const right = row % 2 === 0 ? 'C' : 'P';
    const volatility = 0.18 + 0.3 * Math.abs(strike / SPOT - 1);
    const terms = {
      right,
      spot: SPOT,
      strike,
      years: days / 365,
      rate: RATE,
      dividendYield: 0.012,
      volatility,
    } as const;
    const cents = Math.round((priceEuropean(terms)?.price ?? 0) * 100);
    chain.expiration[row] = today + days;
    chain.strike[row] = Math.round(strike * 100) * 100;
    chain.right[row] = right === 'C' ? CALL : PUT;
    chain.bid[row] = Math.max(0, cents - 2) * 100;
    chain.ask[row] = (cents + 2) * 100;
    chain.quotedAt[row] = NOW - 5000;
  }
  return Object.assign(chain, { takenAt: NOW, complete: true, spot: (SPOT * 10_000) as Money, spotAt: NOW });
}
