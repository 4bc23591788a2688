import type { PlaceOrder } from '../ground/wire/place-order.ts';
import type { Security } from './gateway-frames.ts';

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

export function contractsIn(parts: readonly Part[]): number {
  const count = ({ secType, quantity }: Part) => (secType === 'STK' ? quantity / SHARES_OF_A_CONTRACT : quantity);
  return parts.reduce((sum, part) => sum + Math.ceil(count(part)), 0);
}

/** Dollars that could change hands: the strike of each option sold, else the limit price of what is bought. */
export function notionalOf(order: PlaceOrder, parts: readonly Part[]): number {
  const limit = Math.abs(order.limitPrice ?? 0);
  const sold = parts.filter((part) => part.sells && part.strike > 0);
  const exposure = sold.reduce((sum, part) => sum + part.strike * part.multiplier * part.quantity, 0);
  if (exposure > 0) return exposure;
  const multiplier = Math.max(...parts.map((part) => part.multiplier));
  return limit * multiplier * (order.totalQuantity ?? 0);
}

function writtenMultiplier(secType: string): number {
  return secType === 'STK' ? 1 : SHARES_OF_A_CONTRACT;
}
