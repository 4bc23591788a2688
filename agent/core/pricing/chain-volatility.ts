import { type Chain, MISSING, PUT } from '../market/chain.ts';
import { type Forward, isNearSpot } from '../market/forwards.ts';
import { impliedVolatilityColumns } from './implied-volatility.ts';
import { type OptionColumns, optionColumns } from './option-columns.ts';

/** A vendor that has none says 0, 0.00001 or -1; nothing real is below or above these. */
const LEAST_VOLATILITY = 0.001;
const MOST_VOLATILITY = 10;
const DOLLAR = 10_000;

/** A chain as the pricing formulas want it. One record is used again for every chain. */
export interface ChainTerms {
  readonly options: OptionColumns;
  /** Price to take a volatility from, dollars; `NaN` where none is wanted or told. */
  readonly price: Float64Array;
  /** What of the row's price is for the right to exercise early, 1/10,000 dollar. */
  readonly premium: Float64Array;
  /** 1 = the forward or the volatility of some row depends on this one's premium. */
  readonly quoted: Uint8Array;
  readonly answer: Float64Array;
}

export function chainTerms(size: number): ChainTerms {
  const column = (): Float64Array => new Float64Array(size);
  return {
    options: optionColumns(size),
    price: column(),
    premium: column(),
    quoted: new Uint8Array(size),
    answer: column(),
  };
}

export function isVolatility(value: number): boolean {
  return value >= LEAST_VOLATILITY && value <= MOST_VOLATILITY;
}

interface At {
  readonly forwards: readonly Forward[];
  readonly rate: number;
}

/**
 * Terms of every row, its volatility included: the vendor's, or the one that the mid price without its early-exercise
 * premium implies, of the option itself when it is out of the money, of its twin of the same strike when it is in the money.
 */
export function fillTerms(terms: ChainTerms, chain: Chain, { forwards, rate }: At): void {
  const { options, price, answer } = terms;
  const spot = (chain.spot ?? Number.NaN) / DOLLAR;
  for (const slice of forwards) {
    const { from, to, years, forward } = slice;
    const carried = forward === null ? spot * Math.exp(rate * years) : forward / DOLLAR;
    const carry = years > 0 ? Math.log(carried / spot) / years : 0;
    for (let row = from; row < to; row += 1) {
      const strike = (chain.strike[row] as number) / DOLLAR;
      const right = chain.right[row] as number;
      options.right[row] = right;
      options.spot[row] = spot;
      options.strike[row] = strike;
      options.years[row] = years;
      options.rate[row] = rate;
      options.dividendYield[row] = rate - carry;
      const wanted = !isVolatility(chain.impliedVolatility[row] as number);
      const outOfTheMoney = strike < carried === (right === PUT);
      price[row] = wanted && outOfTheMoney ? midPrice(chain, row, terms.premium[row] as number) : Number.NaN;
      terms.quoted[row] = isNearSpot(strike, spot) || !Number.isNaN(price[row]) ? 1 : 0;
    }
  }
  impliedVolatilityColumns(options, price, answer);
  for (let row = 0; row < chain.size; row += 1) options.volatility[row] = volatilityOf(terms, chain, row);
}

function volatilityOf({ answer }: ChainTerms, chain: Chain, row: number): number {
  const told = chain.impliedVolatility[row] as number;
  if (isVolatility(told)) return told;
  if (isVolatility(answer[row] as number)) return answer[row] as number;
  const twin = twinOf(chain, row);
  if (twin < 0) return Number.NaN;
  const toldOfTwin = chain.impliedVolatility[twin] as number;
  if (isVolatility(toldOfTwin)) return toldOfTwin;
  return isVolatility(answer[twin] as number) ? (answer[twin] as number) : Number.NaN;
}

/** The row of the other right with the same strike and expiration, -1 when there is none. */
function twinOf(chain: Chain, row: number): number {
  const other = chain.right[row] === PUT ? row - 1 : row + 1;
  const same = chain.strike[other] === chain.strike[row] && chain.expiration[other] === chain.expiration[row];
  return same && other >= 0 && other < chain.size ? other : -1;
}

function midPrice(chain: Chain, row: number, premium: number): number {
  const bid = chain.bid[row] as number;
  const ask = chain.ask[row] as number;
  if (!(bid !== MISSING && ask !== MISSING && bid > 0 && ask >= bid)) return Number.NaN;
  return ((bid + ask) / 2 - premium) / DOLLAR;
}
