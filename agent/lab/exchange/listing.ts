import { nthWeekday } from '../../core/calendar/holidays.ts';
import { epochDay, type IsoDate } from '../../core/calendar/time.ts';
import { instrumentKey, type OptionContract } from '../../core/market/contract.ts';
import { type OptionTermsOfId, optionConId, type SymbolNumber, stockConId } from './con-id.ts';
import type { Listing } from './market.ts';
import { PENNY, PENNY_PROGRAM } from './ticks.ts';

export interface ListedSymbol {
  readonly symbol: string;
  readonly number: SymbolNumber;
  readonly longName: string;
  /** All its options trade in cents. */
  readonly pennyOptions: boolean;
}

const FUTURE_MONTH_CODES = 'FGHJKMNQUVXZ';

export function stockListing(of: ListedSymbol): Listing {
  const conId = stockConId(of.number);
  return {
    instrument: { kind: 'stock', symbol: of.symbol },
    conId,
    underlyingConId: 0,
    longName: of.longName,
    localSymbol: of.symbol,
    primaryExchange: of.pennyOptions ? 'ARCA' : 'NASDAQ',
    ticks: PENNY,
  };
}

/** `null` when the terms have no id (see `optionConId`). */
export function optionListing(of: ListedSymbol, terms: OptionTermsOfId): Listing | null {
  const conId = optionConId(terms);
  if (conId === null) return null;
  const instrument: OptionContract = {
    kind: 'option',
    symbol: of.symbol,
    tradingClass: of.symbol,
    expiration: terms.expiration,
    strike: terms.strike,
    right: terms.right,
    multiplier: 100,
  };
  return {
    instrument,
    conId,
    underlyingConId: stockConId(of.number),
    longName: of.longName,
    localSymbol: instrumentKey(instrument),
    primaryExchange: '',
    ticks: of.pennyOptions ? PENNY : PENNY_PROGRAM,
  };
}

/** `ESZ6`: root, month letter, last digit of the year. */
export function futureLocalSymbol(symbol: string, contractMonth: string): string {
  return `${symbol}${FUTURE_MONTH_CODES[Number(contractMonth.slice(4)) - 1]}${contractMonth[3]}`;
}

/** The front quarterly contract month (`YYYYMM`): the next third Friday of March, June, September, December. */
export function frontContractMonth(date: IsoDate): string {
  const year = Number(date.slice(0, 4));
  for (let quarter = 1; quarter <= 5; quarter += 1) {
    const month = ((quarter * 3 - 1) % 12) + 1;
    const inYear = year + (quarter > 4 ? 1 : 0);
    if (nthWeekday({ year: inYear, month, weekday: 5, n: 3 }) > epochDay(date))
      return `${inYear}${String(month).padStart(2, '0')}`;
  }
  throw new RangeError(`no contract month after ${date}`);
}
