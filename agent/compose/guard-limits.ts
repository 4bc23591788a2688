import type { Settings } from '../config/schema.ts';
import type { GuardLimits } from './guard-files.ts';

/** An order is sent again at each step of its price, and what is opened is closed again. */
const FRAMES_OF_AN_ORDER = 20;
/** A position that grew over days is closed with one order. */
const CLOSING = 10;
const DAYS_TURNOVER = 10;

/** Wider than our own limits, so that only what has gone wrong meets them. */
export function guardLimits({ broker, symbols, risk }: Settings): GuardLimits {
  const ordersPerDay = risk.maxOrdersPerDay * FRAMES_OF_AN_ORDER;
  const contractsPerOrder = risk.maxContractsPerOrder * CLOSING;
  return {
    account: broker.account ?? 'paper',
    symbols,
    secTypes: ['OPT', 'BAG', 'STK'],
    ordersPerMinute: Math.min(ordersPerDay, 60),
    ordersPerDay,
    contractsPerOrder,
    contractsPerDay: contractsPerOrder * ordersPerDay,
    notionalPerOrder: Math.ceil(risk.maxSecuredTotalDollars),
    notionalPerDay: Math.ceil(risk.maxSecuredTotalDollars) * DAYS_TURNOVER,
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
