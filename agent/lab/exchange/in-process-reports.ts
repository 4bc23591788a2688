import type { Instrument } from '../../core/market/contract.ts';
import type { Fill } from '../../core/orders/fill.ts';
import type { ComboInstrument } from '../../core/orders/intent.ts';
import type { MarginPreview } from '../../core/portfolio/margin-preview.ts';
import type { ReportedPosition } from '../../core/portfolio/position.ts';
import type { OrderTicket, ReportedOrder } from '../../edges/broker/broker.ts';
import type { BookExecution, BookOrder, BookPosition, Margin, OrderRequest } from './book.ts';
import type { Market } from './market.ts';

/** Why a ticket may not be handed to the book, or null: what an adapter would not put on the wire. */
export function ticketProblem(orderId: number, ticket: OrderTicket): string | null {
  if (!(Number.isSafeInteger(orderId) && orderId > 0)) return `${orderId} is not an order id`;
  if (!/^[\x20-\x7e]{1,128}$/.test(ticket.orderRef))
    return 'the order reference must be 1 to 128 printable ASCII characters';
  if (!(Number.isSafeInteger(ticket.quantity) && ticket.quantity > 0)) return `a quantity of ${ticket.quantity}`;
  if (ticket.type === 'limit' && !Number.isSafeInteger(ticket.limit)) return 'a limit order without a limit';
  if (ticket.type === 'market' && ticket.limit !== null) return 'a market order with a limit';
  return null;
}

export function requestOf(
  ticket: OrderTicket,
  by: { readonly clientId: number; readonly orderId: number; readonly whatIf: boolean },
): OrderRequest {
  const legs = ticket.instrument.kind === 'combo' ? ticket.instrument.legs : [];
  return {
    ...by,
    orderRef: ticket.orderRef,
    conId: ticket.instrument.kind === 'combo' ? 0 : ticket.conId,
    legs: legs.map(({ conId, side, ratio }) => ({ conId, side, ratio })),
    symbol: ticket.instrument.symbol,
    side: ticket.side,
    quantity: ticket.quantity,
    type: ticket.type === 'limit' ? 'LMT' : 'MKT',
    limit: ticket.limit,
    timeInForce: ticket.timeInForce,
    account: '',
    transmit: true,
    outsideRth: false,
  };
}

/** `null` when the contract is not known any more. */
export function reportedOrder(market: Market, order: BookOrder): ReportedOrder | null {
  const { request } = order;
  const instrument = request.conId === 0 ? comboOf(market, request) : instrumentOf(market, request.conId);
  if (instrument === null) return null;
  return {
    orderRef: request.orderRef,
    orderId: request.orderId,
    clientId: request.clientId,
    permId: order.permId,
    instrument,
    conId: request.conId,
    side: request.side,
    quantity: request.quantity,
    filled: order.filled,
    limit: request.limit,
    status: order.status,
    reason: order.reason,
  };
}

/** `null` for the line of a whole combo: only its legs move positions. */
export function fillOf(market: Market, execution: BookExecution): Fill | null {
  const instrument = execution.conId === 0 ? null : instrumentOf(market, execution.conId);
  if (instrument === null) return null;
  const { execId, orderRef, permId, conId, side, quantity, price, at } = execution;
  return { execId, orderRef, permId, instrument, conId, side, quantity, price, at };
}

export function reportedPosition(market: Market, position: BookPosition): ReportedPosition | null {
  const instrument = instrumentOf(market, position.conId);
  if (instrument === null) return null;
  const { conId, quantity, averagePrice } = position;
  return { instrument, conId, quantity, averagePrice };
}

export function previewOf(margin: Margin): MarginPreview {
  return {
    initialMarginBefore: margin.initialBefore,
    maintenanceMarginBefore: margin.maintenanceBefore,
    equityWithLoanBefore: margin.equityBefore,
    initialMarginAfter: margin.initialAfter,
    maintenanceMarginAfter: margin.maintenanceAfter,
    equityWithLoanAfter: margin.equityAfter,
    commission: margin.commission,
    warning: '',
  };
}

function comboOf(market: Market, request: OrderRequest): ComboInstrument | null {
  const legs = request.legs.flatMap(({ conId, side, ratio }) => {
    const instrument = instrumentOf(market, conId);
    return instrument === null || instrument.kind === 'future' ? [] : [{ instrument, conId, side, ratio }];
  });
  return legs.length < request.legs.length ? null : { kind: 'combo', symbol: request.symbol, legs };
}

function instrumentOf(market: Market, conId: number): Instrument | null {
  return market.listing(conId)?.instrument ?? null;
}
