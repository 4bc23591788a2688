import type { EpochMs } from '../../core/calendar/time.ts';
import type { Side } from '../../core/market/contract.ts';
import type { Money } from '../../core/market/money.ts';

export interface OrderLeg {
  readonly conId: number;
  readonly side: Side;
  readonly ratio: number;
}

/** What a client asks for, after decoding and before any check. */
export interface OrderRequest {
  readonly clientId: number;
  readonly orderId: number;
  readonly orderRef: string;
  /** 0 for a combo. */
  readonly conId: number;
  /** Empty unless a combo. */
  readonly legs: readonly OrderLeg[];
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: number;
  readonly type: 'LMT' | 'MKT';
  readonly limit: Money | null;
  readonly timeInForce: 'DAY' | 'GTC' | 'IOC';
  readonly account: string;
  readonly transmit: boolean;
  readonly whatIf: boolean;
  readonly outsideRth: boolean;
}

export type BookStatus = 'PreSubmitted' | 'Submitted' | 'Filled' | 'Cancelled' | 'ApiCancelled' | 'Inactive';

export interface BookOrder {
  readonly request: OrderRequest;
  readonly permId: number;
  readonly status: BookStatus;
  readonly filled: number;
  readonly averagePrice: Money;
  readonly lastPrice: Money;
  readonly acceptedAt: EpochMs;
  /** `market.sequence` when it was accepted. */
  readonly acceptedOn: number;
  readonly endedAt: EpochMs | null;
  readonly reason: string;
}

/** One leg of one execution; a combo has one with conId 0 for the whole and one per leg. */
export interface BookExecution {
  readonly execId: string;
  readonly permId: number;
  readonly clientId: number;
  readonly orderId: number;
  readonly orderRef: string;
  readonly account: string;
  readonly conId: number;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: number;
  readonly price: Money;
  readonly at: EpochMs;
  readonly cumulative: number;
  readonly averagePrice: Money;
  /** `null` on the combo's own line: commissions are per leg. */
  readonly commission: Money | null;
  readonly realized: Money | null;
}

export interface BookPosition {
  readonly account: string;
  readonly conId: number;
  readonly quantity: number;
  /** Per share. */
  readonly averagePrice: Money;
  readonly realized: Money;
}

export interface Margin {
  readonly initialBefore: Money;
  readonly maintenanceBefore: Money;
  readonly equityBefore: Money;
  readonly initialAfter: Money;
  readonly maintenanceAfter: Money;
  readonly equityAfter: Money;
  readonly commission: Money;
}

export interface AccountFigures {
  readonly account: string;
  readonly netLiquidation: Money;
  readonly cash: Money;
  readonly buyingPower: Money;
  readonly availableFunds: Money;
  readonly excessLiquidity: Money;
  readonly initialMargin: Money;
  readonly maintenanceMargin: Money;
  readonly grossPositionValue: Money;
  readonly realizedToday: Money;
  readonly unrealized: Money;
  readonly daily: Money;
}

/** Broker-style refusal: code of facts/ibkr 8.5 and its text. */
export interface Refusal {
  readonly code: number;
  readonly text: string;
}

export type BookEvent =
  | { readonly kind: 'order'; readonly order: BookOrder }
  /** A cancel was taken and nothing has come of it yet. */
  | { readonly kind: 'cancelPending'; readonly order: BookOrder }
  | { readonly kind: 'execution'; readonly execution: BookExecution }
  | { readonly kind: 'refused'; readonly request: OrderRequest; readonly refusal: Refusal }
  | { readonly kind: 'whatIf'; readonly request: OrderRequest; readonly margin: Margin }
  | { readonly kind: 'position'; readonly position: BookPosition };

/**
 * The exchange's side of every order, for all clients together. Deterministic: the same requests at the same instants on
 * the same market give the same permIds, execIds and fills.
 */
export interface Book {
  /** Checks and accepts, modifies (same client and order id, still working) or refuses; effects come as events. */
  place(request: OrderRequest, at: EpochMs): void;
  cancel(clientId: number, orderId: number, at: EpochMs): Refusal | null;
  /** Every working order of every client. */
  cancelAll(at: EpochMs): void;
  /** After the market moved: fills what can be filled, expires DAY orders after the close. */
  match(at: EpochMs): void;
  openOrders(): readonly BookOrder[];
  completedOrders(): readonly BookOrder[];
  executions(): readonly BookExecution[];
  positions(account: string): readonly BookPosition[];
  figures(account: string): AccountFigures;
  readonly accounts: readonly string[];
  /** The lowest order id this client may use. */
  nextOrderId(clientId: number): number;
  onEvent(listener: (event: BookEvent) => void): () => void;
}
