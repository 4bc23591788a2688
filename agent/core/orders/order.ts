import type { EpochMs } from '../calendar/time.ts';
import type { Money } from '../market/money.ts';
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

export interface Order {
  readonly intent: Intent;
  readonly state: OrderState;
  /** Of the client session; never an identity. */
  readonly orderId: number | null;
  /** Of the broker; stable. */
  readonly permId: number | null;
  readonly filled: number;
  /** Per share, over all fills so far. */
  readonly averagePrice: Money | null;
  readonly commission: Money;
  readonly reason: string;
  readonly updatedAt: EpochMs;
}
