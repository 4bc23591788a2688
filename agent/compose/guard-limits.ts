import type { Settings } from '../config/schema.ts';
import type { GuardLimits } from './guard-files.ts';

/** Orders are looked at twice a minute, and a look sends one price of each at most. */
const OF_AN_ORDER_IN_A_MINUTE = 3;
/** More than that no file of limits may say. */
const MOST_ORDERS = 1_000_000;
const MOST_DOLLARS = 1_000_000_000;

/**
 * What our own rules allow on the worst day on which nothing is wrong, and no more. The guard counts every attempt at an order's
 * price as an order, in full: the first, and one for each step.
 */
export function guardLimits({ broker, symbols, risk, orders }: Settings): GuardLimits {
  const { maxOrdersPerDay, maxContractsPerOrder, maxSecuredPerSymbolDollars, maxSecuredTotalDollars } = risk;
  const attempts = orders.priceSteps + 1;
  const ordersPerDay = maxOrdersPerDay * attempts;
  const notionalPerOrder = Math.ceil(Math.min(maxSecuredPerSymbolDollars, maxSecuredTotalDollars));
  // Orders are decided once a day. Those that go on to a next price claim cash at the same time; one that is refused or taken back
  // at once leaves its cash to another, and has one attempt.
  const together = Math.ceil(maxSecuredTotalDollars) * attempts + maxOrdersPerDay * notionalPerOrder;
  return {
    account: broker.account ?? 'paper',
    symbols,
    secTypes: ['OPT', 'BAG', 'STK'],
    ordersPerMinute: maxOrdersPerDay * Math.min(attempts, OF_AN_ORDER_IN_A_MINUTE),
    ordersPerDay,
    contractsPerOrder: maxContractsPerOrder,
    contractsPerDay: Math.min(maxContractsPerOrder * ordersPerDay, MOST_ORDERS),
    notionalPerOrder,
    notionalPerDay: Math.min(ordersPerDay * notionalPerOrder, together, MOST_DOLLARS),
    shortCalls: 'covered',
  };
}

/** A demo runs days in minutes. */
export function demoLimits(account: string, symbols: readonly string[]): GuardLimits {
  return {
    ...{ account, symbols, secTypes: ['OPT', 'BAG', 'STK'], shortCalls: 'covered' },
    ordersPerMinute: 600,
    ordersPerDay: 5_000,
    contractsPerOrder: 20,
    contractsPerDay: 10_000,
    notionalPerOrder: 1_000_000,
    notionalPerDay: 1_000_000_000,
  };
}
