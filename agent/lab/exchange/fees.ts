import type { IsoDate } from '../../core/calendar/time.ts';
import type { Side } from '../../core/market/contract.ts';
import { IBKR_TIERED } from '../../core/market/fee-tables.ts';
import { type DueFee, feesDue, roundedFee } from '../../core/market/fees.ts';
import { type Money, ZERO } from '../../core/market/money.ts';
import type { ChargedFees } from './book-record.ts';

/** One executed leg as the fees see it. `price` per share. */
interface FeeLeg {
  readonly kind: 'stock' | 'option';
  readonly side: Side;
  readonly quantity: number;
  readonly price: Money;
  readonly multiplier: number;
}

/** Of an order of which nothing has been charged yet. */
export const UNCHARGED: ChargedFees = { rated: ZERO, paid: ZERO };

/** The table by which the agent estimates: the exchange charges what it expects. */
const TABLE = IBKR_TIERED;

/**
 * What the legs of one fill cost, in their order, and what the order has been charged so far. The order's minimum is charged
 * once, with its first fill, and counts against the later ones. Every account is one of the lowest volume.
 */
export function feesOf(
  legs: readonly FeeLeg[],
  before: ChargedFees,
  date: IsoDate,
): { readonly perLeg: readonly Money[]; readonly charged: ChargedFees } {
  const due = legs.map((leg) => feesDue({ ...leg, date, contractsThisMonth: 0 }, TABLE));
  const commissions = due.map((fees) => rounded(fees.filter(({ name }) => name === 'commission')));
  const rated = before.rated + commissions.reduce((sum, commission) => sum + commission, 0);
  const least = Math.max(...due.flat().map(({ orderMinimum }) => orderMinimum));
  const paid = Math.max(least, rated);
  const topUp = paid - before.paid - (rated - before.rated);
  const perLeg = due.map((fees, i) => {
    const own = (commissions[i] as number) + (i === 0 ? topUp : 0);
    return (own + rounded(fees.filter(({ name }) => name !== 'commission'))) as Money;
  });
  return { perLeg, charged: { rated: rated as Money, paid: paid as Money } };
}

function rounded(fees: readonly DueFee[]): number {
  return fees.reduce((sum, { due }) => sum + roundedFee(due, TABLE), 0);
}
