import { type EpochMs, epochDay } from '../../../agent/core/calendar/time.ts';
import { CALL, type Chain, emptyChain, MISSING, PUT } from '../../../agent/core/market/chain.ts';
import { money } from '../../../agent/core/market/money.ts';
import { priceEuropean } from '../../../agent/core/pricing/european.ts';

export const NOW = Date.UTC(2026, 2, 20, 15);
export const MOST_AGE = 15 * 60_000;

/** One row as a test wants it, in dollars; `null` = missing. */
export interface SampleRow {
  readonly expiration?: string;
  readonly strike?: number;
  readonly right?: 'C' | 'P';
  readonly bid?: number | null;
  readonly ask?: number | null;
  readonly delta?: number;
  readonly iv?: number;
  readonly openInterest?: number | null;
  readonly volume?: number | null;
  readonly quotedAt?: EpochMs;
}

export interface SampleMarket {
  readonly symbol?: string;
  readonly spot?: number;
  readonly expiration?: string;
  readonly volatility?: number;
  /** (ask − bid) ÷ mid. */
  readonly spread?: number;
  readonly strikes: readonly number[];
}

export function sampleChain(rows: readonly SampleRow[], spot = 650, symbol = 'SPY'): Chain {
  const chain = emptyChain(symbol, rows.length);
  rows.forEach((row, i) => {
    chain.conId[i] = 1000 + i;
    chain.expiration[i] = epochDay(row.expiration ?? '2026-04-24');
    chain.strike[i] = money(row.strike ?? 625);
    chain.right[i] = row.right === 'C' ? CALL : PUT;
    chain.bid[i] = units(row.bid, 9.36);
    chain.ask[i] = units(row.ask, 9.4);
    chain.volume[i] = row.volume === null ? MISSING : (row.volume ?? 80);
    chain.openInterest[i] = row.openInterest === null ? MISSING : (row.openInterest ?? 1200);
    chain.quotedAt[i] = row.quotedAt ?? NOW;
    chain.impliedVolatility[i] = row.iv ?? 0.246;
    chain.delta[i] = row.delta ?? -0.29;
  });
  return { ...chain, spot: money(spot), spotAt: NOW, takenAt: NOW, complete: true };
}

/** Calls and puts of one expiration at model prices, in cents. */
export function modelRows(market: SampleMarket): SampleRow[] {
  const { spot = 650, expiration = '2026-04-24', volatility = 0.25, spread = 0.01, strikes } = market;
  const years = (epochDay(expiration) - epochDay('2026-03-20')) / 365;
  return strikes.flatMap((strike) =>
    (['C', 'P'] as const).map((right) => {
      const value = priceEuropean({ right, spot, strike, years, rate: 0, dividendYield: 0, volatility });
      const price = value?.price ?? 0;
      const half = (price * spread) / 2;
      const cents = (dollars: number): number => Math.round(dollars * 100) / 100;
      return {
        expiration,
        strike,
        right,
        bid: cents(price - half),
        ask: cents(price + half),
        delta: value?.delta ?? 0,
        iv: volatility,
      };
    }),
  );
}

function units(dollars: number | null | undefined, otherwise: number): number {
  return dollars === null ? MISSING : money(dollars ?? otherwise);
}
