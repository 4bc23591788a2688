import type { EpochMs } from '../calendar/time.ts';
import { type Chain, PUT } from '../market/chain.ts';
import { type Forward, impliedForwards } from '../market/forwards.ts';
import { type ChainTerms, chainTerms, fillTerms, isVolatility } from './chain-volatility.ts';
import {
  type ExercisableRows,
  exercisableRows,
  exercisePremiums,
  findExercisable,
  takeAmericanValues,
} from './early-exercise.ts';
import { priceEuropeanColumns } from './european.ts';
import { type Engine, type ValueColumns, valueColumns } from './option-columns.ts';

/** Bits that say what of a row is ours and not the vendor's. */
export const DERIVED_VOLATILITY = 1;
export const DERIVED_DELTA = 2;
export const DERIVED_GREEKS = 4;

/** Which engine a number of `ChainGreeks.engine` stands for. */
export const CHAIN_ENGINES: readonly (Engine | null)[] = [null, 'european', 'american-quick'];
const EUROPEAN = 1;
const AMERICAN = 2;

export interface ChainGreeks {
  /** The same chain with volatility, delta, gamma, theta and vega filled in where they can be known, `NaN` elsewhere. */
  readonly chain: Chain;
  readonly derived: Uint8Array;
  /** The engine that answered for what is derived, as an index of `CHAIN_ENGINES`; 0 where all is the vendor's. */
  readonly engine: Uint8Array;
  readonly forwards: readonly Forward[];
}

export interface GreeksAt {
  readonly now: EpochMs;
  /** Continuously compounded per year. */
  readonly rate: number;
}

/** Each round takes away nine tenths of what early exercise still does to the forwards … */
const MOST_ROUNDS = 3;
/** … and one that moves none by more than this share of the spot is the last. */
const SETTLED = 1e-3;

interface Room {
  readonly size: number;
  readonly terms: ChainTerms;
  readonly values: ValueColumns;
  readonly exercisable: ExercisableRows;
}

let scratch: Room = room(0);

function room(size: number): Room {
  return { size, terms: chainTerms(size), values: valueColumns(size), exercisable: exercisableRows(size) };
}

/**
 * Fills in what the vendor has not told or told as 0, -1 or NaN. The forward of each expiration comes from put-call parity
 * where the quotes tell it, from spot and `rate` where they do not; volatility from the mid price (see `fillTerms`). Both are
 * taken of prices without what the right to exercise early adds, found in rounds. Engine: the quick American one where
 * early exercise matters, the European formula elsewhere; `engine` says which. Dividends count as the yield that the forward
 * implies. A row without volatility and price, and every row of a chain without a spot, stays without.
 */
export function chainGreeks(chain: Chain, at: GreeksAt): ChainGreeks {
  if (scratch.size < chain.size) scratch = room(chain.size);
  const { terms, values, exercisable } = scratch;
  const options = { ...terms.options, size: chain.size };
  const sized = { ...terms, options };
  const forwards = settleForwards(sized, chain, at);
  priceEuropeanColumns(options, values);
  findExercisable(exercisable, options, { european: values });
  takeAmericanValues(exercisable, values);
  const filled: Chain = {
    ...chain,
    impliedVolatility: options.volatility.slice(0, chain.size),
    delta: chain.delta.slice(),
    gamma: chain.gamma.slice(),
    theta: chain.theta.slice(),
    vega: chain.vega.slice(),
  };
  const derived = takeGreeks(filled, chain, values);
  return { chain: filled, derived, engine: enginesOf(derived, exercisable), forwards };
}

/** Forwards and volatilities that agree with each other once the early-exercise premiums are taken out of the prices. */
function settleForwards(terms: ChainTerms, chain: Chain, at: GreeksAt): Forward[] {
  const { options, quoted, premium } = terms;
  const { values, exercisable } = scratch;
  premium.fill(0);
  let forwards = impliedForwards(chain, at);
  fillTerms(terms, chain, { forwards, rate: at.rate });
  let moved = Number.POSITIVE_INFINITY;
  for (let round = 0; round < MOST_ROUNDS && moved > SETTLED * (chain.spot ?? 0); round += 1) {
    priceEuropeanColumns(options, values);
    findExercisable(exercisable, options, { european: values, wanted: quoted });
    if (exercisable.size === 0) break;
    exercisePremiums(exercisable, values, premium);
    const before = forwards;
    forwards = impliedForwards(chain, { ...at, premium });
    moved = Math.max(0, ...forwards.map(({ forward }, i) => Math.abs((forward ?? 0) - (before[i]?.forward ?? 0))));
    fillTerms(terms, chain, { forwards, rate: at.rate });
  }
  return forwards;
}

function takeGreeks(filled: Chain, told: Chain, values: ValueColumns): Uint8Array {
  const { delta, gamma, theta, vega, right, impliedVolatility } = filled;
  const derived = new Uint8Array(filled.size);
  for (let row = 0; row < filled.size; row += 1) {
    let bits = 0;
    if (!isVolatility(told.impliedVolatility[row] as number) && isVolatility(impliedVolatility[row] as number)) {
      bits |= DERIVED_VOLATILITY;
    }
    const given = delta[row] as number;
    const possible = right[row] === PUT ? given > -1 && given <= 0 : given >= 0 && given <= 1;
    if (!possible) {
      delta[row] = values.delta[row] as number;
      if (!Number.isNaN(delta[row])) bits |= DERIVED_DELTA;
    }
    if (!((gamma[row] as number) >= 0 && isGreek(theta[row] as number) && (vega[row] as number) >= 0)) {
      gamma[row] = values.gamma[row] as number;
      theta[row] = values.theta[row] as number;
      vega[row] = values.vega[row] as number;
      if (!Number.isNaN(vega[row])) bits |= DERIVED_GREEKS;
    }
    derived[row] = bits;
  }
  return derived;
}

function enginesOf(derived: Uint8Array, { size, row }: ExercisableRows): Uint8Array {
  const engine = derived.map((bits) => (bits === 0 ? 0 : EUROPEAN));
  for (let i = 0; i < size; i += 1) {
    const at = row[i] as number;
    if (engine[at] === EUROPEAN) engine[at] = AMERICAN;
  }
  return engine;
}

function isGreek(theta: number): boolean {
  return !Number.isNaN(theta) && theta !== -1;
}
