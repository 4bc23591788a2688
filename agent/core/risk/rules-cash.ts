import { formatMoney, type Money } from '../market/money.ts';
import type { RiskCase, RiskRule } from './facts.ts';
import { assignmentCash, type Secured, securedCash } from './secured.ts';

export const accountRule: RiskRule = ({ facts, closing }) => {
  const { account, holdings, working } = facts;
  if (holdings === null) return 'the positions at the broker are not known';
  if (working === null) return 'the working orders at the broker are not known';
  if (closing) return null;
  if (account === null) return 'the account figures are not known';
  if (account.cash === null) return 'the cash of the account is not known';
  return account.netLiquidation === null ? 'the net liquidation value of the account is not known' : null;
};

/** Cash truly secured: every put assigned at once, working orders and this one filled, must not take more than there is. */
export const cashRule: RiskRule = (risk) => {
  const needed = afterwards(risk);
  if (needed === null) return null;
  const cash = risk.facts.account?.cash ?? null;
  if (cash === null) return 'without the cash of the account nothing is secured';
  if (needed.total <= cash) return null;
  return `assignment of all puts would take ${formatMoney(needed.total)}, and cash is ${formatMoney(cash)}`;
};

export const symbolRule: RiskRule = (risk) => {
  const needed = afterwards(risk);
  const { symbol } = risk.intent.instrument;
  const claimed = needed?.bySymbol.get(symbol) ?? (0 as Money);
  const most = risk.limits.maxSecuredPerSymbol;
  if (claimed <= most) return null;
  return `puts on ${symbol} would tie up ${formatMoney(claimed)}, more than ${formatMoney(most)}`;
};

export const totalRule: RiskRule = (risk) => {
  const needed = afterwards(risk);
  const most = risk.limits.maxSecuredTotal;
  if (needed === null || needed.total <= most) return null;
  return `all puts would tie up ${formatMoney(needed.total)}, more than ${formatMoney(most)}`;
};

/**
 * What must be secured once this order is filled; `null` when it opens no short put. Unknown holdings or orders count as
 * none here: `accountRule` denies for them.
 */
function afterwards({ intent, facts, closing }: RiskCase): Secured | null {
  const { instrument, side, quantity } = intent;
  if (closing || side === 'buy' || assignmentCash({ instrument, quantity: -quantity }) === 0) return null;
  return securedCash([...(facts.holdings ?? []), { instrument, quantity: -quantity }], facts.working ?? []);
}
