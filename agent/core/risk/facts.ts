import type { Session } from '../calendar/sessions.ts';
import type { EpochMs } from '../calendar/time.ts';
import type { Quote } from '../market/quote.ts';
import type { Intent } from '../orders/intent.ts';
import type { Account } from '../portfolio/account.ts';
import type { Holding, WorkingOrder } from './exposure.ts';
import type { RiskLimits } from './limits.ts';
import type { TradingState } from './trading-state.ts';

/** What is known at the moment of the check. `null` = not known, and that denies. */
export interface RiskFacts {
  readonly now: EpochMs;
  readonly tradingState: TradingState | null;
  /** Of today; `null` = no session, or unknown. */
  readonly session: Session | null;
  /** The newest quote of the instrument that is to be traded. */
  readonly quote: Pick<Quote, 'bid' | 'ask' | 'quotedAt'> | null;
  readonly account: Account | null;
  /** All holdings at the broker, foreign ones too. */
  readonly holdings: readonly Holding[] | null;
  /** All orders that may still fill, of whomever. The one to be checked is not among them, or it was sent before. */
  readonly working: readonly WorkingOrder[] | null;
  /** Sent by us on this trading day, whatever became of them; the one to be checked not counted. */
  readonly ordersToday: number | null;
  /** Contracts that earlier attempts of the same order have filled: held by now, and no reason against the rest of it. */
  readonly filledBefore?: number;
}

/** Everything that a rule may ask. */
export interface RiskCase {
  readonly intent: Intent;
  readonly facts: RiskFacts;
  readonly limits: RiskLimits;
  /** It only lowers a position that is there: allowed while reducing, and free of the rules about new exposure. */
  readonly closing: boolean;
}

/** Says in a sentence what it objects to, or `null`. Missing facts are objections. */
export type RiskRule = (risk: RiskCase) => string | null;
