import { type EpochDay, epochDay } from '../../../core/calendar/time.ts';
import { CALL, PUT } from '../../../core/market/chain.ts';
import { BROKEN } from './fields.ts';
import { lastTradingDay } from './moments.ts';

export interface LeanContract {
  readonly expiration: EpochDay;
  /** As the name has it, a Saturday before February 2015. */
  readonly formal: EpochDay;
  readonly strike: number;
  readonly right: number;
}

const NAME = /_(?:american|european)_(call|put)_(\d+)_(\d{4})(\d{2})(\d{2})\.csv$/;

/** The contract that a file in an archive is about: `aapl_quote_american_call_10000000_20150117.csv`. */
export function leanContract(name: string): LeanContract | null {
  const match = NAME.exec(name);
  if (match === null) return null;
  const [, right, strike, year, month, date] = match;
  try {
    const formal = epochDay(`${year}-${month}-${date}`);
    const expiration = lastTradingDay(formal);
    if (expiration === BROKEN || !(Number(strike) > 0 && Number(strike) < 2 ** 31)) return null;
    return { expiration, formal, strike: Number(strike), right: right === 'put' ? PUT : CALL };
  } catch {
    return null;
  }
}
