import type { EpochDay } from '../calendar/time.ts';
import { CALL, type Chain, PUT } from './chain.ts';
import type { Forward } from './forwards.ts';

/** One point of the term structure. Volatilities are annual fractions; `null` = the quotes do not reach around it. */
export interface ExpirationVolatility {
  readonly expiration: EpochDay;
  readonly years: number;
  /** Where the strike is the forward. */
  readonly atTheMoney: number | null;
  readonly put25: number | null;
  readonly call25: number | null;
  /** Put minus call at a delta of 0.25: what protection costs more than hope. */
  readonly skew25: number | null;
}

const WING = 0.25;
const NEITHER = 2;

/**
 * Term structure at the money and 25-delta skew. The chain must have its volatilities and deltas (see
 * core/pricing/chain-greeks.ts). Between two strikes the volatility runs straight: along the strike at the money, along the
 * delta in the wings, where only options out of the money are taken.
 */
export function volatilityByExpiration(chain: Chain, forwards: readonly Forward[]): ExpirationVolatility[] {
  return forwards.map((slice) => {
    const { expiration, years } = slice;
    const center = slice.forward ?? chain.spot;
    if (center === null) return { expiration, years, atTheMoney: null, put25: null, call25: null, skew25: null };
    const money = (row: number): number => chain.strike[row] as number;
    const delta = (row: number): number => chain.delta[row] as number;
    const atTheMoney = between(chain, slice, { right: NEITHER, at: center, along: money, center });
    const put25 = between(chain, slice, { right: PUT, at: -WING, along: delta, center });
    const call25 = between(chain, slice, { right: CALL, at: WING, along: delta, center });
    const skew25 = put25 === null || call25 === null ? null : put25 - call25;
    return { expiration, years, atTheMoney, put25, call25, skew25 };
  });
}

interface Wanted {
  /** `CALL` or `PUT` out of the money; `NEITHER` = whichever of the two is out of the money. */
  readonly right: number;
  readonly at: number;
  readonly along: (row: number) => number;
  readonly center: number;
}

/** The volatility where `along` passes `at` between two neighbouring strikes. */
function between(chain: Chain, slice: Forward, { right, at, along, center }: Wanted): number | null {
  let before = -1;
  for (let row = slice.from; row < slice.to; row += 1) {
    const side = right === NEITHER ? ((chain.strike[row] as number) < center ? PUT : CALL) : right;
    if (chain.right[row] !== side || !((chain.impliedVolatility[row] as number) > 0)) continue;
    if (right !== NEITHER && (chain.strike[row] as number) < center !== (right === PUT)) continue;
    const x = along(row);
    if (Number.isNaN(x)) continue;
    if (before >= 0 && (along(before) - at) * (x - at) <= 0) {
      const share = x === along(before) ? 0 : (at - along(before)) / (x - along(before));
      const low = chain.impliedVolatility[before] as number;
      return low + share * ((chain.impliedVolatility[row] as number) - low);
    }
    before = row;
  }
  return null;
}
