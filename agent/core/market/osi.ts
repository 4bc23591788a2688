import { isDate } from '../calendar/time.ts';
import { instrumentKey, type OptionContract } from './contract.ts';
import type { Money } from './money.ts';

const SHAPE = /^([A-Z][A-Z0-9.]{0,5}) *(\d{2})(\d{2})(\d{2})([CP])(\d{8})$/;
const LENGTH = 21;
const MONEY_PER_THOUSANDTH = 10;
const LARGEST_STRIKE = 99_999_999 * MONEY_PER_THOUSANDTH;
/** Roots that are not the ticker of their underlying, yet not adjusted either. */
const INDEX_ROOTS: Readonly<Record<string, string>> = {
  SPXW: 'SPX',
  NDXP: 'NDX',
  RUTW: 'RUT',
  VIXW: 'VIX',
  DJX: 'DJX',
  XSP: 'XSP',
  MRUT: 'MRUT',
  XND: 'XND',
};

/**
 * Reads the 21 characters of an OSI symbol: root padded to 6, YYMMDD (2000 to 2099), C or P, strike in 1/1000 dollar padded
 * to 8. The multiplier is not in it and taken to be 100; the underlying is the root without the digit of an adjustment.
 * `null` when it is not one.
 */
export function parseOsi(text: string): OptionContract | null {
  const match = text.length === LENGTH ? SHAPE.exec(text) : null;
  if (match === null || text.slice(6, 7) === ' ') return null;
  const [, root, year, month, day, right, strike] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    'C' | 'P',
    string,
  ];
  const expiration = `20${year}-${month}-${day}`;
  const price = Number(strike) * MONEY_PER_THOUSANDTH;
  if (!isDate(expiration) || price === 0) return null;
  const symbol = INDEX_ROOTS[root] ?? root.replace(/\d+$/, '');
  return { kind: 'option', symbol, tradingClass: root, expiration, strike: price as Money, right, multiplier: 100 };
}

/** The 21 characters. Throws a RangeError when the contract does not fit: root, date, or strike not in whole 1/1000 dollars. */
export function formatOsi(option: OptionContract): string {
  const { strike, expiration, tradingClass } = option;
  const fits = strike > 0 && strike <= LARGEST_STRIKE && strike % MONEY_PER_THOUSANDTH === 0;
  const text = fits && isDate(expiration) && expiration.startsWith('20') ? instrumentKey(option) : '';
  if (!SHAPE.test(text) || text.length !== LENGTH) {
    throw new RangeError(`no OSI symbol for ${tradingClass} ${expiration} ${strike / 10_000} ${option.right}`);
  }
  return text;
}

/**
 * Whether what is delivered may differ from 100 shares of the underlying: the root ends in a digit, is neither the
 * underlying's ticker nor a known index root, or the multiplier is not 100. Such contracts are never opened.
 */
export function isAdjusted(option: OptionContract): boolean {
  const { tradingClass, symbol, multiplier } = option;
  if (multiplier !== 100 || /\d/.test(tradingClass)) return true;
  // A share class is a dot or a space in the ticker (BRK.B) and left out in the root (BRKB).
  return (
    tradingClass !== symbol.replaceAll(/[. ]/g, '') && tradingClass !== symbol && INDEX_ROOTS[tradingClass] !== symbol
  );
}
