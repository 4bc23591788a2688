import type { EpochMs } from '../../core/calendar/time.ts';
import { describeInstrument, type Instrument, instrumentKey } from '../../core/market/contract.ts';
import { dollars, type Money } from '../../core/market/money.ts';
import { daysUntil } from '../../core/market/settlement.ts';
import type { Order } from '../../core/orders/order.ts';
import { type Mark, unrealized } from '../../core/portfolio/mark.ts';
import type { Position, ReportedPosition } from '../../core/portfolio/position.ts';
import type { Decision } from '../../core/strategy/decision.ts';
import type { ShownDecision, ShownMoney, ShownOrder, ShownPosition } from '../../edges/status/snapshot.ts';

/** States of an order whose reason a person should read; of the others it is the wire's small talk. */
const TROUBLE = new Set<Order['state']>(['cancelling', 'cancelled', 'rejected', 'unknown']);
/** How many reasons of a decision fit on a page. */
const MOST_REASONS = 4;

export function shownMoney(amount: Money | null): ShownMoney {
  return amount === null ? null : dollars(amount);
}

/** A sum for eyes, to the cent. */
export function shownSum(amount: Money | null): ShownMoney {
  return amount === null ? null : Math.round(amount / 100) / 100;
}

export function shownPosition(position: Position, mark: Mark, now: EpochMs): ShownPosition {
  const { instrument, quantity } = position;
  return {
    ...shownInstrument(instrument, now),
    quantity,
    averagePrice: shownMoney(position.averagePrice),
    mark: shownMoney(mark.price),
    markedAt: mark.at,
    credit: shownMoney(position.credit),
    unrealized: shownMoney(mark.price === null ? null : unrealized(position, mark.price)),
    foreign: false,
  };
}

/** Seen at the broker and not ours: what it cost is the broker's word, and it is not marked. */
export function shownForeign(position: ReportedPosition, now: EpochMs): ShownPosition {
  const unknown = { mark: null, markedAt: null, credit: null, unrealized: null };
  const { instrument, quantity, averagePrice } = position;
  return {
    ...shownInstrument(instrument, now),
    quantity,
    averagePrice: shownMoney(averagePrice),
    ...unknown,
    foreign: true,
  };
}

function shownInstrument(
  instrument: Instrument,
  now: EpochMs,
): Pick<ShownPosition, 'key' | 'name' | 'expiration' | 'daysToExpiration'> {
  const expiration = instrument.kind === 'option' ? instrument.expiration : null;
  return {
    key: instrumentKey(instrument),
    name: describeInstrument(instrument),
    expiration,
    daysToExpiration: expiration === null ? null : daysUntil(expiration, now),
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
    reason: TROUBLE.has(order.state) ? order.reason : '',
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
