import type { Money } from '../market/money.ts';

/** `null` = the broker has not said. */
export interface Account {
  readonly id: string;
  readonly netLiquidation: Money | null;
  readonly cash: Money | null;
  readonly buyingPower: Money | null;
  readonly excessLiquidity: Money | null;
}
