import { type Money, money } from '../../../core/market/money.ts';
import type { ListedOptions } from '../market-data.ts';
import type { Nonsense } from './map-contract.ts';
import { dateIn } from './map-number.ts';

/** One line of the broker's answer: there is one per exchange and trading class. */
export interface OptionParameters {
  readonly exchange: string;
  readonly underlyingConId: number;
  readonly tradingClass: string;
  readonly multiplier: number | undefined;
  readonly expirations: readonly string[];
  readonly strikes: readonly number[];
}

const STANDARD_MULTIPLIER = 100;

/**
 * Of all lines the one to trade: standard contracts on the smart-routed exchange, the class named like the underlying
 * before others (adjusted contracts have a class of their own), then the longest.
 */
export function toListedOptions(
  symbol: string,
  underlyingConId: number,
  lines: readonly OptionParameters[],
): ListedOptions | Nonsense {
  const rank = (line: OptionParameters): number =>
    (line.exchange === 'SMART' ? 4_000_000 : 0) +
    (line.tradingClass === symbol ? 2_000_000 : 0) +
    line.expirations.length * line.strikes.length;
  const standard = lines.filter((line) => line.multiplier === STANDARD_MULTIPLIER && line.tradingClass !== '');
  const best = standard.toSorted((a, b) => rank(b) - rank(a))[0];
  if (best === undefined) return { nonsense: `no standard options listed for ${symbol}` };
  const expirations = best.expirations.map((text) => dateIn(text)).filter((date) => date !== null);
  const strikes = best.strikes.filter((strike) => strike > 0).map((strike) => money(strike));
  return {
    symbol,
    underlyingConId,
    tradingClass: best.tradingClass,
    multiplier: STANDARD_MULTIPLIER,
    expirations: [...new Set(expirations)].toSorted(),
    strikes: [...new Set<Money>(strikes)].toSorted((a, b) => a - b),
  };
}
