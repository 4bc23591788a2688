import { type IsoDate, isDate } from '../../core/calendar/time.ts';
import type { Right } from '../../core/market/contract.ts';
import { type Money, money } from '../../core/market/money.ts';

export const HEADER = 'ts_utc,expiration,strike,type,bid,ask,last,volume,open_interest,iv,spot';
const FIELDS = HEADER.split(',').length;

/** One line of a recording. `null` = the line says nothing, zero for a price included: the source writes 0 for "none". */
export interface RecordedRow {
  readonly expiration: IsoDate;
  readonly strike: Money;
  readonly right: Right;
  readonly bid: Money | null;
  readonly ask: Money | null;
  readonly last: Money | null;
  readonly volume: number | null;
  readonly openInterest: number | null;
  readonly impliedVolatility: number | null;
  readonly spot: Money | null;
}

/** Below it the source failed to find one (it writes 0.00001); above it the figure is noise of a worthless option. */
const LEAST_VOLATILITY = 0.001;
const MOST_VOLATILITY = 10;

/** Seconds since 1970 of a line's fields, or why there are none. */
export function timeOf(fields: readonly string[]): number | string {
  if (fields.length !== FIELDS) return `expected ${FIELDS} fields, found ${fields.length}`;
  const seconds = Number(fields[0]);
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : `"${fields[0]}" is not a time in seconds`;
}

/** The row in a line's fields, or why it is broken. Crossed quotes are not broken: whoever trades must refuse them. */
export function parseRow(fields: readonly string[]): RecordedRow | string {
  const expiration = fields[1] ?? '';
  if (!isDate(expiration)) return `"${expiration}" is not an expiration date`;
  const right = fields[3] === 'put' ? 'P' : fields[3] === 'call' ? 'C' : null;
  if (right === null) return `"${fields[3]}" is neither call nor put`;
  const numbers = [2, 4, 5, 6, 7, 8, 9, 10].map((index) => numberIn(fields[index] ?? ''));
  const bad = numbers.findIndex((value) => typeof value === 'string');
  if (bad >= 0) return numbers[bad] as string;
  const [strike, bid, ask, last, volume, openInterest, volatility, spot] = numbers as (number | null)[];
  if (strike === null || strike === undefined || !(strike > 0)) return 'the strike is missing';
  if (strike % 0.5 !== 0 || strike >= 2_048) return `${strike} is not a strike in half dollars below 2,048`;
  return {
    expiration,
    strike: money(strike),
    right,
    bid: price(bid),
    ask: price(ask),
    last: price(last),
    volume: whole(volume),
    openInterest: whole(openInterest),
    impliedVolatility: volatilityIn(volatility),
    spot: price(spot),
  };
}

/** Empty and `nan` are "not known"; anything else must be a number that is not negative. */
function numberIn(text: string): number | null | string {
  if (text === '' || text.toLowerCase() === 'nan') return null;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 && value < 1e8 ? value : `"${text}" is not a number from 0`;
}

function price(value: number | null | undefined): Money | null {
  return value === null || value === undefined || value === 0 ? null : money(value);
}

function whole(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Math.round(value);
}

function volatilityIn(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && value >= LEAST_VOLATILITY && value <= MOST_VOLATILITY ? value : null;
}
