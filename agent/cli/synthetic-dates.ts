import { newYorkDate } from '../core/calendar/new-york.ts';
import type { EpochMs } from '../core/calendar/time.ts';
import { FIRST_MARKET_DATE, LAST_MARKET_DATE } from '../lab/exchange/daily-walk.ts';

/** Why the synthetic market cannot run at these instants, or null. */
export function outsideSynthetic(...instants: readonly EpochMs[]): string | null {
  const outside = (at: EpochMs): boolean => {
    const date = newYorkDate(at);
    return date < FIRST_MARKET_DATE || date > LAST_MARKET_DATE;
  };
  return instants.some(outside) ? `the synthetic market goes from ${FIRST_MARKET_DATE} to ${LAST_MARKET_DATE}` : null;
}
