import type { EpochMs } from '../calendar/time.ts';
import { type Chain, MISSING, PUT } from '../market/chain.ts';
import { type Forward, impliedForwards } from '../market/forwards.ts';
import { priceEuropeanColumns } from './european.ts';
import { impliedVolatilityColumns } from './implied-volatility.ts';
import { type OptionColumns, optionColumns, type ValueColumns, valueColumns } from './option-columns.ts';

/** Bits that say what of a row is ours and not the vendor's. */
export const DERIVED_VOLATILITY = 1;
export const DERIVED_DELTA = 2;
export const DERIVED_GREEKS = 4;

export interface ChainGreeks {
  /** The same chain with volatility, delta, gamma, theta and vega filled in where they can be known, `NaN` elsewhere. */
  readonly chain: Chain;
  readonly derived: Uint8Array;
  readonly forwards: readonly Forward[];
}

export interface GreeksAt {
  readonly now: EpochMs;
  /** Continuously compounded per year. */
  readonly rate: number;
}

/** A vendor that has none says 0, 0.00001 or -1; nothing real is below or above these. */
const LEAST_VOLATILITY = 0.001;
const MOST_VOLATILITY = 10;
const DOLLAR = 10_000;

let scratch: { readonly options: OptionColumns; readonly values: ValueColumns; readonly price: Float64Array } = room(0);

/**
 * Fills in what the vendor has not told or told as 0, -1 or NaN. Volatility comes from the mid price: of the option itself
 * when it is out of the money, of its twin of the same strike when it is in the money, since there the price of an American
 * option says more about early exercise than about volatility. The forward of each expiration comes from put-call parity
 * where the quotes tell it, from spot and `rate` where they do not. Engine: European (european.ts); delta and theta of an
 * option deep in the money that one should exercise now are therefore too small. A row without volatility and price, and
 * every row of a chain without a spot, stays without.
 */
export function chainGreeks(chain: Chain, at: GreeksAt): ChainGreeks {
  const forwards = impliedForwards(chain, at.now, at.rate);
  const derived = new Uint8Array(chain.size);
  const columns = {
    impliedVolatility: chain.impliedVolatility.slice(),
    delta: chain.delta.slice(),
    gamma: chain.gamma.slice(),
    theta: chain.theta.slice(),
    vega: chain.vega.slice(),
  };
  const filled: Chain = { ...chain, ...columns };
  if (scratch.price.length < chain.size) scratch = room(chain.size);
  const { options, values, price } = scratch;
  const sized = { ...options, size: chain.size };
  prepare(chain, forwards, { options: sized, price, rate: at.rate });
  deriveVolatility(filled, derived, { options: sized, price, answer: values.vega });
  sized.volatility.set(columns.impliedVolatility);
  priceEuropeanColumns(sized, values);
  takeGreeks(filled, derived, values);
  return { chain: filled, derived, forwards };
}

function room(size: number): typeof scratch {
  return { options: optionColumns(size), values: valueColumns(size), price: new Float64Array(size) };
}

interface Inputs {
  readonly options: OptionColumns;
  readonly price: Float64Array;
  readonly rate: number;
}

/** Terms of every row, and the mid price in dollars of those out of the money whose volatility is wanted. */
function prepare(chain: Chain, forwards: readonly Forward[], { options, price, rate }: Inputs): void {
  const spot = (chain.spot ?? Number.NaN) / DOLLAR;
  for (const { from, to, years, forward } of forwards) {
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
      price[row] = wanted && outOfTheMoney ? midPrice(chain, row) : Number.NaN;
    }
  }
}

interface Solving {
  readonly options: OptionColumns;
  readonly price: Float64Array;
  readonly answer: Float64Array;
}

function deriveVolatility(filled: Chain, derived: Uint8Array, { options, price, answer }: Solving): void {
  const { impliedVolatility } = filled;
  impliedVolatilityColumns(options, price, answer);
  for (let row = 0; row < filled.size; row += 1) {
    if (isVolatility(impliedVolatility[row] as number)) continue;
    impliedVolatility[row] = answer[row] as number;
    if (isVolatility(answer[row] as number)) derived[row] = DERIVED_VOLATILITY;
    else impliedVolatility[row] = Number.NaN;
  }
  for (let row = 0; row < filled.size; row += 1) {
    if (isVolatility(impliedVolatility[row] as number)) continue;
    const twin = twinOf(filled, row);
    const volatility = twin < 0 ? Number.NaN : (impliedVolatility[twin] as number);
    if (!isVolatility(volatility)) continue;
    impliedVolatility[row] = volatility;
    derived[row] = DERIVED_VOLATILITY;
  }
}

function takeGreeks(filled: Chain, derived: Uint8Array, values: ValueColumns): void {
  const { delta, gamma, theta, vega, right } = filled;
  for (let row = 0; row < filled.size; row += 1) {
    const given = delta[row] as number;
    const possible = right[row] === PUT ? given > -1 && given <= 0 : given >= 0 && given <= 1;
    if (!possible) {
      delta[row] = values.delta[row] as number;
      derived[row] = (derived[row] as number) | (Number.isNaN(delta[row]) ? 0 : DERIVED_DELTA);
    }
    if (!((gamma[row] as number) >= 0 && isGreek(theta[row] as number) && (vega[row] as number) >= 0)) {
      gamma[row] = values.gamma[row] as number;
      theta[row] = values.theta[row] as number;
      vega[row] = values.vega[row] as number;
      derived[row] = (derived[row] as number) | (Number.isNaN(vega[row]) ? 0 : DERIVED_GREEKS);
    }
  }
}

/** The row of the other right with the same strike and expiration, -1 when there is none. */
function twinOf(chain: Chain, row: number): number {
  const other = chain.right[row] === PUT ? row - 1 : row + 1;
  const same = chain.strike[other] === chain.strike[row] && chain.expiration[other] === chain.expiration[row];
  return same && other >= 0 && other < chain.size ? other : -1;
}

function midPrice(chain: Chain, row: number): number {
  const bid = chain.bid[row] as number;
  const ask = chain.ask[row] as number;
  return bid !== MISSING && ask !== MISSING && bid > 0 && ask >= bid ? (bid + ask) / (2 * DOLLAR) : Number.NaN;
}

function isVolatility(value: number): boolean {
  return value >= LEAST_VOLATILITY && value <= MOST_VOLATILITY;
}

function isGreek(theta: number): boolean {
  return !Number.isNaN(theta) && theta !== -1;
}
