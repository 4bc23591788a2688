import type { EpochMs } from '../calendar/time.ts';
import type { Money } from '../market/money.ts';
import { ZERO } from '../market/money.ts';
import type { Fill } from './fill.ts';
import type { Intent } from './intent.ts';

/**
 * intended   stored, no byte sent
 * sent       bytes written, the broker has not answered
 * working    the broker has it
 * partial    working, and part of it is filled
 * cancelling a cancel was sent
 * filled     all of it
 * cancelled  the broker says so; a late fill may still follow
 * rejected   the broker refused it
 * unknown    no answer in time: query by id before anything else
 */
export type OrderState =
  | 'intended'
  | 'sent'
  | 'working'
  | 'partial'
  | 'cancelling'
  | 'filled'
  | 'cancelled'
  | 'rejected'
  | 'unknown';

/**
 * What is known of an order apart from its executions. Facts only ever add up, and the state follows from them: so it
 * does not matter in which order, or how often, the broker tells them.
 */
export interface OrderFacts {
  readonly sent: boolean;
  /** The broker has shown it as live at least once, or has filled part of it. */
  readonly alive: boolean;
  readonly cancelAsked: boolean;
  /** The last cancel that we sent was to make way for the next price of the same order. */
  readonly makesWay: boolean;
  /** `perhaps` = inactive, refused as a duplicate or unknown to the broker: it may still prove to be alive. */
  readonly ended: 'no' | 'perhaps' | 'cancelled' | 'rejected';
  /** No answer in time, or answers that contradict each other: only a query helps. */
  readonly doubt: boolean;
  /** The most that a status said was filled: never counted as filled, see `awaitsExecutions`. */
  readonly claimed: number;
}

export interface Order {
  readonly intent: Intent;
  readonly state: OrderState;
  /** Of the client session; never an identity. */
  readonly orderId: number | null;
  /** Of the broker; stable. */
  readonly permId: number | null;
  /** The sum of the executions. */
  readonly filled: number;
  /** Per share, over all executions so far, to the nearest 1/10,000; negative for a combo that paid a credit. */
  readonly averagePrice: Money | null;
  readonly commission: Money;
  readonly reason: string;
  readonly updatedAt: EpochMs;
  readonly facts: OrderFacts;
  /** The valid revision of each execution, by the part of its execId that all revisions share. */
  readonly executions: Readonly<Record<string, Fill>>;
  /** By execId, also when it came before its execution. */
  readonly commissions: Readonly<Record<string, Money>>;
}

export function newOrder(intent: Intent): Order {
  return {
    intent,
    state: 'intended',
    orderId: null,
    permId: null,
    filled: 0,
    averagePrice: null,
    commission: ZERO,
    reason: intent.reason,
    updatedAt: intent.decidedAt,
    facts: { sent: false, alive: false, cancelAsked: false, makesWay: false, ended: 'no', doubt: false, claimed: 0 },
    executions: {},
    commissions: {},
  };
}

/** No state of its own: the broker says that more is filled than it has shown executions for. Wait, then query. */
export function awaitsExecutions(order: Order): boolean {
  return order.facts.claimed > order.filled;
}

/** The broker may still fill it: it counts against cash and limits, and no second order may be sent for it. */
export function mayStillFill(order: Order): boolean {
  return !(order.state === 'filled' || order.state === 'cancelled' || order.state === 'rejected');
}
