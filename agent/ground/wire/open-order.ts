import { contractFields, type WireContract, type WireLeg } from './contract-fields.ts';
import { encodeFrame, type Field } from './frame.ts';
import { REPLY } from './message-ids.ts';
import { UNSET_DOUBLE, UNSET_INTEGER, UNSET_LONG } from './unset.ts';
import { SINCE } from './versions.ts';

/** An order as the broker's side tells it. Prices in dollars. */
export interface OrderReport {
  readonly orderId: number;
  readonly clientId: number;
  readonly permId: number;
  readonly contract: WireContract;
  /** Of a combo. */
  readonly legs: readonly WireLeg[];
  readonly action: 'BUY' | 'SELL';
  readonly quantity: number;
  readonly orderType: string;
  readonly limitPrice: number | null;
  readonly timeInForce: string;
  readonly account: string;
  readonly orderRef: string;
  readonly outsideRth: boolean;
  readonly status: string;
  /** What it would do to the account, if it only asked; else null. */
  readonly whatIf: MarginReport | null;
}

/** In dollars. */
export interface MarginReport {
  readonly initialBefore: number;
  readonly maintenanceBefore: number;
  readonly equityBefore: number;
  readonly initialAfter: number;
  readonly maintenanceAfter: number;
  readonly equityAfter: number;
  readonly commission: number;
}

export interface CompletedReport extends OrderReport {
  readonly filled: number;
  readonly completedTime: string;
  readonly completedStatus: string;
}

export function encodeOpenOrder(order: OrderReport, version: number): Buffer {
  const fields: Field[] = [REPLY.openOrder, order.orderId, ...contractFields(order.contract, '?'), ...basics(order)];
  fields.push(order.clientId, order.permId, ...timing(order));
  fields.push(`${order.permId}.0/${order.account}/${order.quantity}`, ...adviser(), ...shortSale());
  const auctionStrategy = 0;
  fields.push(auctionStrategy, ...stockPegging(), UNSET_INTEGER);
  const [blockOrder, sweepToFill, allOrNone, eTradeOnly, firmQuoteOnly] = [false, false, false, false, false];
  fields.push(blockOrder, sweepToFill, allOrNone, '', OCA_TYPE, eTradeOnly, firmQuoteOnly, '');
  const [parentId, triggerMethod] = [0, 0];
  fields.push(parentId, triggerMethod, ...volatility(['', '', '', '?', 0, 0, '']), ...trailing());
  const [basisPoints, basisPointsType] = ['', ''];
  fields.push(basisPoints, basisPointsType, ...combo(order), ...scaleAndHedge());
  const optOutSmartRouting = false;
  fields.push(optOutSmartRouting, ...clearingAndAlgo(), ...outcome(order));
  fields.push(...randomizeAndConditions(), ...adjusted(), '', '', '');
  fields.push('', DONT_USE_AUTO_PRICE, false, false, false, UNSET_INTEGER, UNSET_INTEGER, false, ...pegAttributes());
  fields.push(...customer(version));
  if (version >= SINCE.bondAccruedInterest) fields.push('');
  if (version >= SINCE.includeOvernight) fields.push(false);
  if (version >= SINCE.cmeTaggingInOpenOrder) fields.push('', UNSET_INTEGER);
  return encodeFrame(fields);
}

/** As an open order, without what only a working order has. */
export function encodeCompletedOrder(order: CompletedReport, version: number): Buffer {
  const fields: Field[] = [REPLY.completedOrder, ...contractFields(order.contract, '?'), ...basics(order)];
  fields.push(order.permId, ...timing(order), ...adviser(), ...shortSale(), ...stockPegging(), UNSET_INTEGER);
  const [sweepToFill, allOrNone, triggerMethod] = [false, false, 0];
  fields.push(sweepToFill, allOrNone, '', OCA_TYPE, triggerMethod, ...volatility([0, 0, '']), ...trailing());
  fields.push(...combo(order), ...scaleAndHedge(), ...clearingAndAlgo(), order.status, ...randomizeAndConditions());
  const [trailStopPrice, limitOffset, cashQuantity, isOmsContainer] = [UNSET_DOUBLE, UNSET_DOUBLE, '', false];
  fields.push(trailStopPrice, limitOffset, cashQuantity, DONT_USE_AUTO_PRICE, isOmsContainer);
  const [autoCancelDate, futureConId, autoCancelParent, parentPermId] = ['', 0, false, UNSET_LONG];
  fields.push(autoCancelDate, order.filled, futureConId, autoCancelParent);
  const [shareholder, imbalanceOnly, routeMarketableToBbo] = ['', false, false];
  fields.push(shareholder, imbalanceOnly, routeMarketableToBbo, parentPermId);
  fields.push(order.completedTime, order.completedStatus, ...pegAttributes(), ...customer(version));
  return encodeFrame(fields);
}

