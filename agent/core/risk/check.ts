import type { Intent } from '../orders/intent.ts';
import type { Reason } from '../strategy/decision.ts';
import { isClosing } from './closing.ts';
import type { RiskCase, RiskFacts, RiskRule } from './facts.ts';
import type { RiskLimits } from './limits.ts';
import { accountRule, cashRule, symbolRule, totalRule } from './rules-cash.ts';
import { limitPriceRule, quoteAgeRule } from './rules-market.ts';
import { adjustedRule, contractsRule, duplicateRule, kindRule, ordersRule } from './rules-order.ts';
import { expirationRule, sessionRule, tradingStateRule } from './rules-time.ts';

export type Verdict =
  | { readonly outcome: 'approved'; readonly rules: readonly string[] }
  | { readonly outcome: 'denied'; readonly rules: readonly string[]; readonly against: readonly Reason[] };

/** In the order in which they are shown. */
const RULES: Readonly<Record<string, RiskRule>> = {
  'trading-state': tradingStateRule,
  session: sessionRule,
  expiration: expirationRule,
  'quote-age': quoteAgeRule,
  'limit-price': limitPriceRule,
  'account-known': accountRule,
  'order-kind': kindRule,
  'adjusted-contract': adjustedRule,
  contracts: contractsRule,
  'orders-per-day': ordersRule,
  duplicate: duplicateRule,
  'cash-secured': cashRule,
  'symbol-limit': symbolRule,
  'total-limit': totalRule,
};

export const RISK_RULES: readonly string[] = Object.keys(RULES);

/** The last word before an order is stored and sent. Every rule is asked; all that object are named. */
export function checkOrder(intent: Intent, facts: RiskFacts, limits: RiskLimits): Verdict {
  const risk: RiskCase = { intent, facts, limits, closing: isClosing(intent, facts) };
  const against: Reason[] = [];
  for (const [rule, objection] of Object.entries(RULES)) {
    const text = objection(risk);
    if (text !== null) against.push({ rule, text });
  }
  return against.length === 0
    ? { outcome: 'approved', rules: RISK_RULES }
    : { outcome: 'denied', rules: RISK_RULES, against };
}
