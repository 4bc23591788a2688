import type { Security } from '../ground/wire/broker-reports.ts';
import { contractIdsOf, type Part, partsOf, spawnsOthers } from '../ground/wire/order-parts.ts';
import { decodePlaceOrder, type PlaceOrder } from '../ground/wire/place-order.ts';
import type { Verdict } from './agent-session.ts';
import { isoTime, monotonicMs, wallClock } from './clock.ts';
import type { Holdings } from './holdings.ts';
import type { DayTotals } from './journal.ts';
import type { Limits } from './limits.ts';

export interface OrderCheckParts {
  readonly limits: () => Limits | null;
  readonly lookUp: (conIds: readonly number[]) => Promise<ReadonlyMap<number, Security>>;
  readonly holdings: Holdings;
  /** What the day has come to; written back when an order passes. */
  readonly day: { today: DayTotals };
  /** Why no order may pass right now, or null. */
  readonly objection: () => string | null;
  readonly trip: (cause: string) => void;
}

const PAPER_ACCOUNT = /^D[A-Z]?\d+$/;
const SHARES_OF_A_CONTRACT = 100;
const MINUTE_MS = 60_000;
/** Midnight in New York, or an hour from it: the markets sleep. */
const DAY_STARTS_MS = 5 * 60 * MINUTE_MS;

/** Judges each order by the limits of the guard's own. A breach refuses the order and trips. */
export class OrderCheck {
  readonly #parts: OrderCheckParts;
  #minute: number[] = [];

  constructor(parts: OrderCheckParts) {
    this.#parts = parts;
  }

  async judge(body: Buffer, version: number): Promise<Verdict> {
    const order = decoded(body, version);
    if (typeof order === 'string') return refused(`it cannot be read: ${order}`);
    if (order.whatIf) return { passes: true, whatIf: true };
    const closed = this.#parts.objection();
    if (closed !== null) return refused(closed);
    const ids = contractIdsOf(order);
    const known = ids.length === 0 ? new Map<number, Security>() : await this.#parts.lookUp(ids);
    const missing = ids.find((conId) => !known.has(conId));
    if (missing !== undefined) return refused(`the gateway does not say what contract ${missing} is`);
    return this.#judge(order, partsOf(order, known));
  }

  #judge(order: PlaceOrder, parts: readonly Part[]): Verdict {
    const { objection, limits: current, holdings, trip, day } = this.#parts;
    const limits = current();
    const closed = objection() ?? (limits === null ? 'there are no limits' : null);
    if (closed !== null || limits === null) return refused(closed ?? '');
    const size: DayTotals = {
      date: today(),
      orders: 1,
      contracts: contractsIn(parts),
      notional: notionalOf(order, parts),
    };
    const sofar = day.today.date === size.date ? day.today : { date: size.date, orders: 0, contracts: 0, notional: 0 };
    const breach =
      shapeBreach(order, parts, limits) ??
      this.#rateBreach(limits) ??
      sizeBreach(size, sofar, limits) ??
      (limits.shortCalls === 'any' ? null : holdings.uncovered(order.account, parts));
    if (breach !== null) {
      trip(`limit: order ${order.orderId} (${order.orderRef}): ${breach}`);
      return refused(breach);
    }
    this.#minute.push(monotonicMs());
    day.today = {
      date: size.date,
      orders: sofar.orders + 1,
      contracts: sofar.contracts + size.contracts,
      notional: sofar.notional + size.notional,
    };
    holdings.sent(order.orderId, parts);
    return { passes: true, whatIf: false };
  }

  #rateBreach(limits: Limits): string | null {
    const from = monotonicMs() - MINUTE_MS;
    this.#minute = this.#minute.filter((at) => at > from);
    const most = limits.ordersPerMinute;
    return this.#minute.length < most ? null : `more than ${most} orders in a minute`;
  }
}

function decoded(body: Buffer, version: number): PlaceOrder | string {
  try {
    return decodePlaceOrder(body, version);
  } catch (error) {
    return (error as Error).message;
  }
}

function shapeBreach(order: PlaceOrder, parts: readonly Part[], limits: Limits): string | null {
  const quantity = order.totalQuantity ?? 0;
  if (!isAllowed(order.account, limits.account)) return `account "${order.account}"`;
  if (order.orderType !== 'LMT' || order.limitPrice === null || !Number.isFinite(order.limitPrice)) {
    return `"${order.orderType}" is not a limit order with a price`;
  }
  if (!(Number.isFinite(quantity) && quantity > 0)) return `a quantity of ${quantity}`;
  if (spawnsOthers(order)) return 'it could turn into another order or bring one with it';
  for (const { secType, symbol } of [...parts, { ...order.contract }]) {
    if (!limits.secTypes.includes(secType)) return `security type ${secType}`;
    if (!limits.symbols.includes(symbol)) return `symbol ${symbol}`;
  }
  return parts.length === 0 ? 'a combo without legs' : null;
}

/** Without a word about the account the gateway would choose one. */
export function isAllowed(account: string, allowed: string): boolean {
  return allowed === 'paper' ? PAPER_ACCOUNT.test(account) : account === allowed;
}

function sizeBreach(size: DayTotals, sofar: DayTotals, limits: Limits): string | null {
  const { contracts, notional } = size;
  if (!Number.isFinite(notional)) return 'its size cannot be told';
  if (contracts > limits.contractsPerOrder) return `${contracts} contracts in one order`;
  if (notional > limits.notionalPerOrder) return `$${Math.round(notional)} in one order`;
  if (sofar.orders + 1 > limits.ordersPerDay) return `more than ${limits.ordersPerDay} orders today`;
  if (sofar.contracts + contracts > limits.contractsPerDay) return `${sofar.contracts + contracts} contracts today`;
  const inAll = sofar.notional + notional;
  return inAll > limits.notionalPerDay ? `$${Math.round(inAll)} today` : null;
}

function contractsIn(parts: readonly Part[]): number {
  const count = ({ secType, quantity }: Part) => (secType === 'STK' ? quantity / SHARES_OF_A_CONTRACT : quantity);
  return parts.reduce((sum, part) => sum + Math.ceil(count(part)), 0);
}

/** Dollars that could change hands: the strike of each option sold, else the limit price of what is bought. */
function notionalOf(order: PlaceOrder, parts: readonly Part[]): number {
  const limit = Math.abs(order.limitPrice ?? 0);
  const sold = parts.filter((part) => part.sells && part.strike > 0);
  const exposure = sold.reduce((sum, part) => sum + part.strike * part.multiplier * part.quantity, 0);
  if (exposure > 0) return exposure;
  const multiplier = Math.max(...parts.map((part) => part.multiplier));
  return limit * multiplier * (order.totalQuantity ?? 0);
}

function refused(reason: string): Verdict {
  return { passes: false, reason };
}

function today(): string {
  return isoTime(wallClock() - DAY_STARTS_MS).slice(0, 10);
}
