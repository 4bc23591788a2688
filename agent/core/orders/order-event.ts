import type { EpochMs } from '../calendar/time.ts';
import type { Money } from '../market/money.ts';
import type { Fill } from './fill.ts';

/** The status words of the broker. */
export type StatusWord =
  | 'PendingSubmit'
  | 'PendingCancel'
  | 'PreSubmitted'
  | 'Submitted'
  | 'ApiCancelled'
  | 'Cancelled'
  | 'Filled'
  | 'Inactive';

interface StatusReport {
  readonly status: StatusWord;
  /** `null` or 0 = not said. */
  readonly orderId: number | null;
  readonly permId: number | null;
  readonly filled: number;
  readonly at: EpochMs;
}

/**
 * What can happen to one order.
 * sent            our bytes left, under this order id
 * status          the broker spoke by itself (orderStatus, openOrder)
 * fill            an execution, new, repeated or corrected
 * commission      of one execution, before or after it; `null` = not known yet
 * error           with the broker's code; `final` = the order is dead because of it
 * cancelRequested our cancel left
 * unanswered      we waited long enough for an answer to an order or a cancel
 * found           a query by id found it among open or completed orders
 * absent          open orders, completed orders and executions were all answered, and none knows it
 */
export type OrderEvent =
  | { readonly kind: 'sent'; readonly orderId: number; readonly at: EpochMs }
  | ({ readonly kind: 'status' } & StatusReport)
  | { readonly kind: 'fill'; readonly fill: Fill }
  | { readonly kind: 'commission'; readonly execId: string; readonly commission: Money | null; readonly at: EpochMs }
  | {
      readonly kind: 'error';
      readonly code: number;
      readonly reason: string;
      readonly final: boolean;
      readonly at: EpochMs;
    }
  | { readonly kind: 'cancelRequested'; readonly makesWay?: boolean; readonly at: EpochMs }
  | { readonly kind: 'unanswered'; readonly reason: string; readonly at: EpochMs }
  | ({ readonly kind: 'found'; readonly reason: string } & StatusReport)
  | { readonly kind: 'absent'; readonly at: EpochMs };
