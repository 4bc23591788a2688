/** What an open breaker does: only closing orders, or none. */
export type BreakerAction = 'reducing' | 'halted';

interface Acting {
  readonly action: BreakerAction;
}

/** When each breaker opens. Fractions are shares of 1. */
export interface BreakerLimits {
  /** Loss since the first figure of the trading day, as a share of that figure. */
  readonly dailyLoss: Acting & { readonly maxFraction: number };
  /** Below the highest net liquidation value there was, as a share of that. */
  readonly drawdown: Acting & { readonly maxFraction: number };
  /** Closed trades in a row that lost money. */
  readonly lossStreak: Acting & { readonly trades: number };
  /** Orders in a row that the broker rejected. */
  readonly rejectedOrders: Acting & { readonly orders: number };
  /** Questions to the broker within the window: so many failed, and such a share of all. */
  readonly failedCalls: Acting & {
    readonly failures: number;
    readonly maxFraction: number;
    readonly windowMs: number;
    /** Without a failure before it is tried again. */
    readonly quietMs: number;
  };
  /** Faulty looks in a row at one of the symbols; as many good ones clear it. */
  readonly dataQuality: Acting & { readonly looks: number; readonly symbols: readonly string[] };
  /** Of the net liquidation value. */
  readonly excessLiquidity: Acting & { readonly minFraction: number };
  /** Older figures of the account are none while the market is open. */
  readonly maxFigureAgeMs: number;
}
