import { type Money, money } from '../../../core/market/money.ts';
import type { PlaceOrder } from '../../../ground/wire/place-order.ts';
import type { OrderLeg, OrderRequest, Refusal } from '../book.ts';
import { type Catalogue, isRefusal } from './catalogue.ts';
import { unsupported } from './unsupported.ts';

export interface OrderContext {
  readonly clientId: number;
  readonly catalogue: Catalogue;
}

const HIGHEST_ORDER_ID = 2_147_483_647;

type TimeInForce = OrderRequest['timeInForce'];

/**
 * What an order says in the book's words, or why it cannot be said. Nothing that would change its meaning is dropped; whether
 * it can be had is for the book to say.
 */
export function orderRequest(order: PlaceOrder, context: OrderContext): OrderRequest | Refusal {
  if (order.orderId < 0 || order.orderId > HIGHEST_ORDER_ID) return invalid(`order id ${order.orderId}`, 320);
  const extra = unsupported(order);
  if (extra !== null) return extra;
  const side = sideOf(order.action);
  if (side === null) return invalid(`action "${order.action}"`);
  const quantity = order.totalQuantity ?? 0;
  if (!Number.isInteger(quantity)) return { code: 10243, text: 'Fractional-sized order cannot be placed via API.' };
  const limit = limitOf(order);
  if (limit === 'none') return invalid('please enter a limit price');
  const what = order.combo === null ? single(order, context) : combo(order.combo.legs);
  if ('code' in what) return what;
  return {
    clientId: context.clientId,
    orderId: order.orderId,
    orderRef: order.orderRef,
    conId: what.conId,
    legs: what.legs,
    symbol: what.symbol === '' ? order.contract.symbol : what.symbol,
    side,
    quantity,
    type: order.orderType as 'LMT' | 'MKT',
    limit,
    timeInForce: (order.timeInForce === '' ? 'DAY' : order.timeInForce) as TimeInForce,
    account: order.account,
    transmit: order.transmit,
    whatIf: order.whatIf,
    outsideRth: order.outsideRth,
  };
}

interface Traded {
  readonly conId: number;
  readonly legs: readonly OrderLeg[];
  readonly symbol: string;
}

function single(order: PlaceOrder, context: OrderContext): Traded | Refusal {
  if (order.secIdType !== '' || order.secId !== '') return invalid('contracts by security id are not offered here');
  const listing = context.catalogue.one(order.contract);
  if (isRefusal(listing)) return listing;
  return { conId: listing.conId, legs: [], symbol: listing.instrument.symbol };
}

function combo(legs: readonly { conId: number; ratio: number; action: string }[]): Traded | Refusal {
  const taken: OrderLeg[] = [];
  for (const { conId, ratio, action } of legs) {
    const side = sideOf(action);
    if (side === null) return invalid(`action "${action}" of leg ${conId}`);
    taken.push({ conId, side, ratio });
  }
  return { conId: 0, legs: taken, symbol: '' };
}

function sideOf(action: string): 'buy' | 'sell' | null {
  if (action === 'BUY') return 'buy';
  return action === 'SELL' || action === 'SSHORT' ? 'sell' : null;
}

function limitOf(order: PlaceOrder): Money | null | 'none' {
  if (order.orderType === 'MKT') return null;
  const price = order.limitPrice;
  if (price === null || !Number.isSafeInteger(Math.round(price * 10_000))) return 'none';
  return money(price);
}

function invalid(cause: string, code = 321): Refusal {
  return { code, text: `Error validating request: cause - ${cause}` };
}
