import { dayNumber, type EpochDay, epochDay, type IsoDate, isoDate } from '../../core/calendar/time.ts';
import type { Right } from '../../core/market/contract.ts';
import type { Money } from '../../core/market/money.ts';

/*
 * Contract ids of the simulated exchange say what they stand for, so that an id written down years ago is still known after a
 * restart: 5 bits symbol, 13 bits expiration, 12 bits strike in half dollars, 1 bit right.
 */

const FIRST_DAY = dayNumber(2015, 1, 1);
const DAYS = 8_192;
const STRIKES = 4_096;
const HALF_DOLLAR = 5_000;
const OPTION_FROM = DAYS * STRIKES * 2;
const STOCK_FROM = 700_000;
const FUTURE_FROM = 800_000;

/** 1 to 31: below 1 the ids of options would meet those of stocks. */
export type SymbolNumber = number;

const KNOWN = 'SPY QQQ IWM TSLA KO AAPL MSFT NVDA ES NQ RTY AMD DIS BAC XLF'.split(' ');
const UNKNOWN_FROM = KNOWN.length + 1;
const LAST_SYMBOL = 31;

/** Numbers of the symbols: fixed for those known here, the free ones above them in the order given. */
export function numberSymbols(symbols: readonly string[]): ReadonlyMap<string, SymbolNumber> {
  const numbers = new Map<string, SymbolNumber>();
  let free = UNKNOWN_FROM;
  for (const symbol of symbols) {
    const known = KNOWN.indexOf(symbol);
    if (numbers.has(symbol)) continue;
    numbers.set(symbol, known >= 0 ? known + 1 : free);
    if (known < 0) free += 1;
  }
  if (free > LAST_SYMBOL + 1) throw new RangeError(`at most ${LAST_SYMBOL + 1 - UNKNOWN_FROM} unknown symbols`);
  return numbers;
}

export function stockConId(symbol: SymbolNumber): number {
  return STOCK_FROM + symbol;
}

export function futureConId(symbol: SymbolNumber, contractMonth: string): number {
  return (
    FUTURE_FROM + symbol * 2_000 + (Number(contractMonth.slice(0, 4)) - 2015) * 12 + Number(contractMonth.slice(4)) - 1
  );
}

export interface OptionTermsOfId {
  readonly symbol: SymbolNumber;
  readonly expiration: IsoDate;
  readonly strike: Money;
  readonly right: Right;
}

/** `null` when the strike is not a whole number of half dollars below 2,048 or the expiration not one of 2015 to 2037. */
export function optionConId(terms: OptionTermsOfId): number | null {
  const strike = terms.strike / HALF_DOLLAR;
  const day: EpochDay = epochDay(terms.expiration) - FIRST_DAY;
  if (!Number.isSafeInteger(strike) || strike <= 0 || strike >= STRIKES || day < 0 || day >= DAYS) return null;
  return ((terms.symbol * DAYS + day) * STRIKES + strike) * 2 + (terms.right === 'P' ? 1 : 0);
}

/** What an option's id stands for, or `null` when it is not the id of an option. */
export function optionOfConId(conId: number): OptionTermsOfId | null {
  if (!Number.isSafeInteger(conId) || conId < OPTION_FROM || conId >= OPTION_FROM * (LAST_SYMBOL + 1)) return null;
  const half = Math.floor(conId / 2);
  const day = Math.floor(half / STRIKES);
  if (half % STRIKES === 0) return null;
  return {
    symbol: Math.floor(day / DAYS),
    expiration: isoDate((day % DAYS) + FIRST_DAY),
    strike: ((half % STRIKES) * HALF_DOLLAR) as Money,
    right: conId % 2 === 1 ? 'P' : 'C',
  };
}
