import { sessionOn } from '../../core/calendar/sessions.ts';
import type { EpochMs } from '../../core/calendar/time.ts';
import type { Quote } from '../../core/market/quote.ts';
import type { Intent } from '../../core/orders/intent.ts';
import type { Account } from '../../core/portfolio/account.ts';
import { checkOrder, type Verdict } from '../../core/risk/check.ts';
import type { RiskLimits } from '../../core/risk/limits.ts';
import type { Books } from './books.ts';
import type { Reconciler } from './reconcile.ts';
import type { TradingSwitch } from './trading-switch.ts';

export interface OrderCheckParts {
  readonly books: Books;
  readonly tradingSwitch: Pick<TradingSwitch, 'state'>;
  readonly limits: RiskLimits;
  readonly reconciler: Pick<Reconciler, 'obstacle'>;
}

export interface OrderMoment {
  readonly intent: Intent;
  readonly now: EpochMs;
  readonly quote: Pick<Quote, 'bid' | 'ask' | 'quotedAt'>;
  readonly account: Account | null;
  /** By earlier attempts of the same order. */
  readonly filledBefore: number;
}

/** Asks every risk rule about an order, on what is known at this moment. Books that do not agree are not known. */
export function judgeOrder({ books, tradingSwitch, limits, reconciler }: OrderCheckParts, at: OrderMoment): Verdict {
  const agreed = reconciler.obstacle === null;
  const { intent, ...rest } = at;
  return checkOrder(
    intent,
    {
      ...rest,
      tradingState: tradingSwitch.state,
      session: sessionOn(intent.tradingDay),
      holdings: agreed ? books.holdings : null,
      working: agreed ? books.working : null,
      ordersToday: books.ordersOn(intent.tradingDay, intent),
    },
    limits,
  );
}
