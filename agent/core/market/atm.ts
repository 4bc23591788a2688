import { newYorkDay } from '../calendar/new-york.ts';
import type { EpochMs } from '../calendar/time.ts';
import type { Chain } from './chain.ts';

/** The tenor that implied volatility indices use. */
const TENOR_DAYS = 30;

/**
 * Implied volatility at the money, as an annual fraction: the mean over the rows of the strike nearest to spot in the
 * expiration nearest to 30 days. `null` = no spot, or no row there with a volatility.
 */
export function atTheMoneyVolatility(chain: Chain, now: EpochMs): number | null {
  if (chain.spot === null) return null;
  const today = newYorkDay(now);
  let best = Number.POSITIVE_INFINITY;
  let sum = 0;
  let rows = 0;
  for (let row = 0; row < chain.size; row++) {
    const volatility = chain.impliedVolatility[row] as number;
    if (!(volatility > 0)) continue;
    const days = Math.abs((chain.expiration[row] as number) - today - TENOR_DAYS);
    // The expiration decides first: a day off outweighs any distance in strike.
    const distance = days * 1e9 + Math.abs((chain.strike[row] as number) - chain.spot);
    if (distance > best) continue;
    if (distance < best) {
      best = distance;
      sum = 0;
      rows = 0;
    }
    sum += volatility;
    rows++;
  }
  return rows === 0 ? null : sum / rows;
}
