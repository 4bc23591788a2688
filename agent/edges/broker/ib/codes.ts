export const CODE = {
  rateExceeded: 100,
  noLineLeft: 101,
  duplicateOrderId: 103,
  noSubscriptionToCancel: 300,
  notValid: 321,
  clientIdInUse: 326,
  exchangeLost: 1100,
  exchangeBackDataLost: 1101,
  exchangeBack: 1102,
  portChanged: 1300,
  dataFarmBroken: 2103,
  dataFarmBack: 2104,
  dataFarmInactive: 2108,
  gatewayOffline: 2110,
  partlySubscribed: 10_090,
  delayedShown: 10_167,
} as const;

/** Held until the open, short sale being located, outsideRth ignored, time in force changed by a preset. */
const ORDER_STAYS_ALIVE: ReadonlySet<number> = new Set([399, 404, 2109, 10_349]);

/** Answers to a cancel that could not be done: nothing is known about the order from them. */
const CANCEL_ANSWERS: ReadonlySet<number> = new Set([135, 161, 10_147, 10_148]);

/** A change of an order was refused; the order itself stays as it was. */
const CHANGE_REFUSED: ReadonlySet<number> = new Set([104, 105]);

/** Kill a new order, but as the answer to a change of a working one leave that alone. */
const FINAL_FOR_NEW_ORDERS: ReadonlySet<number> = new Set([103, 110]);

/** @param acknowledged the broker has reported this order as its own in this run */
export function endsOrder(code: number, acknowledged: boolean): boolean {
  if (ORDER_STAYS_ALIVE.has(code) || CANCEL_ANSWERS.has(code) || CHANGE_REFUSED.has(code)) return false;
  if (isWarning(code)) return false;
  return !(acknowledged && FINAL_FOR_NEW_ORDERS.has(code));
}

/** Said about a question or a subscription that goes on all the same. */
export function isWarning(code: number): boolean {
  return code === CODE.delayedShown || code === CODE.partlySubscribed || (code >= 2100 && code < 2200);
}
