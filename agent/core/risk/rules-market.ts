import { mid, quoteFault } from '../market/mid.ts';
import { formatMoney } from '../market/money.ts';
import type { RiskRule } from './facts.ts';

const MINUTE_MS = 60_000;

/** The quote at hand and the one that the decision stood on. */
export const quoteAgeRule: RiskRule = ({ intent, facts, limits }) => {
  const { quote, now } = facts;
  const most = `${limits.maxQuoteAgeMs / MINUTE_MS} minutes`;
  if (quote === null) return 'there is no quote';
  const fault = quoteFault(quote, now, limits.maxQuoteAgeMs);
  if (fault === 'stale') return `the quote is ${age(now - quote.quotedAt)} old, older than ${most}`;
  if (fault !== null) return `the quote cannot be used: ${fault}`;
  const decided = now - intent.quotedAt;
  if (decided < 0) return 'the decision stands on a quote from the future';
  return decided <= limits.maxQuoteAgeMs ? null : `decided on a quote ${age(decided)} old, older than ${most}`;
};

/** A sale may not lie far below mid, nor a purchase far above it; and neither so far on the other side that it is a slip. */
export const limitPriceRule: RiskRule = ({ intent, facts, limits }) => {
  const { limit, side } = intent;
  if (!Number.isSafeInteger(limit) || limit <= 0) return `${limit} is not a limit price`;
  const { bid, ask } = facts.quote ?? { bid: null, ask: null };
  const middle = mid(bid, ask);
  if (bid === null || ask === null || middle === null) return 'without bid and ask no limit price can be judged';
  const slack = middle * limits.maxLimitDistance;
  const market = `the market is ${formatMoney(bid)} to ${formatMoney(ask)}`;
  const [lowest, highest] = side === 'sell' ? [middle - slack, ask + slack] : [bid - slack, middle + slack];
  if (limit >= lowest && limit <= highest) return null;
  const generous = side === 'sell' ? limit < lowest : limit > highest;
  return `a limit of ${formatMoney(limit)} ${generous ? 'gives too much away' : 'is too far off'}: ${market}`;
};

function age(durationMs: number): string {
  return `${Math.round(durationMs / MINUTE_MS)} minutes`;
}
