import { money } from '../../../../agent/core/market/money.ts';
import type { OrderTicket } from '../../../../agent/edges/broker/broker.ts';
import type { WireContract } from '../../../../agent/ground/wire/contract-fields.ts';
import {
  encodeCompletedOrder,
  encodeOpenOrder,
  type MarginReport,
  type OrderReport,
} from '../../../../agent/ground/wire/open-order.ts';
import { encodeOrderStatus } from '../../../../agent/ground/wire/order-messages.ts';

export const TICKET: OrderTicket = {
  orderRef: 'intent-1',
  instrument: {
    kind: 'option',
    symbol: 'SPY',
    tradingClass: 'SPY',
    expiration: '2026-04-17',
    strike: money(650),
    right: 'P',
    multiplier: 100,
  },
  conId: 4711,
  side: 'sell',
  quantity: 2,
  type: 'limit',
  limit: money(1.15),
  timeInForce: 'DAY',
};

export const OPTION: WireContract = {
  conId: 4711,
  symbol: 'SPY',
  secType: 'OPT',
  lastTradeDate: '20260417',
  strike: 650,
  right: 'P',
  multiplier: '100',
  exchange: 'SMART',
  primaryExchange: '',
  currency: 'USD',
  localSymbol: 'SPY   260417P00650000',
  tradingClass: 'SPY',
};

const REPORT: OrderReport = {
  orderId: 1,
  clientId: 7,
  permId: 900_001,
  contract: OPTION,
  legs: [],
  action: 'SELL',
  quantity: 2,
  orderType: 'LMT',
  limitPrice: 1.15,
  timeInForce: 'DAY',
  account: 'DU1',
  orderRef: 'intent-1',
  outsideRth: false,
  status: 'Submitted',
  whatIf: null,
};

export function openOrder(changes: Partial<OrderReport> = {}): Buffer {
  return encodeOpenOrder({ ...REPORT, ...changes }, 193);
}

export function completedOrder(changes: Partial<OrderReport> = {}): Buffer {
  const done = { filled: 0, completedTime: '20260320 10:00:05 US/Eastern', completedStatus: '' };
  return encodeCompletedOrder({ ...REPORT, ...changes, ...done }, 193);
}

const STATUS = {
  orderId: 1,
  status: 'Submitted',
  filled: 0,
  remaining: 2,
  averagePrice: 0,
  permId: 900_001,
  parentId: 0,
  lastPrice: 0,
  clientId: 7,
};

export function orderStatus(changes: Partial<typeof STATUS> = {}): Buffer {
  return encodeOrderStatus({ ...STATUS, ...changes });
}

export const MARGINS: MarginReport = {
  initialBefore: 0,
  maintenanceBefore: 0,
  equityBefore: 100_000,
  initialAfter: 12_345.67,
  maintenanceAfter: 9_876.54,
  equityAfter: 99_999.5,
  commission: 1.3,
};
