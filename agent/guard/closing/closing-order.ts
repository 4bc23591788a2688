import type { Holding } from '../../ground/wire/broker-reports.ts';
import type { LimitOrder } from '../../ground/wire/limit-order.ts';
import type { Quote } from '../../ground/wire/tradable.ts';
import type { ClosePositions } from './close-positions.ts';

/** Why a position is left as it is whatever its price, or null. A long one goes last: it may be what covers a short one. */
export function objectionTo(holding: Holding, all: readonly Holding[], { contractsPerOrder }: ClosePositions) {
  const { quantity, symbol, account } = holding;
  if (!Number.isInteger(quantity)) return `${quantity} is not a whole number of contracts`;
  if (Math.abs(quantity) > contractsPerOrder) return `more than ${contractsPerOrder} contracts`;
  const isCover = all.some((other) => other.quantity < 0 && other.symbol === symbol && other.account === account);
  return quantity > 0 && isCover ? `something of ${symbol} is still short` : null;
}

/**
 * All of a position at the other side of the quote, or why not. Since what is quoted is on a tick, nothing is rounded; half the
 * spread is what it lies beyond the mid.
 */
export function closingOrder(
  { quantity, multiplier }: Holding,
  { bid, ask }: Quote,
  { centsBeyondMid, dollarsPerOrder }: ClosePositions,
): Pick<LimitOrder, 'action' | 'quantity' | 'limit'> | string {
  const cents = Math.ceil(Math.round((Number(ask) - Number(bid)) * 10_000) / 2) / 100;
  if (!(cents <= centsBeyondMid)) return `the market is ${cents} cents beyond the mid (${bid} to ${ask})`;
  const isShort = quantity < 0;
  const limit = isShort ? ask : bid;
  const dollars = Number(limit) * multiplier * Math.abs(quantity);
  if (!(dollars <= dollarsPerOrder)) return `it would move $${Math.round(dollars)}`;
  return { action: isShort ? 'BUY' : 'SELL', quantity: Math.abs(quantity), limit };
}
