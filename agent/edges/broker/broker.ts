import type { EpochMs } from '../../core/calendar/time.ts';
import type { Instrument, Side } from '../../core/market/contract.ts';
import type { Money } from '../../core/market/money.ts';
import type { Fill } from '../../core/orders/fill.ts';
import type { ComboInstrument } from '../../core/orders/intent.ts';
import type { StatusWord } from '../../core/orders/order-event.ts';
import type { Account } from '../../core/portfolio/account.ts';
import type { MarginPreview } from '../../core/portfolio/margin-preview.ts';
import type { ReportedPosition } from '../../core/portfolio/position.ts';
import type { Answer } from './answer.ts';
import type { Link } from './link.ts';

/** What goes over the wire for one order. `orderRef` is the id of the intent. */
export interface OrderTicket {
  readonly orderRef: string;
  readonly instrument: Instrument | ComboInstrument;
  /** Of a combo: 0. */
  readonly conId: number;
  readonly side: Side;
  readonly quantity: number;
  readonly type: 'limit' | 'market';
  /** Per share; signed for combos (negative = credit). `null` for market orders. */
  readonly limit: Money | null;
  readonly timeInForce: 'DAY' | 'GTC';
}

/** The status words of the broker, unchanged. */
export type BrokerStatus = StatusWord;

/** An order as the broker reports it: ours, another client's or a manual one. */
export interface ReportedOrder {
  readonly orderRef: string;
  readonly orderId: number;
  readonly clientId: number;
  readonly permId: number;
  readonly instrument: Instrument | ComboInstrument;
  readonly conId: number;
  readonly side: Side;
  readonly quantity: number;
  readonly filled: number;
  readonly limit: Money | null;
  readonly status: BrokerStatus;
  readonly reason: string;
}

export type BrokerEvent =
  | { readonly kind: 'link'; readonly link: Link }
  | {
      readonly kind: 'orderStatus';
      readonly orderId: number;
      /** Known when the adapter has seen the order in this session; else empty. */
      readonly orderRef: string;
      readonly permId: number;
      readonly status: BrokerStatus;
      readonly filled: number;
      readonly remaining: number;
      readonly averagePrice: Money | null;
      readonly at: EpochMs;
    }
  | { readonly kind: 'fill'; readonly fill: Fill }
  | { readonly kind: 'commission'; readonly execId: string; readonly commission: Money | null; readonly at: EpochMs }
  | {
      readonly kind: 'orderError';
      readonly orderId: number;
      readonly orderRef: string;
      readonly code: number;
      readonly reason: string;
      /** The order is dead because of it. Codes 399, 404, 2109, 10349 leave it alive. */
      readonly final: boolean;
      readonly at: EpochMs;
    }
  | { readonly kind: 'notice'; readonly code: number; readonly reason: string; readonly at: EpochMs };

/**
 * Orders, executions, positions and account of one broker. Every question is bounded in time; nothing is ever queued
 * for later: while the link is not ready each call is answered `offline` at once.
 */
export interface Broker {
  /** Starts to connect and keeps the link up until `stop`. Resolves at once; watch `link`. */
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly link: Link;
  /** Events arrive in the order of the wire. Returns the way to stop listening. */
  onEvent(listener: (event: BrokerEvent) => void): () => void;
  /** The lowest order id that may be used; the caller keeps its own high-water mark as well. */
  readonly nextOrderId: number | null;
  /** Resolves when the bytes are handed to the socket; the broker's opinion comes as events. */
  place(orderId: number, ticket: OrderTicket): Promise<Answer<void>>;
  cancel(orderId: number): Promise<Answer<void>>;
  cancelAll(): Promise<Answer<void>>;
  /** What if: the margins that an order would bring, without placing it. The order id is used up by it. */
  preview(orderId: number, ticket: OrderTicket): Promise<Answer<MarginPreview>>;
  /** Of all clients and manual ones. */
  openOrders(): Promise<Answer<readonly ReportedOrder[]>>;
  completedOrders(): Promise<Answer<readonly ReportedOrder[]>>;
  /** Of today, all clients that this one may see. */
  executions(): Promise<Answer<readonly Fill[]>>;
  positions(): Promise<Answer<readonly ReportedPosition[]>>;
  account(): Promise<Answer<Account>>;
  /** Round trip; also the heartbeat. The broker's own clock. */
  time(): Promise<Answer<EpochMs>>;
}
