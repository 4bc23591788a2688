import { multiplierOf } from '../../../core/market/contract.ts';
import { dollars, type Money, ZERO } from '../../../core/market/money.ts';
import type { PortfolioValue, WirePosition } from '../../../ground/wire/account-messages.ts';
import type { BookPosition } from '../book.ts';
import type { Market } from '../market.ts';
import { contractOf } from './wire-contract.ts';

export function wirePosition(market: Market, position: BookPosition): WirePosition {
  const { account, conId, quantity, averagePrice } = position;
  const averageCost = dollars((averagePrice * multiplierIn(market, conId)) as Money);
  return { account, contract: contractOf(market, conId, ''), quantity, averageCost };
}

export function portfolioValue(market: Market, position: BookPosition): PortfolioValue {
  const { account, conId, quantity, averagePrice } = position;
  const multiplier = multiplierIn(market, conId);
  const mark = markOf(market, conId) ?? averagePrice;
  const perUnit = (amount: number) => dollars((amount * multiplier) as Money);
  return {
    account,
    contract: contractOf(market, conId, ''),
    position: quantity,
    marketPrice: dollars(mark),
    marketValue: perUnit(mark * quantity),
    averageCost: perUnit(averagePrice),
    unrealized: perUnit((mark - averagePrice) * quantity),
    realized: dollars(position.realized),
  };
}

/** The middle of the market, or the last price, or the close. */
export function markOf(market: Market, conId: number): Money | null {
  const quote = market.quote(conId);
  if (quote === null) return null;
  if (quote.bid !== null && quote.ask !== null && quote.ask >= quote.bid && quote.bid >= ZERO) {
    return Math.round((quote.bid + quote.ask) / 2) as Money;
  }
  return quote.last ?? quote.close;
}

export function multiplierIn(market: Market, conId: number): number {
  const listing = market.listing(conId);
  return listing === null ? 1 : multiplierOf(listing.instrument);
}
