import type { Contract } from '@stoqey/ib/dist/api/contract/contract.js';
import type { ContractDetails } from '@stoqey/ib/dist/api/contract/contractDetails.js';
import type { Execution } from '@stoqey/ib/dist/api/order/execution.js';
import type { Order } from '@stoqey/ib/dist/api/order/order.js';
import type { OrderState } from '@stoqey/ib/dist/api/order/orderState.js';
import type { CommissionReport } from '@stoqey/ib/dist/api/report/commissionReport.js';

type Amount = number | undefined;

/** The library's events that we listen to, with what each carries. Its own overloads cannot be wrapped. */
export interface WireEvents {
  connected: [];
  disconnected: [];
  server: [version: number, connectedAt: string];
  received: [tokens: string[]];
  sent: [tokens: unknown[]];
  info: [text: string, code: number];
  error: [error: Error, code: number, id: number];
  nextValidId: [orderId: number];
  managedAccounts: [accounts: string];
  currentTime: [seconds: number];
  contractDetails: [id: number, details: ContractDetails];
  contractDetailsEnd: [id: number];
  securityDefinitionOptionParameter: [
    id: number,
    exchange: string,
    underlyingConId: number,
    tradingClass: string,
    multiplier: Amount,
    expirations: string[],
    strikes: number[],
  ];
  securityDefinitionOptionParameterEnd: [id: number];
  marketDataType: [id: number, type: number];
  tickPrice: [id: number, type: number, price: Amount];
  tickSize: [id: number, type: number, size: Amount];
  tickString: [id: number, type: number, value: string];
  tickOptionComputation: [
    id: number,
    type: number,
    attribute: Amount,
    impliedVolatility: Amount,
    delta: Amount,
    price: Amount,
    dividend: Amount,
    gamma: Amount,
    vega: Amount,
    theta: Amount,
    underlying: Amount,
  ];
  historicalData: [id: number, date: string, open: Amount, high: Amount, low: Amount, close: Amount, volume: Amount];
  openOrder: [orderId: number, contract: Contract, order: Order, state: OrderState];
  openOrderEnd: [];
  orderStatus: [
    orderId: number,
    status: string,
    filled: Amount,
    remaining: Amount,
    averagePrice: Amount,
    permId: Amount,
    parentId: Amount,
    lastPrice: Amount,
    clientId: Amount,
  ];
  execDetails: [id: number, contract: Contract, execution: Execution];
  execDetailsEnd: [id: number];
  commissionReport: [report: CommissionReport];
  completedOrder: [contract: Contract, order: Order, state: OrderState];
  completedOrdersEnd: [];
  position: [account: string, contract: Contract, quantity: Amount, averageCost: Amount];
  positionEnd: [];
  accountSummary: [id: number, account: string, tag: string, value: string, currency: string];
  accountSummaryEnd: [id: number];
}
