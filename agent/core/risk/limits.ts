import type { Money } from '../market/money.ts';

/** What no order may exceed, whichever strategy it comes from. */
export interface RiskLimits {
  readonly maxQuoteAgeMs: number;
  /** Cash that assignments of one symbol may claim in all. */
  readonly maxSecuredPerSymbol: Money;
  /** Cash that all assignments together may claim. */
  readonly maxSecuredTotal: Money;
  readonly maxContractsPerOrder: number;
  readonly maxOrdersPerDay: number;
  /** How far beyond the market a limit may lie, as a share of mid: a sale this far below it would give money away. */
  readonly maxLimitDistance: number;
}
