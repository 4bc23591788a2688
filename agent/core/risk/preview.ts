import { multiplierOf } from '../market/contract.ts';
import { formatMoney, type Money, times } from '../market/money.ts';
import type { Intent } from '../orders/intent.ts';
import { type KnownMargins, knownMargins, type MarginPreview } from '../portfolio/margin-preview.ts';
import { assignmentCash } from './secured.ts';

/**
 * What speaks against an order in the broker's own answer to "what if", in sentences; empty = nothing. An answer that
 * leaves a margin open is an objection. A warning of the broker's is not: it comes with orders that are fine.
 */
export function previewObjections(
  intent: Pick<Intent, 'instrument' | 'side' | 'quantity' | 'limit'>,
  preview: MarginPreview,
): readonly string[] {
  const margins = knownMargins(preview);
  if (margins === null) return ['the broker has not said what margin it takes'];
  const objections = [liquidityObjection(margins), securedObjection(intent, margins), feeObjection(intent, preview)];
  return objections.filter((text) => text !== null);
}

/** Excess liquidity (equity with loan − maintenance margin) may not end below zero, unless the order makes it better. */
function liquidityObjection(margins: KnownMargins): string | null {
  const before = margins.equityWithLoanBefore - margins.maintenanceMarginBefore;
  const after = margins.equityWithLoanAfter - margins.maintenanceMarginAfter;
  if (after >= 0 || after > before) return null;
  return `it would leave an excess liquidity of ${formatMoney(after as Money)}`;
}

/** A put that is secured by cash takes no more margin than that cash: more means that it is not the order we think it is. */
function securedObjection(
  { instrument, side, quantity }: Pick<Intent, 'instrument' | 'side' | 'quantity'>,
  margins: KnownMargins,
): string | null {
  const cash = side === 'sell' ? assignmentCash({ instrument, quantity: -quantity }) : (0 as Money);
  const taken = (margins.initialMarginAfter - margins.initialMarginBefore) as Money;
  if (cash === 0 || taken <= cash) return null;
  return `it would take ${formatMoney(taken)} of margin, and assignment only ${formatMoney(cash)}`;
}

function feeObjection(
  { instrument, side, quantity, limit }: Pick<Intent, 'instrument' | 'side' | 'quantity' | 'limit'>,
  { commission }: MarginPreview,
): string | null {
  if (side !== 'sell' || commission === null) return null;
  const credit = times(limit, quantity * multiplierOf(instrument));
  if (commission < credit) return null;
  return `its commission of ${formatMoney(commission)} takes the whole credit of ${formatMoney(credit)}`;
}
