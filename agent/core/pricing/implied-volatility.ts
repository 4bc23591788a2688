import { CALL, PUT } from '../market/chain.ts';
import { exponential } from './normal.ts';
import { solveNormalised } from './normalised-black.ts';
import { type OptionColumns, type OptionTerms, optionColumns, setOption } from './option-columns.ts';

const BLOCK = 256;
/** A time value this small against the prices it is the difference of is rounding, not information. */
const NOISE = 2 ** -52;
const LOG_MONEYNESS = new Float64Array(BLOCK);
const TIME_VALUE = new Float64Array(BLOCK);
const HEADROOM = new Float64Array(BLOCK);
const DEVIATION = new Float64Array(BLOCK);

/** ln(forward / strike), time value and distance to the upper bound, the last two in units of sqrt(shares * cash). */
function normalise(options: OptionColumns, prices: Float64Array, from: number, count: number): void {
  const { right, spot, strike, years, rate, dividendYield } = options;
  for (let j = 0; j < count; j++) {
    const i = from + j;
    const s = spot[i] as number;
    const k = strike[i] as number;
    const t = years[i] as number;
    const r = rate[i] as number;
    const q = dividendYield[i] as number;
    const price = prices[i] as number;
    TIME_VALUE[j] = Number.NaN;
    if (!(s > 0 && k > 0 && t > 0 && price > 0 && (s + k + t + r + q + price) * 0 === 0)) continue;
    const shares = s * exponential(-q * t);
    const cash = k * exponential(-r * t);
    const call = right[i] === CALL;
    let parity = call ? shares - cash : cash - shares;
    if (parity > 0) {
      // As the exact s - k and two small terms: near expiration the plain difference would cost two digits.
      const forward = s - k + s * Math.expm1(-q * t) - k * Math.expm1(-r * t);
      parity = call ? forward : -forward;
    }
    const unit = Math.sqrt(shares * cash);
    LOG_MONEYNESS[j] = Math.log(s / k) + (r - q) * t;
    const timeValue = parity > 0 ? price - parity : price;
    if (parity > 0 && timeValue <= NOISE * (shares + cash)) continue;
    TIME_VALUE[j] = timeValue / unit;
    HEADROOM[j] = ((call ? shares : cash) - price) / unit;
  }
}

/**
 * Volatility per root year that the European formula needs to give each price (dollars per share). `options.volatility` is
 * not read. NaN where there is none: price at (within rounding) or below the discounted exercise value, at or above the upper bound
 * (discounted spot for a call, discounted strike for a put), zero or expired, or input outside the domain.
 * Source: Jaeckel, "Let's Be Rational", 2015 (see normalised-black.ts). Error about one unit in the last place of the
 * price, divided by vega. Allocates nothing; not for concurrent use, which JavaScript does not have.
 */
export function impliedVolatilityColumns(options: OptionColumns, prices: Float64Array, answer: Float64Array): void {
  for (let from = 0; from < options.size; from += BLOCK) {
    const count = Math.min(BLOCK, options.size - from);
    normalise(options, prices, from, count);
    solveNormalised({ count, logMoneyness: LOG_MONEYNESS, timeValue: TIME_VALUE, headroom: HEADROOM }, DEVIATION);
    for (let j = 0; j < count; j++) {
      const volatility = (DEVIATION[j] as number) / Math.sqrt(options.years[from + j] as number);
      answer[from + j] = volatility > 0 && volatility < Number.POSITIVE_INFINITY ? volatility : Number.NaN;
    }
  }
}

const ONE_OPTION = optionColumns(1);
const ONE_PRICE = new Float64Array(1);
const ONE_ANSWER = new Float64Array(1);

/** The same for one contract; `null` where there is none. Never throws. */
export function impliedVolatility(terms: Omit<OptionTerms, 'volatility'>, price: number): number | null {
  setOption(ONE_OPTION, 0, { ...terms, volatility: 0 });
  ONE_OPTION.right[0] = terms.right === 'P' ? PUT : CALL;
  ONE_PRICE[0] = price;
  impliedVolatilityColumns(ONE_OPTION, ONE_PRICE, ONE_ANSWER);
  const found = ONE_ANSWER[0] as number;
  return Number.isNaN(found) ? null : found;
}
