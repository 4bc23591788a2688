import { MISSING, PUT } from '../../../core/market/chain.ts';
import type { Blank } from './reasons.ts';
import type { Tally } from './tally.ts';

/** A vendor whose solver failed writes 0.00001 or less. */
const FAILED_VOLATILITY = 0.000_010_5;
const LEAST_VOLATILITY = 0.001;
const MOST_VOLATILITY = 10;

/** Notes what is odd about a quote; false when it is none: both sides zero. */
export function flagQuote(bid: number, ask: number, line: number, tally: Tally): boolean {
  if (bid === MISSING || ask === MISSING) return true;
  if (bid === 0 && ask === 0) {
    tally.blank('bothZero', line);
    return false;
  }
  if (bid > ask) tally.flag('crossed', line);
  else if (bid === ask) tally.flag('locked', line);
  return true;
}

/** A price or a size, `MISSING` when it is negative. */
export function checkedPrice(value: number, line: number, tally: Tally): number {
  if (value >= 0 || value === MISSING) return value;
  tally.blank('negative', line);
  return MISSING;
}

interface Beside {
  /** Without a quote a vendor writes the last guess of its solver, such as 0.125 or 0.25. */
  readonly quoted: boolean;
  readonly line: number;
  readonly tally: Tally;
}

export function checkedVolatility(value: number, { quoted, line, tally }: Beside): number {
  if (quoted && value >= LEAST_VOLATILITY && value <= MOST_VOLATILITY) return value;
  if (Number.isNaN(value)) return value;
  tally.blank(doubt(value), line);
  return Number.NaN;
}

function doubt(value: number): Blank {
  if (value === 0) return 'zeroVolatility';
  if (value > 0 && value < FAILED_VOLATILITY) return 'failedVolatility';
  return value < LEAST_VOLATILITY || value > MOST_VOLATILITY ? 'oddVolatility' : 'unquotedVolatility';
}

export function checkedDelta(value: number, right: number, line: number, tally: Tally): number {
  if (Number.isNaN(value) || (right === PUT ? value <= 0 && value >= -1 : value >= 0 && value <= 1)) return value;
  tally.blank('delta', line);
  return Number.NaN;
}
