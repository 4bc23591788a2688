import type { EpochMs } from '../calendar/time.ts';
import { multiplierOf } from '../market/contract.ts';
import type { Money } from '../market/money.ts';
import { add, ZERO } from '../market/money.ts';
import { executionId } from '../orders/executions.ts';
import type { Fill } from '../orders/fill.ts';
import type { Position } from './position.ts';

/**
 * The position after one more fill. `commission` is positive when paid; `ZERO` while it is not known, then `payCommission`.
 * Money is never lost to rounding: `credit + realized` is the sum of all cash flows, commissions left out. What a partial
 * close takes of the credit is rounded to 1/10,000 dollar, and the rest stays with what is open.
 * Throws a RangeError for a quantity that is not whole or is negative.
 */
export function applyFill(position: Position | null, fill: Fill, commission: Money): Position {
  if (!(Number.isSafeInteger(fill.quantity) && fill.quantity >= 0)) {
    throw new RangeError(`not a quantity of a fill: ${fill.quantity}`);
  }
  const before = position ?? flat(fill);
  const signed = fill.side === 'buy' ? fill.quantity : -fill.quantity;
  const opposite = before.quantity * signed < 0;
  const closing = opposite ? Math.min(Math.abs(signed), Math.abs(before.quantity)) : 0;
  const multiplier = multiplierOf(fill.instrument);
  const flowEach = -Math.sign(signed) * fill.price * multiplier;
  const released = closing === 0 ? 0 : Math.round((before.credit * closing) / Math.abs(before.quantity));
  const opening = fill.quantity - closing;
  const quantity = before.quantity + signed;
  const credit = before.credit - released + flowEach * opening;
  return {
    ...before,
    quantity: quantity || 0,
    credit: (credit || 0) as Money,
    averagePrice: averagePrice(credit, quantity, multiplier),
    realized: (before.realized + released + flowEach * closing || 0) as Money,
    commission: add(before.commission, commission),
    openedAt: crossesZero(before.quantity, quantity) ? fill.at : before.openedAt,
    updatedAt: Math.max(before.updatedAt, fill.at),
  };
}

/** A commission that became known after its fill, or changed by that much. */
export function payCommission(position: Position, commission: Money, at: EpochMs): Position {
  return {
    ...position,
    commission: add(position.commission, commission),
    updatedAt: Math.max(position.updatedAt, at),
  };
}

/**
 * The position of one instrument from all its fills: in the order of time, then of execId; of each execution only the
 * highest revision. `null` without fills. The way to book a correction: averages depend on what came before, so they are
 * computed anew. `commissionOf` answers by execId, `ZERO` where it is not known.
 */
export function positionFromFills(fills: readonly Fill[], commissionOf: (execId: string) => Money): Position | null {
  const valid = [...newestRevisions(fills).values()].sort((a, b) => a.at - b.at || (a.execId < b.execId ? -1 : 1));
  let position: Position | null = null;
  for (const fill of valid) position = applyFill(position, fill, commissionOf(fill.execId));
  return position;
}

function newestRevisions(fills: readonly Fill[]): Map<string, Fill> {
  const newest = new Map<string, Fill>();
  for (const fill of fills) {
    const { base, revision } = executionId(fill.execId);
    const known = newest.get(base);
    if (known === undefined || revision > executionId(known.execId).revision) newest.set(base, fill);
  }
  return newest;
}

function flat(fill: Fill): Position {
  const { instrument, conId, at } = fill;
  const none = { averagePrice: ZERO, credit: ZERO, realized: ZERO, commission: ZERO };
  return { instrument, conId, quantity: 0, ...none, openedAt: at, updatedAt: at };
}

function averagePrice(credit: number, quantity: number, multiplier: number): Money {
  return quantity === 0 ? ZERO : ((Math.round(-credit / (quantity * multiplier)) || 0) as Money);
}

function crossesZero(before: number, after: number): boolean {
  return after !== 0 && Math.sign(before) !== Math.sign(after);
}
