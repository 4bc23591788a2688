import type { Money } from '../market/money.ts';

/** The account before an order and as the broker thinks it would be after. `null` = it has not said: never zero. */
export interface MarginPreview {
  readonly initialMarginBefore: Money | null;
  readonly maintenanceMarginBefore: Money | null;
  readonly equityWithLoanBefore: Money | null;
  readonly initialMarginAfter: Money | null;
  readonly maintenanceMarginAfter: Money | null;
  readonly equityWithLoanAfter: Money | null;
  readonly commission: Money | null;
  readonly warning: string;
}

export type KnownMargins = Readonly<Record<keyof Omit<MarginPreview, 'commission' | 'warning'>, Money>>;

/** All six figures, or `null` when one of them has not been said. */
export function knownMargins(preview: MarginPreview): KnownMargins | null {
  const { initialMarginBefore, maintenanceMarginBefore, equityWithLoanBefore } = preview;
  const { initialMarginAfter, maintenanceMarginAfter, equityWithLoanAfter } = preview;
  if (initialMarginBefore === null || maintenanceMarginBefore === null || equityWithLoanBefore === null) return null;
  if (initialMarginAfter === null || maintenanceMarginAfter === null || equityWithLoanAfter === null) return null;
  return {
    initialMarginBefore,
    maintenanceMarginBefore,
    equityWithLoanBefore,
    initialMarginAfter,
    maintenanceMarginAfter,
    equityWithLoanAfter,
  };
}
