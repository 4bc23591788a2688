import type { Contract } from '@stoqey/ib/dist/api/contract/contract.js';
import type { Order } from '@stoqey/ib/dist/api/order/order.js';
import type { OrderState } from '@stoqey/ib/dist/api/order/orderState.js';
import type { Instrument } from '../../../core/market/contract.ts';
import { dollars } from '../../../core/market/money.ts';
import type { MarginPreview } from '../../../core/portfolio/margin-preview.ts';
import type { BrokerStatus, OrderTicket, ReportedOrder } from '../broker.ts';
import { isOrderId } from './ids.ts';
import { isNonsense, type Nonsense, toCombo, toInstrument, toSide } from './map-contract.ts';
import { amount } from './map-number.ts';

const STATUSES: ReadonlySet<string> = new Set<BrokerStatus>([
  'PendingSubmit',
  'PendingCancel',
  'PreSubmitted',
  'Submitted',
  'ApiCancelled',
  'Cancelled',
  'Filled',
  'Inactive',
]);

/** Without NUL or anything else that could shift the fields of a frame. */
const PRINTABLE = /^[\x20-\x7e]{1,128}$/;

export function toStatus(word: string | undefined): BrokerStatus | null {
  return word !== undefined && STATUSES.has(word) ? (word as BrokerStatus) : null;
}

/** Why a ticket may not be put on the wire, or null. */
export function ticketProblem(orderId: number, ticket: OrderTicket): string | null {
  if (!isOrderId(orderId)) return `${orderId} is not an order id`;
  if (!PRINTABLE.test(ticket.orderRef)) return 'the order reference must be 1 to 128 printable ASCII characters';
  if (!(Number.isSafeInteger(ticket.quantity) && ticket.quantity > 0)) return `a quantity of ${ticket.quantity}`;
  if (ticket.type === 'limit' && !Number.isSafeInteger(ticket.limit)) return 'a limit order without a limit';
  if (ticket.type === 'market' && ticket.limit !== null) return 'a market order with a limit';
  if (ticket.instrument.kind === 'combo' && ticket.instrument.legs.some((leg) => leg.conId <= 0)) {
    return 'a combo with a leg that has no contract id';
  }
  return null;
}

/** `transmit` is always set: left out, the order would stay in the gateway and never reach the exchange. */
export function vendorOrder(ticket: OrderTicket, account: string, whatIf: boolean): Order {
  return {
    action: (ticket.side === 'buy' ? 'BUY' : 'SELL') as Order['action'] & string,
    totalQuantity: ticket.quantity,
    orderType: (ticket.type === 'limit' ? 'LMT' : 'MKT') as Order['orderType'],
    ...(ticket.limit === null ? {} : { lmtPrice: dollars(ticket.limit) }),
    tif: ticket.timeInForce as Order['tif'] & string,
    orderRef: ticket.orderRef,
    account,
    outsideRth: false,
    transmit: true,
    whatIf,
  };
}

export interface OrderReport {
  readonly contract: Contract;
  readonly order: Order;
  readonly state: OrderState;
  /** From an order status that came with it, or null. */
  readonly filled: number | null;
}

/** An order as the broker reports it, or why it cannot be shown. @param legOf what is known of a contract id */
export function toReportedOrder(
  report: OrderReport,
  legOf: (conId: number) => Instrument | null,
): ReportedOrder | Nonsense {
  const { contract, order, state } = report;
  const combo = (contract.secType as string | undefined) === 'BAG';
  const instrument = combo ? toCombo(contract, legOf) : toInstrument(contract);
  if (isNonsense(instrument)) return instrument;
  const side = toSide(order.action);
  const status = toStatus(state.status);
  const quantity = order.totalQuantity;
  const filled = report.filled ?? order.filledQuantity ?? 0;
  const name = `order ${order.orderId ?? 0} (${instrument.symbol})`;
  if (side === null) return { nonsense: `${name} with the action ${order.action}` };
  if (status === null) return { nonsense: `${name} in the state ${state.status}` };
  if (quantity === undefined || !(quantity >= 0)) return { nonsense: `${name} for a quantity of ${quantity}` };
  if (!(filled >= 0)) return { nonsense: `${name} filled by ${filled}` };
  return {
    orderRef: order.orderRef ?? '',
    orderId: order.orderId ?? 0,
    clientId: order.clientId ?? -1,
    permId: order.permId ?? 0,
    instrument,
    conId: combo ? 0 : (contract.conId ?? 0),
    side,
    quantity,
    filled,
    limit: (order.orderType as string) === 'LMT' ? amount(order.lmtPrice) : null,
    status,
    reason: state.completedStatus || state.warningText || '',
  };
}

/** A first reply may carry nothing but a warning; the real one comes later. */
export function toPreview(state: OrderState): MarginPreview {
  return {
    initialMarginBefore: amount(state.initMarginBefore),
    maintenanceMarginBefore: amount(state.maintMarginBefore),
    equityWithLoanBefore: amount(state.equityWithLoanBefore),
    initialMarginAfter: amount(state.initMarginAfter),
    maintenanceMarginAfter: amount(state.maintMarginAfter),
    equityWithLoanAfter: amount(state.equityWithLoanAfter),
    commission: amount(state.commission) ?? amount(state.maxCommission),
    warning: state.warningText ?? '',
  };
}
