import { type Chain, emptyChain, MISSING } from '../../agent/core/market/chain.ts';
import type { Money } from '../../agent/core/market/money.ts';
import { random } from '../random.ts';

interface ChainWish {
  readonly symbol: string;
  readonly takenAt: number;
  readonly seed: number;
  /** Two rows each: the call and the put. */
  readonly strikes?: number;
  /** Contracts stay the same when only this and `seed` differ. */
  readonly drift?: number;
}

/** A small chain with believable figures and, here and there, none. The same wish gives the same chain. */
export function chainWith({ symbol, takenAt, seed, strikes = 12, drift = 0 }: ChainWish): Chain {
  const next = random(seed * 7919 + drift * 104_729 + 1);
  const chain = emptyChain(symbol, strikes * 2);
  for (let row = 0; row < chain.size; row += 1) {
    const known = next() > 0.1;
    const bid = Math.floor(next() * 1000) * 100;
    chain.conId[row] = 700_000 + row;
    chain.expiration[row] = 20_563;
    chain.strike[row] = (640 + Math.floor(row / 2)) * 10_000;
    chain.right[row] = row % 2;
    chain.bid[row] = known ? bid : MISSING;
    chain.ask[row] = known ? bid + 100 + Math.floor(next() * 20) * 100 : MISSING;
    chain.last[row] = next() > 0.2 ? bid + 100 : MISSING;
    chain.volume[row] = next() > 0.2 ? Math.floor(next() * 5000) : MISSING;
    chain.openInterest[row] = 1000 + row;
    chain.quotedAt[row] = known ? takenAt - Math.floor(next() * 20_000) : 0;
    chain.impliedVolatility[row] = known ? 0.1 + next() / 5 : Number.NaN;
    chain.delta[row] = known ? next() * 2 - 1 : Number.NaN;
    chain.gamma[row] = next();
    chain.theta[row] = -next();
    chain.vega[row] = next();
  }
  return Object.assign(chain, { takenAt, complete: next() > 0.5, spot: 6_500_000 as Money, spotAt: takenAt - 250 });
}
