import type { Side } from '../../core/market/contract.ts';
import { type Money, money } from '../../core/market/money.ts';
import type { ChargedFees } from './book-record.ts';

/** One executed leg as the fees see it. `price` per share. */
interface FeeLeg {
  readonly kind: 'stock' | 'option';
  readonly side: Side;
  readonly quantity: number;
  readonly price: Money;
  readonly multiplier: number;
}

/** Interactive Brokers, US, tiered, lowest volume; regulatory rates of 2026. Dollars. Exchange fees and rebates are left out. */
const RATES = {
  optionBelow5Cents: 0.25,
  optionBelow10Cents: 0.5,
  option: 0.65,
  optionOrderLeast: 1,
  share: 0.0035,
  shareOrderLeast: 0.35,
  shareOrderMostOfValue: 0.01,
  optionsRegulatory: 0.02,
  optionsClearing: 0.025,
  activityPerOptionSold: 0.00329,
  activityPerShareSold: 0.000195,
  sharesClearing: 0.0002,
  section31PerDollarSold: 20.6e-6,
};

/**
 * Commissions of the legs of one fill, in their order, and what the order has been charged so far. The order's minimum is
 * charged once, with its first fill, and counts against the later ones.
 */
export function feesOf(
  legs: readonly FeeLeg[],
  before: ChargedFees,
): { readonly perLeg: readonly Money[]; readonly charged: ChargedFees } {
  const rates = legs.map(rateOf);
  const rated = before.rated + rates.reduce((sum, rate) => sum + rate, 0);
  const least = legs.some((leg) => leg.kind === 'option') ? RATES.optionOrderLeast : RATES.shareOrderLeast;
  const paid = Math.max(money(least), rated);
  const topUp = paid - before.paid - (rated - before.rated);
  const perLeg = legs.map((leg, i) => {
    const own = (rates[i] as number) + (i === 0 ? topUp : 0);
    return (own + thirdPartyFee(leg)) as Money;
  });
  return { perLeg, charged: { rated: rated as Money, paid: paid as Money } };
}

function rateOf(leg: FeeLeg): Money {
  if (leg.kind === 'stock') {
    const value = (leg.quantity * leg.price) / 10_000;
    return money(Math.min(leg.quantity * RATES.share, value * RATES.shareOrderMostOfValue));
  }
  const cents = leg.price / 100;
  const rate = cents < 5 ? RATES.optionBelow5Cents : cents < 10 ? RATES.optionBelow10Cents : RATES.option;
  return money(leg.quantity * rate);
}

function thirdPartyFee(leg: FeeLeg): Money {
  const proceeds = leg.side === 'sell' ? (leg.quantity * leg.price * leg.multiplier) / 10_000 : 0;
  const section31 = proceeds * RATES.section31PerDollarSold;
  if (leg.kind === 'stock') {
    const activity = leg.side === 'sell' ? leg.quantity * RATES.activityPerShareSold : 0;
    return money(leg.quantity * RATES.sharesClearing + activity + section31);
  }
  const activity = leg.side === 'sell' ? leg.quantity * RATES.activityPerOptionSold : 0;
  return money(leg.quantity * (RATES.optionsRegulatory + RATES.optionsClearing) + activity + section31);
}
