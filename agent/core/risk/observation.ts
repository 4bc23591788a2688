import type { IsoDate } from '../calendar/time.ts';
import type { Money } from '../market/money.ts';

/** What became of an order that was sent. */
export interface SeenOrder {
  readonly id: string;
  readonly tradingDay: IsoDate;
  readonly outcome: 'accepted' | 'rejected';
}

/** One instrument of ours, open or flat. */
export interface SeenPosition {
  readonly key: string;
  readonly symbol: string;
  readonly kind: 'stock' | 'option' | 'future';
  readonly quantity: number;
  /** Realised less commissions, since the instrument was first held. */
  readonly result: Money;
  /** Realised alone: zero = it is held for the first time. */
  readonly realized: Money;
}

/** What the breakers are told. `null` = not known. */
export type Observation =
  | { readonly kind: 'time' }
  | {
      readonly kind: 'account';
      readonly netLiquidation: Money | null;
      readonly excessLiquidity: Money | null;
      /** Why the account did not answer; `null` = it did. */
      readonly fault: string | null;
    }
  /** The broker says by itself that its margin is short. */
  | { readonly kind: 'marginWarning'; readonly reason: string }
  /** All that were sent, oldest first. */
  | { readonly kind: 'orders'; readonly orders: readonly SeenOrder[] }
  | { readonly kind: 'positions'; readonly positions: readonly SeenPosition[] }
  /** One question to the broker. */
  | { readonly kind: 'call'; readonly ok: boolean; readonly question: string; readonly reason: string }
  /** One look at the chain of a symbol while the market is open. */
  | { readonly kind: 'look'; readonly symbol: string; readonly fault: string | null }
  | { readonly kind: 'person' };

export type Seen<K extends Observation['kind']> = Extract<Observation, { kind: K }>;