const OCA_TYPE = 3;
const DONT_USE_AUTO_PRICE = true;

function basics(order: OrderReport): Field[] {
  const [auxPrice, ocaGroup, openClose, origin] = [0, '', '', 0];
  return [
    order.action,
    order.quantity,
    order.orderType,
    order.limitPrice ?? 0,
    auxPrice,
    order.timeInForce,
    ocaGroup,
    order.account,
    openClose,
    origin,
    order.orderRef,
  ];
}

function timing(order: OrderReport): Field[] {
  const [hidden, discretionaryAmount, goodAfterTime] = [false, 0, ''];
  return [order.outsideRth, hidden, discretionaryAmount, goodAfterTime];
}

/** faGroup, faMethod, faPercentage, modelCode, goodTillDate, rule80A, percentOffset, settlingFirm. */
function adviser(): Field[] {
  return ['', '', '', '', '', '', '', ''];
}

/** shortSaleSlot, designatedLocation, exemptCode. */
function shortSale(): Field[] {
  return [0, '', -1];
}

/** startingPrice, stockRefPrice, delta, stockRangeLower, stockRangeUpper. */
function stockPegging(): Field[] {
  return ['', '', '', '', ''];
}

/** The delta-neutral type is never empty, so its block always follows. */
function volatility(deltaNeutral: readonly Field[]): Field[] {
  const [value, type, orderType, auxPrice, conId] = ['', 0, 'None', '', 0];
  const [continuousUpdate, referencePriceType] = [0, 0];
  return [value, type, orderType, auxPrice, conId, ...deltaNeutral, continuousUpdate, referencePriceType];
}

/** trailStopPrice, trailingPercent. */
function trailing(): Field[] {
  return ['', ''];
}

function combo(order: OrderReport): Field[] {
  const description = order.legs.map((leg) => `${leg.action === 'SELL' ? '-' : ''}${leg.ratio}*${leg.conId}`).join(',');
  const fields: Field[] = [description, order.legs.length];
  const [openClose, shortSaleSlot, designatedLocation, exemptCode] = [0, 0, '', -1];
  for (const leg of order.legs) {
    fields.push(leg.conId, leg.ratio, leg.action, leg.exchange);
    fields.push(openClose, shortSaleSlot, designatedLocation, exemptCode);
  }
  const [legPrices, smartRouting] = [0, 0];
  fields.push(legPrices, smartRouting);
  return fields;
}

/** scaleInitLevelSize, scaleSubsLevelSize, scalePriceIncrement, hedgeType. */
function scaleAndHedge(): Field[] {
  return [UNSET_INTEGER, UNSET_INTEGER, '', ''];
}

/** clearingAccount, clearingIntent, notHeld, delta-neutral flag, algoStrategy, solicited. */
function clearingAndAlgo(): Field[] {
  return ['', 'IB', false, false, '', false];
}

function outcome(order: OrderReport): Field[] {
  const { whatIf } = order;
  if (whatIf === null) return [false, order.status, ...unset(9), ...commission('')];
  return [
    true,
    order.status,
    whatIf.initialBefore,
    whatIf.maintenanceBefore,
    whatIf.equityBefore,
    rounded(whatIf.initialAfter - whatIf.initialBefore),
    rounded(whatIf.maintenanceAfter - whatIf.maintenanceBefore),
    rounded(whatIf.equityAfter - whatIf.equityBefore),
    whatIf.initialAfter,
    whatIf.maintenanceAfter,
    whatIf.equityAfter,
    ...commission(whatIf.commission),
  ];
}

/** commission, minimum, maximum, currency, warning. */
function commission(amount: Field): Field[] {
  return [amount, '', '', amount === '' ? '' : 'USD', ''];
}

/** randomizeSize, randomizePrice, number of conditions. */
function randomizeAndConditions(): Field[] {
  return [false, false, 0];
}

/** adjustedOrderType, six prices and the unit. */
function adjusted(): Field[] {
  return ['None', ...unset(6), 0];
}

/** minTradeQty, minCompeteSize, competeAgainstBestOffset, midOffsetAtWhole, midOffsetAtHalf. */
function pegAttributes(): Field[] {
  return ['', 100, 0.02, '', ''];
}

function customer(version: number): Field[] {
  const fields: Field[] = [];
  if (version >= SINCE.customerAccount) fields.push('');
  if (version >= SINCE.professionalCustomer) fields.push(false);
  return fields;
}

function unset(count: number): Field[] {
  return new Array<Field>(count).fill(UNSET_DOUBLE);
}

function rounded(dollars: number): number {
  return Math.round(dollars * 10_000) / 10_000;
}
