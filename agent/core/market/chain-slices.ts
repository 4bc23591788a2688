import { instantOnDay } from '../calendar/new-york.ts';
import { FIRST_SESSION_YEAR, LAST_SESSION_YEAR, sessionOnDay } from '../calendar/sessions.ts';
import { DAY_MS, type EpochDay, type EpochMs, HOUR_MS, yearOf } from '../calendar/time.ts';
import type { Chain } from './chain.ts';

/** The rows [from, to) of one expiration. */
export interface ChainSlice {
  readonly expiration: EpochDay;
  readonly from: number;
  readonly to: number;
}

const CLOSE_MS = 16 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;

/** The expirations of a chain, nearest first. */
export function chainSlices(chain: Chain): ChainSlice[] {
  const slices: ChainSlice[] = [];
  const { expiration, size } = chain;
  for (let from = 0; from < size; ) {
    let to = from + 1;
    while (to < size && expiration[to] === expiration[from]) to += 1;
    slices.push({ expiration: expiration[from] as number, from, to });
    from = to;
  }
  return slices;
}

/** Years of 365 days from an instant to the close of regular trading on the day of expiration; 0 from then on. */
export function yearsToExpiration(expiration: EpochDay, now: EpochMs): number {
  const year = yearOf(expiration);
  const session = year >= FIRST_SESSION_YEAR && year <= LAST_SESSION_YEAR ? sessionOnDay(expiration) : null;
  const close = session?.close ?? instantOnDay(expiration, CLOSE_MS);
  return Math.max(0, (close - now) / YEAR_MS);
}
