import type { Money } from '../market/money.ts';
import { subtract } from '../market/money.ts';
import { type Mark, unrealized } from './mark.ts';
import type { Position } from './position.ts';

export interface MarkedPosition {
  readonly position: Position;
  readonly mark: Mark;
}

export interface Profit {
  /** Of everything open; `null` when a single position has no mark: a part of a sum is not the sum. */
  readonly open: Money | null;
  /** Of what was closed, before commissions. */
  readonly realized: Money;
  readonly commission: Money;
  /** Open + realized − commission; `null` like `open`. */
  readonly total: Money | null;
  /** Positions that could not be marked. */
  readonly unmarked: readonly Position[];
}

/** Since the positions were first opened. */
export function profitOf(marked: readonly MarkedPosition[]): Profit {
  const unmarked: Position[] = [];
  let open = 0;
  let realized = 0;
  let commission = 0;
  for (const { position, mark } of marked) {
    realized += position.realized;
    commission += position.commission;
    if (position.quantity === 0) continue;
    if (mark.price === null) unmarked.push(position);
    else open += unrealized(position, mark.price);
  }
  const known = unmarked.length === 0;
  return {
    open: known ? (open as Money) : null,
    realized: realized as Money,
    commission: commission as Money,
    total: known ? ((open + realized - commission) as Money) : null,
    unmarked,
  };
}

/** The day's profit as the account shows it, foreign positions included; `null` when either end is not known. */
export function dayProfit(netLiquidation: Money | null, atStartOfDay: Money | null): Money | null {
  return netLiquidation === null || atStartOfDay === null ? null : subtract(netLiquidation, atStartOfDay);
}
