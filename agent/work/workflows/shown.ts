import { newYorkDate } from '../../core/calendar/new-york.ts';
import { type EpochMs, epochDay } from '../../core/calendar/time.ts';
import { describeInstrument } from '../../core/market/contract.ts';
import { dollars, type Money } from '../../core/market/money.ts';
import type { Order } from '../../core/orders/order.ts';
import type { Decision } from '../../core/strategy/decision.ts';
import type { ShownDecision, ShownMoney, ShownOrder, ShownPosition } from '../../edges/status/snapshot.ts';
import type { MarkedPosition } from './marks.ts';

/** How many reasons of a decision fit on a page. */
const MOST_REASONS = 4;

export function shownMoney(amount: Money | null): ShownMoney {
  return amount === null ? null : dollars(amount);
}

export function shownPosition(marked: MarkedPosition, now: EpochMs): ShownPosition {
  const { position, mark, markedAt, unrealized, foreign } = marked;
  const { instrument } = position;
  const expiration = instrument.kind === 'option' ? instrument.expiration : null;
  return {
    key: marked.key,
    name: describeInstrument(instrument),
    quantity: position.quantity,
    averagePrice: shownMoney(position.averagePrice),
    mark: shownMoney(mark),
    markedAt,
    credit: shownMoney(position.credit),
    unrealized: shownMoney(unrealized),
    expiration,
    daysToExpiration: expiration === null ? null : epochDay(expiration) - epochDay(newYorkDate(now)),
    foreign,
  };
}

export function shownOrder(order: Order): ShownOrder {
  const { intent } = order;
  return {
    id: intent.id,
    name: describeInstrument(intent.instrument),
    side: intent.side,
    quantity: intent.quantity,
    filled: order.filled,
    limit: shownMoney(intent.limit),
    averagePrice: shownMoney(order.averagePrice),
    state: order.state,
    reason: order.reason,
    updatedAt: order.updatedAt,
  };
}

export function shownDecision(decision: Decision): ShownDecision {
  return {
    at: decision.at,
    symbol: decision.symbol,
    strategy: decision.strategy,
    outcome: decision.outcome,
    name: decision.chosen === null ? '' : describeInstrument(decision.chosen.instrument),
    score: decision.chosen?.score ?? decision.candidates[0]?.score ?? null,
    reasons: decision.reasons.slice(0, MOST_REASONS).map((reason) => reason.text),
  };
}
