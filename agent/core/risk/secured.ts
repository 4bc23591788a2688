import { multiplierOf } from '../market/contract.ts';
import type { Money } from '../market/money.ts';
import type { Holding, WorkingOrder } from './exposure.ts';

export interface Secured {
  readonly total: Money;
  readonly bySymbol: ReadonlyMap<string, Money>;
}

/** Cash that assignment of these short puts takes: strike × multiplier × contracts. 0 for anything else. */
export function assignmentCash({ instrument, quantity }: Holding): Money {
  if (instrument.kind !== 'option' || instrument.right !== 'P' || quantity >= 0) return 0 as Money;
  return (-quantity * multiplierOf(instrument) * instrument.strike) as Money;
}

/**
 * Cash that must stay to take assignment of every short put, with every working sale of puts taken as filled, also
 * one that would only close. Nothing lowers it: not the premium, which can be lost again, not a long put, which may expire first, not a working purchase.
 */
export function securedCash(holdings: readonly Holding[], working: readonly WorkingOrder[]): Secured {
  const bySymbol = new Map<string, Money>();
  let total = 0;
  const claim = (holding: Holding): void => {
    const cash = assignmentCash(holding);
    if (cash === 0) return;
    total += cash;
    const { symbol } = holding.instrument;
    bySymbol.set(symbol, ((bySymbol.get(symbol) ?? 0) + cash) as Money);
  };
  for (const holding of holdings) claim(holding);
  for (const { instrument, side, remaining } of working) {
    if (side === 'sell') claim({ instrument, quantity: -remaining });
  }
  return { total: total as Money, bySymbol };
}

export interface CashRoom {
  readonly cash: Money | null;
  readonly secured: Secured;
  readonly symbol: string;
  readonly maxSecuredPerSymbol: Money;
  readonly maxSecuredTotal: Money;
}

/** Cash that one more short put of a symbol may claim: the tightest of cash and limits; `null` when cash is not known. */
export function freeCash({ cash, secured, symbol, maxSecuredPerSymbol, maxSecuredTotal }: CashRoom): Money | null {
  if (cash === null) return null;
  const ofSymbol = secured.bySymbol.get(symbol) ?? 0;
  const room = Math.min(cash - secured.total, maxSecuredTotal - secured.total, maxSecuredPerSymbol - ofSymbol);
  return Math.max(room, 0) as Money;
}
