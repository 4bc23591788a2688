import { exponential, millsRatio, ONE_OVER_ROOT_TAU } from './normal.ts';
import { clearValue, expiredValue, forOneContract, type OptionColumns, type ValueColumns } from './option-columns.ts';

const PER_DAY = 1 / 365;
const PER_POINT = 0.01;

const BLOCK = 512;

/** Discounted spot and strike, d1, d2 and their common density, kept in the columns of the answer until `finish`. */
function prepare(options: OptionColumns, values: ValueColumns, from: number, to: number): void {
  const { right, spot, strike, years, rate, dividendYield, volatility } = options;
  const { price, delta, gamma, theta, vega } = values;
  for (let i = from; i < to; i++) {
    const s = spot[i] as number;
    const k = strike[i] as number;
    const t = years[i] as number;
    const r = rate[i] as number;
    const q = dividendYield[i] as number;
    const v = volatility[i] as number;
    if (!(s > 0 && k > 0 && v > 0 && t >= 0 && (s + k + t + r + q + v) * 0 === 0)) {
      clearValue(values, i);
      continue;
    }
    const deviation = v * Math.sqrt(t);
    if (deviation === 0) {
      const sign = right[i] === 1 ? -1 : 1;
      expiredValue(values, i, sign, sign * (s - k));
      vega[i] = Number.NaN;
      continue;
    }
    const shares = s * exponential(-q * t);
    const cash = k * exponential(-r * t);
    const d1 = (Math.log(s / k) + (r - q) * t) / deviation + 0.5 * deviation;
    const d2 = d1 - deviation;
    // shares n(d1) = cash n(d2): the smaller exponent has the smaller rounding error, and one exponential serves both.
    const first = d1 * d1 < d2 * d2;
    const nearest = first ? d1 : d2;
    price[i] = shares;
    delta[i] = cash;
    gamma[i] = d1;
    theta[i] = d2;
    vega[i] = (first ? shares : cash) * ONE_OVER_ROOT_TAU * exponential(-0.5 * nearest * nearest);
  }
}

function finish(options: OptionColumns, values: ValueColumns, from: number, to: number): void {
  const { right, spot, years, rate, dividendYield, volatility } = options;
  const { price, delta, gamma, theta, vega, rho } = values;
  for (let i = from; i < to; i++) {
    const hump = vega[i] as number;
    if (!(hump >= 0)) {
      if ((price[i] as number) >= 0) vega[i] = 0;
      continue;
    }
    const sign = right[i] === 1 ? -1 : 1;
    const shares = price[i] as number;
    const cash = delta[i] as number;
    const d1 = gamma[i] as number;
    const d2 = theta[i] as number;
    const shareTail = hump * millsRatio(Math.abs(d1));
    const cashTail = hump * millsRatio(Math.abs(d2));
    const shareLeg = sign * d1 < 0 ? shareTail : shares - shareTail;
    const cashLeg = sign * d2 < 0 ? cashTail : cash - cashTail;
    let value = sign * (shareLeg - cashLeg);
    if (d1 * d2 > 0) {
      // Both tails on one side: the out-of-the-money price is their difference, the other one follows from parity.
      const difference = d1 < 0 ? shareTail - cashTail : cashTail - shareTail;
      value = Math.max(difference, 0) + (sign * d1 < 0 ? 0 : sign * (shares - cash));
    }
    const s = spot[i] as number;
    const t = years[i] as number;
    const v = volatility[i] as number;
    const root = Math.sqrt(t);
    const carry = sign * ((dividendYield[i] as number) * shareLeg - (rate[i] as number) * cashLeg);
    price[i] = Math.max(value, 0);
    delta[i] = (sign * shareLeg) / s;
    gamma[i] = hump / (s * s * v * root);
    theta[i] = (carry - (0.5 * hump * v) / root) * PER_DAY;
    vega[i] = hump * root * PER_POINT;
    rho[i] = sign * t * cashLeg * PER_POINT;
  }
}

/**
 * European price and greeks of every row. Source: Black and Scholes 1973, Merton 1973; Hull, chapters 15, 17 and 19.
 *
 * Domain: spot, strike and volatility positive, time not negative, all finite; other rows answer NaN in every column. A row
 * that expires now (years = 0) answers its exercise value. Price error below 1e-15 * (spot + strike). Allocates nothing:
 * the work is in two loops because the engine inlines only so much into one.
 */
export function priceEuropeanColumns(options: OptionColumns, values: ValueColumns): void {
  for (let from = 0; from < options.size; from += BLOCK) {
    const to = Math.min(options.size, from + BLOCK);
    prepare(options, values, from, to);
    finish(options, values, from, to);
  }
}

/**
 * European price and greeks of one contract, or `null` outside the domain of `priceEuropeanColumns` (`invalidTerms` says
 * why). Dollars per share.
 */
export const priceEuropean = forOneContract('european', priceEuropeanColumns);
