import type { LiveDocument } from '../ground/files/live-document.ts';
import { isoTime, monotonicMs, wallClock } from '../ground/time/clock.ts';
import { contractIdsOf, type OrderSize, type Part, partsOf, sizeOf, spawnsOthers } from '../ground/wire/order-parts.ts';
import { decodePlaceOrder, type PlaceOrder } from '../ground/wire/place-order.ts';
import type { Questions } from '../ground/wire/questions.ts';
import type { Cover } from './cover.ts';
import type { DayTotals, Journal } from './journal.ts';
import { isAllowed, type Limits } from './limits.ts';

export interface OrderCheckParts {
  readonly limits: Pick<LiveDocument<Limits>, 'value'>;
  readonly questions: Pick<Questions, 'contracts'>;
  readonly cover: Cover;
  /** What the day has come to; written back when an order passes. */
  readonly journal: Pick<Journal, 'today'>;
  /** Why no order may pass right now, or null. */
  readonly closed: () => string | null;
  readonly trip: (cause: string) => void;
}

export interface Verdict {
  /** Why it may not pass, or null. */
  readonly refused: string | null;
  /** It only asks for margins, and passes whatever the gate says. */
  readonly whatIf: boolean;
}

const MINUTE_MS = 60_000;
/** Midnight in New York, or an hour from it: the markets sleep. */
const DAY_STARTS_MS = 5 * 60 * MINUTE_MS;

/** Judges each order by the limits of the guard's own. A breach refuses the order and trips. */
export class OrderCheck {
  readonly #parts: OrderCheckParts;
  readonly #minute: number[] = [];

  constructor(parts: OrderCheckParts) {
    this.#parts = parts;
  }

  async judge(body: Buffer, version: number): Promise<Verdict> {
    try {
      const order = decodePlaceOrder(body, version);
      const refused = order.whatIf ? null : (this.#parts.closed() ?? (await this.#objection(order)));
      return { refused, whatIf: order.whatIf };
    } catch (error) {
      return { refused: `it cannot be read: ${(error as Error).message}`, whatIf: false };
    }
  }

  async #objection(order: PlaceOrder): Promise<string | null> {
    const ids = contractIdsOf(order);
    const known = await this.#parts.questions.contracts(ids);
    const missing = ids.find((conId) => !known.has(conId));
    if (missing !== undefined) return `the gateway does not say what contract ${missing} is`;
    return this.#parts.closed() ?? this.#count(order, partsOf(order, known));
  }

  /** Counts it, unless it breaches a limit. */
  #count(order: PlaceOrder, parts: readonly Part[]): string | null {
    const { limits, cover, trip, journal } = this.#parts;
    if (limits.value === null) return 'there are no limits';
    const date = isoTime(wallClock() - DAY_STARTS_MS).slice(0, 10);
    const sofar = journal.today.date === date ? journal.today : { date, orders: 0, contracts: 0, notional: 0 };
    const size = sizeOf(order, parts);
    const [contracts, notional] = [sofar.contracts + size.contracts, sofar.notional + size.notional];
    const day = { date, orders: sofar.orders + 1, contracts, notional };
    const uncovered = limits.value.shortCalls === 'any' ? null : cover.uncovered(order.account, parts);
    const breach =
      shapeBreach(order, parts, limits.value) ??
      this.#rateBreach(limits.value) ??
      sizeBreach(size, day, limits.value) ??
      (uncovered?.isCertain === true ? uncovered.reason : null);
    if (breach !== null) {
      trip(`limit: order ${order.orderId} (${order.orderRef}): ${breach}`);
      return breach;
    }
    if (uncovered !== null) return `it cannot be told yet whether ${uncovered.reason}`;
    this.#minute.push(monotonicMs());
    journal.today = day;
    cover.sent(order, parts);
    return null;
  }

  #rateBreach({ ordersPerMinute: most }: Limits): string | null {
    const from = monotonicMs() - MINUTE_MS;
    while ((this.#minute[0] ?? Number.POSITIVE_INFINITY) <= from) this.#minute.shift();
    return this.#minute.length < most ? null : `more than ${most} orders in a minute`;
  }
}

function shapeBreach(order: PlaceOrder, parts: readonly Part[], limits: Limits): string | null {
  const quantity = order.totalQuantity ?? 0;
  if (!isAllowed(order.account, limits.account)) return `account "${order.account}"`;
  if (order.orderType !== 'LMT' || order.limitPrice === null || !Number.isFinite(order.limitPrice)) {
    return `"${order.orderType}" is not a limit order with a price`;
  }
  if (!(Number.isFinite(quantity) && quantity > 0)) return `a quantity of ${quantity}`;
  if (spawnsOthers(order)) return 'it could become more than it says: another order, price, size or account';
  for (const { secType, symbol } of [...parts, { ...order.contract }]) {
    if (!limits.secTypes.includes(secType)) return `security type ${secType}`;
    if (!limits.symbols.includes(symbol)) return `symbol ${symbol}`;
  }
  return parts.length === 0 ? 'a combo without legs' : null;
}

/** @param day what it comes to with this order */
function sizeBreach({ contracts, notional }: OrderSize, day: DayTotals, limits: Limits): string | null {
  if (!Number.isFinite(notional)) return 'its size cannot be told';
  if (contracts > limits.contractsPerOrder) return `${contracts} contracts in one order`;
  if (notional > limits.notionalPerOrder) return `$${Math.round(notional)} in one order`;
  if (day.orders > limits.ordersPerDay) return `more than ${limits.ordersPerDay} orders today`;
  if (day.contracts > limits.contractsPerDay) return `${day.contracts} contracts today`;
  return day.notional > limits.notionalPerDay ? `$${Math.round(day.notional)} today` : null;
}
