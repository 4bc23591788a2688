import { dollars } from '../../../core/market/money.ts';
import type { WireExecution } from '../../../ground/wire/execution-messages.ts';
import {
  type CompletedReport,
  encodeOpenOrder,
  type MarginReport,
  type OrderReport,
} from '../../../ground/wire/open-order.ts';
import { encodeOrderStatus } from '../../../ground/wire/order-messages.ts';
import type { BookExecution, BookOrder, BookStatus, Margin, OrderRequest } from '../book.ts';
import type { Market } from '../market.ts';
import { zonedTimeText } from './exchange-time.ts';
import { contractOf, wireLegs } from './wire-contract.ts';

/** Where an execution is said to have happened. */
const VENUE = 'CBOE';

export interface ReportState {
  readonly permId: number;
  readonly status: string;
  readonly whatIf: MarginReport | null;
}

export function orderReport(market: Market, request: OrderRequest, state: ReportState): OrderReport {
  return {
    ...state,
    orderId: request.orderId,
    clientId: request.clientId,
    contract: contractOf(market, request.conId, request.symbol),
    legs: wireLegs(request.legs),
    action: request.side === 'buy' ? 'BUY' : 'SELL',
    quantity: request.quantity,
    orderType: request.type,
    limitPrice: request.limit === null ? null : dollars(request.limit),
    timeInForce: request.timeInForce,
    account: request.account,
    orderRef: request.orderRef,
    outsideRth: request.outsideRth,
  };
}

export function openOrderFrame(market: Market, order: BookOrder, version: number, status: BookStatus = order.status) {
  const { permId, request } = order;
  return encodeOpenOrder(orderReport(market, request, { permId, status, whatIf: null }), version);
}

/** A cancel that is pending is a status of the wire only: the book does not know it. */
export function orderStatusFrame(order: BookOrder, status: BookStatus | 'PendingCancel' = order.status): Buffer {
  const { request } = order;
  return encodeOrderStatus({
    orderId: request.orderId,
    status,
    filled: order.filled,
    remaining: request.quantity - order.filled,
    averagePrice: dollars(order.averagePrice),
    permId: order.permId,
    parentId: 0,
    lastPrice: dollars(order.lastPrice),
    clientId: request.clientId,
  });
}

export function marginReport(margin: Margin): MarginReport {
  return {
    initialBefore: dollars(margin.initialBefore),
    maintenanceBefore: dollars(margin.maintenanceBefore),
    equityBefore: dollars(margin.equityBefore),
    initialAfter: dollars(margin.initialAfter),
    maintenanceAfter: dollars(margin.maintenanceAfter),
    equityAfter: dollars(margin.equityAfter),
    commission: dollars(margin.commission),
  };
}

export function completedReport(market: Market, order: BookOrder): CompletedReport {
  const { permId, status } = order;
  const ended = order.reason === '' ? status : `${status} - ${order.reason}`;
  return {
    ...orderReport(market, order.request, { permId, status, whatIf: null }),
    orderId: 0,
    filled: order.filled,
    completedTime: zonedTimeText(order.endedAt ?? order.acceptedAt),
    completedStatus: status === 'Filled' ? `Filled Size: ${order.filled}` : ended,
  };
}

export function wireExecution(market: Market, execution: BookExecution): WireExecution {
  return {
    orderId: execution.orderId,
    contract: contractOf(market, execution.conId, execution.symbol),
    execId: execution.execId,
    time: zonedTimeText(execution.at),
    account: execution.account,
    exchange: VENUE,
    side: execution.side === 'buy' ? 'BOT' : 'SLD',
    shares: execution.quantity,
    price: dollars(execution.price),
    permId: execution.permId,
    clientId: execution.clientId,
    cumulative: execution.cumulative,
    averagePrice: dollars(execution.averagePrice),
    orderRef: execution.orderRef,
  };
}
