import type { Security } from './broker-reports.ts';
import type { PlaceOrder } from './place-order.ts';

/** One thing that an order would buy or sell. */
export interface Part extends Security {
  readonly sells: boolean;
  readonly quantity: number;
}

const SHARES_OF_A_CONTRACT = 100;

/** The contract ids that must be looked up before an order can be read: what it says about them itself is not trusted. */
export function contractIdsOf(order: PlaceOrder): readonly number[] {
  if (order.combo !== null) return order.combo.legs.map((leg) => leg.conId);
  return order.contract.conId > 0 ? [order.contract.conId] : [];
}

export function partsOf(order: PlaceOrder, known: ReadonlyMap<number, Security>): readonly Part[] {
  const quantity = order.totalQuantity ?? 0;
  const sells = order.action !== 'BUY';
  if (order.combo !== null) {
    return order.combo.legs.map((leg) => ({
      ...(known.get(leg.conId) as Security),
      sells: (leg.action !== 'BUY') !== sells,
      quantity: quantity * Math.abs(leg.ratio),
    }));
  }
  const { conId, symbol, secType, right, strike, multiplier } = order.contract;
  const written = {
    conId,
    symbol,
    secType,
    right,
    strike,
    multiplier: Number(multiplier) || writtenMultiplier(secType),
  };
  return [{ ...(known.get(conId) ?? written), sells, quantity }];
}

function writtenMultiplier(secType: string): number {
  return secType === 'STK' ? 1 : SHARES_OF_A_CONTRACT;
}

export interface OrderSize {
  /** An option, a future, or up to 100 shares is one. */
  readonly contracts: number;
  /** Dollars that could change hands: the strike of each option sold, else the limit price of what is bought. */
  readonly notional: number;
}

export function sizeOf(order: PlaceOrder, parts: readonly Part[]): OrderSize {
  const count = ({ secType, quantity }: Part) => (secType === 'STK' ? quantity / SHARES_OF_A_CONTRACT : quantity);
  const contracts = parts.reduce((sum, part) => sum + Math.ceil(count(part)), 0);
  const sold = parts.filter((part) => part.sells && part.strike > 0);
  const exposure = sold.reduce((sum, part) => sum + part.strike * part.multiplier * part.quantity, 0);
  const multiplier = Math.max(...parts.map((part) => part.multiplier));
  const price = Math.abs(order.limitPrice ?? 0) * multiplier * (order.totalQuantity ?? 0);
  return { contracts, notional: exposure > 0 ? exposure : price };
}

/** Attributes by which the gateway makes orders of its own, or changes the type, size, price or account of this one. */
export function spawnsOthers(order: PlaceOrder): boolean {
  const { hedgeType, adjustedOrderType, volatility, deltaNeutralContract, scale, parentId } = order;
  const types = [hedgeType, adjustedOrderType, volatility.deltaNeutralOrderType];
  const others = types.some((type) => type !== '' && type.toUpperCase() !== 'NONE');
  // More than is written, at another price than is written, or for other accounts.
  const { discretionaryAmount, cashQuantity, faGroup, faMethod, faPercentage, modelCode } = order;
  const isMore = discretionaryAmount !== 0 || (cashQuantity ?? 0) !== 0;
  const isForOthers = [faGroup, faMethod, faPercentage, modelCode].some((text) => text !== '');
  if (isMore || isForOthers) return true;
  return others || deltaNeutralContract !== null || (scale.priceIncrement ?? 0) > 0 || parentId !== 0;
}
