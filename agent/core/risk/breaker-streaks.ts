import type { EpochMs } from '../calendar/time.ts';
import type { Money } from '../market/money.ts';
import { nextMorning, opened } from './breaker.ts';
import type { BreakerLimits } from './breaker-limits.ts';
import type { SeenOrder, SeenPosition } from './observation.ts';
import type { Breakers } from './risk-state.ts';

type LossStreak = Breakers['lossStreak'];
type RejectedOrders = Breakers['rejectedOrders'];

interface At {
  readonly limits: BreakerLimits;
  readonly now: EpochMs;
}

/**
 * A trade is closed when its instrument is flat again, also when that happened while nobody looked. An assigned option is not
 * one: what it brings is known when the shares are sold. Of several at once the gains count first.
 */
export function lossStreak(breaker: LossStreak, positions: readonly SeenPosition[], { limits, now }: At): LossStreak {
  const shares = sharesOf(positions);
  const held: Record<string, Money> = {};
  let [gains, losses, changed] = [0, 0, !sameNumbers(shares, breaker.shares)];
  for (const { key, symbol, kind, quantity, result, realized } of positions) {
    const before = breaker.held[key];
    if (quantity !== 0) {
      held[key] = before ?? (realized === 0 ? (0 as Money) : result);
      if (before === undefined) changed = true;
    } else if (before !== undefined) {
      changed = true;
      const assigned = kind === 'option' && (shares[symbol] ?? 0) !== (breaker.shares[symbol] ?? 0);
      if (assigned) continue;
      if (result < before) losses += 1;
      else gains += 1;
    }
  }
  if (!changed) return breaker;
  const streak = (gains > 0 ? 0 : breaker.losses) + losses;
  const next: LossStreak = { ...breaker, losses: streak, held, shares };
  if (losses === 0 || streak < limits.lossStreak.trades) return next;
  const reason = `the last ${streak} closed trades lost money`;
  return opened(next, { reason, clears: { rule: 'time', at: nextMorning(now), person: true }, at: now });
}

/** One that was accepted first and rejected later counts as rejected. Orders of earlier days were counted on their day. */
export function rejectedOrders(
  breaker: RejectedOrders,
  orders: readonly SeenOrder[],
  { limits, now }: At,
): RejectedOrders {
  let next = breaker;
  for (const order of orders) next = withOrder(next, order);
  if (next === breaker || next.rejections < limits.rejectedOrders.orders) return next;
  const reason = `the broker rejected ${next.rejections} orders in a row`;
  return opened(next, { reason, clears: { rule: 'person' }, at: now });
}

function withOrder(breaker: RejectedOrders, { id, tradingDay, outcome }: SeenOrder): RejectedOrders {
  if (tradingDay < breaker.tradingDay) return breaker;
  const counted = tradingDay === breaker.tradingDay ? breaker.counted : {};
  if (counted[id] === outcome || counted[id] === 'rejected') return breaker;
  const rejections = outcome === 'rejected' ? breaker.rejections + 1 : 0;
  return { ...breaker, tradingDay, rejections, counted: { ...counted, [id]: outcome } };
}

function sharesOf(positions: readonly SeenPosition[]): Record<string, number> {
  const shares: Record<string, number> = {};
  for (const { kind, symbol, quantity } of positions) if (kind === 'stock' && quantity !== 0) shares[symbol] = quantity;
  return shares;
}

function sameNumbers(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
