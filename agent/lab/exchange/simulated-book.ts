import { newYorkDate } from '../../core/calendar/new-york.ts';
import { isOpenAt, nextSession, sessionOn } from '../../core/calendar/sessions.ts';
import type { EpochMs } from '../../core/calendar/time.ts';
import type { Money } from '../../core/market/money.ts';
import type {
  AccountFigures,
  Book,
  BookEvent,
  BookExecution,
  BookOrder,
  BookPosition,
  BookStatus,
  OrderRequest,
  Refusal,
} from './book.ts';
import { eventsOf } from './book-events.ts';
import { BOOK_VERSION, type BookJournal, type BookRecord } from './book-record.ts';
import { type BookFaults, NO_BOOK_FAULTS } from './faults/book-seam.ts';
import { fillRecord, legMarkets } from './fill.ts';
import { applyRecord, type BookState, emptyState, isWorking, orderKey, restore } from './ledger.ts';
import type { Market } from './market.ts';
import { isMarketable, isTradable, matchOrder } from './matching.ts';
import { checkChange, checkRequest } from './order-check.ts';
import { expiresAt, newOrder, statusAt } from './order-life.ts';
import { checkMargin, marginOf } from './order-margin.ts';
import { SETTLES_AFTER_CLOSE_MS, settlementsDue } from './settlement.ts';
import { figuresOf, heldBy, netLiquidationOf } from './valuation.ts';

export interface BookSettings {
  readonly market: Market;
  /** The first is meant where a request names none. */
  readonly accounts: readonly { readonly account: string; readonly cash: Money }[];
  /** What an earlier run wrote; its accounts win over those above. */
  readonly records?: readonly BookRecord[];
  readonly journal?: BookJournal | null;
  readonly faults?: BookFaults;
}

/** The exchange's book. Every change is a record: written first, then applied, then told. */
export class SimulatedBook implements Book {
  readonly #market: Market;
  readonly #journal: BookJournal | null;
  readonly #faults: BookFaults;
  readonly #state: BookState = emptyState();
  readonly #listeners = new Set<(event: BookEvent) => void>();
  /** Orders with `transmit` off live in the gateway only and die with it. */
  readonly #held = new Map<string, BookOrder>();

  constructor(settings: BookSettings) {
    this.#market = settings.market;
    this.#journal = settings.journal ?? null;
    this.#faults = settings.faults ?? NO_BOOK_FAULTS;
    const records = settings.records ?? [];
    restore(this.#state, records);
    if (records.length === 0) {
      this.#record({ kind: 'opened', version: BOOK_VERSION, accounts: settings.accounts }, true);
    }
    this.#faults.attach({
      book: this,
      market: this.#market,
      state: this.#state,
      change: (record) => this.#change(record),
      tell: (event) => this.#tell(event),
      forgetHeld: () => this.#held.clear(),
    });
  }

  get accounts(): readonly string[] {
    return [...this.#state.cash.keys()];
  }

  place(asked: OrderRequest, at: EpochMs): void {
    this.#turnTo(at);
    const request = asked.account === '' ? { ...asked, account: this.accounts[0] ?? '' } : asked;
    const key = orderKey(request.clientId, request.orderId);
    const known = this.#orderBy(key);
    const working = known !== null && isWorking(known) ? known : null;
    const used = this.#state.highestOrderId.get(request.clientId) ?? 0;
    if (working === null && request.orderId <= used && !request.whatIf) {
      this.#refuse(request, { code: 103, text: 'Duplicate order id' });
      return;
    }
    const given = { market: this.#market, accounts: this.accounts, at, open: isOpenAt(at) };
    const refusal = checkRequest(request, given);
    if (refusal !== null) this.#refuse(request, refusal);
    else if (request.whatIf) this.#preview(request);
    else if (working !== null) this.#modify(working, request, at);
    else if (!request.transmit) this.#hold(key, request, at);
    else {
      this.#held.delete(key);
      this.#accept(request, at);
    }
  }

  cancel(clientId: number, orderId: number, at: EpochMs): Refusal | null {
    this.#turnTo(at);
    const key = orderKey(clientId, orderId);
    const held = this.#held.get(key);
    if (held !== undefined) {
      this.#release(key, held, at);
      return null;
    }
    const order = this.#orderBy(key);
    if (order === null) return { code: 10147, text: `OrderId ${orderId} that needs to be cancelled is not found.` };
    if (!isWorking(order)) {
      const text = `Cancel attempted when order is not in a cancellable state. Order permId =${order.permId}`;
      return { code: 161, text };
    }
    if (this.#faults.mayCancel(order, at)) this.#end(order, 'Cancelled', 'cancelled by its client', at);
    return null;
  }

  cancelAll(at: EpochMs): void {
    this.#turnTo(at);
    for (const [key, held] of this.#held) this.#release(key, held, at);
    for (const order of this.openOrders()) {
      if (this.#faults.mayCancel(order, at)) this.#end(order, 'Cancelled', 'cancelled with all orders', at);
    }
  }

  match(at: EpochMs): void {
    this.#turnTo(at);
    for (const order of this.openOrders()) {
      if (expiresAt(this.#market, order) <= at) this.#end(order, 'Cancelled', 'expired with the session', at);
    }
    const open = sessionOn(newYorkDate(at))?.open;
    if (open !== undefined && isOpenAt(at)) {
      for (const order of this.openOrders()) this.#work(order, at, open);
    }
    for (const settlement of settlementsDue(this.#state, this.#market, at)) this.#change(settlement);
  }

  /** The next instant at which the book itself does something: open, close, settlement. */
  nextChange(after: EpochMs): EpochMs {
    const date = newYorkDate(after);
    const today = sessionOn(date);
    const instants = today === null ? [] : [today.open, today.close, today.close + SETTLES_AFTER_CLOSE_MS];
    return instants.find((instant) => instant > after) ?? nextSession(date).open;
  }

  openOrders(): readonly BookOrder[] {
    return [...this.#state.orders.values()].filter(isWorking);
  }

  completedOrders(): readonly BookOrder[] {
    return [...this.#state.orders.values()].filter((order) => !isWorking(order));
  }

  executions(): readonly BookExecution[] {
    return [...this.#state.executions];
  }

  positions(account: string): readonly BookPosition[] {
    return heldBy(this.#state, account);
  }

  figures(account: string): AccountFigures {
    return figuresOf(this.#state, this.#market, account);
  }

  nextOrderId(clientId: number): number {
    const held = [...this.#held.values()].map(({ request }) => (request.clientId === clientId ? request.orderId : 0));
    return Math.max(this.#state.highestOrderId.get(clientId) ?? 0, ...held) + 1;
  }

  onEvent(listener: (event: BookEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #accept(request: OrderRequest, at: EpochMs): void {
    const denied = checkMargin(this.#state, this.#market, { request, filled: 0, instead: null });
    if (denied !== null) {
      this.#refuse(request, denied);
      return;
    }
    if (this.#faults.takesOver(request, at)) return;
    const { nextPermId: permId } = this.#state;
    const accepted = newOrder(request, { at, on: this.#market.sequence, permId });
    const status = statusAt(at);
    this.#record({ kind: 'accepted', order: { ...accepted, status }, resting: this.#rests(accepted, at) }, true);
    this.#tell({ kind: 'order', order: accepted });
    if (status !== accepted.status) this.#tellOrder(accepted.permId);
  }

  #modify(order: BookOrder, request: OrderRequest, at: EpochMs): void {
    const refusal =
      checkChange(order, request) ??
      checkMargin(this.#state, this.#market, { request, filled: order.filled, instead: order.permId });
    if (refusal !== null) {
      this.#refuse(request, refusal);
      return;
    }
    const { permId } = order;
    const resting = this.#rests({ ...order, request }, at);
    const acceptedOn = this.#market.sequence;
    this.#change({ kind: 'modified', permId, request, acceptedOn, status: statusAt(at), resting });
  }

  /** One order against the quotes as they stand: only quotes newer than its acceptance count. */
  #work(order: BookOrder, at: EpochMs, open: EpochMs): void {
    const { permId, acceptedOn, request } = order;
    if (order.status === 'PreSubmitted') {
      this.#change({ kind: 'status', permId, status: 'Submitted', reason: '', at }, false);
    }
    if (!this.#faults.mayFill(order)) return;
    const legs = legMarkets(this.#state, this.#market, request);
    if (legs === null || !isTradable(legs, open)) return;
    const sequences = legs.map(({ leg }) => this.#market.sequenceOf(leg.conId));
    const on = Math.max(...sequences);
    if (Math.min(...sequences) <= acceptedOn || this.#state.lastFillOn.get(permId) === on) return;
    const resting = this.#state.resting.has(permId);
    const fill = matchOrder(order, legs, { resting, fills: this.#state.lines.get(permId) ?? 0 });
    if (fill !== null) {
      this.#change(fillRecord(this.#state, this.#market, { order, fill, at, on }));
    } else if (!resting && !isMarketable(order, legs)) this.#record({ kind: 'resting', permId }, false);
    const after = this.#state.orders.get(permId);
    if (request.timeInForce === 'IOC' && after !== undefined && isWorking(after)) {
      this.#end(after, 'Cancelled', 'the rest of an immediate-or-cancel order', at);
    }
  }

  #rests(order: BookOrder, at: EpochMs): boolean {
    const open = sessionOn(newYorkDate(at))?.open;
    const legs = open === undefined || !isOpenAt(at) ? null : legMarkets(this.#state, this.#market, order.request);
    return legs !== null && isTradable(legs, open as EpochMs) && !isMarketable(order, legs);
  }

  #preview(request: OrderRequest): void {
    const margin = marginOf(this.#state, this.#market, request);
    if ('code' in margin) this.#refuse(request, margin);
    else this.#tell({ kind: 'whatIf', request, margin });
  }

  #hold(key: string, request: OrderRequest, at: EpochMs): void {
    const order = { ...newOrder(request, { at, on: this.#market.sequence, permId: 0 }), reason: 'not transmitted' };
    this.#held.set(key, order);
    this.#tell({ kind: 'order', order });
  }

  #release(key: string, held: BookOrder, at: EpochMs): void {
    this.#held.delete(key);
    this.#tell({ kind: 'order', order: { ...held, status: 'ApiCancelled', endedAt: at } });
  }

  #refuse(request: OrderRequest, refusal: Refusal): void {
    const { clientId, orderId } = request;
    const fresh = orderId > (this.#state.highestOrderId.get(clientId) ?? 0) && orderId < 2 ** 31;
    if (fresh && !request.whatIf && Number.isSafeInteger(orderId)) {
      this.#record({ kind: 'refused', clientId, orderId }, false);
    }
    this.#tell({ kind: 'refused', request, refusal });
  }

  #end(order: BookOrder, status: BookStatus, reason: string, at: EpochMs): void {
    this.#change({ kind: 'status', permId: order.permId, status, reason, at });
  }

  #turnTo(at: EpochMs): void {
    const date = newYorkDate(at);
    if (date <= this.#state.date) return;
    const equity = this.accounts.map((one) => [one, netLiquidationOf(this.#state, this.#market, one)] as const);
    this.#record({ kind: 'day', date, equity }, false);
  }

  #orderBy(key: string): BookOrder | null {
    return this.#state.orders.get(this.#state.permIds.get(key) ?? 0) ?? null;
  }

  /** Written, applied, told. */
  #change(record: BookRecord, durable = true): void {
    this.#record(record, durable);
    for (const event of eventsOf(this.#state, record)) this.#tell(event);
  }

  #record(record: BookRecord, durable: boolean): void {
    this.#journal?.append(record, durable);
    applyRecord(this.#state, record);
  }

  #tellOrder(permId: number): void {
    const order = this.#state.orders.get(permId);
    if (order !== undefined) this.#tell({ kind: 'order', order });
  }

  #tell(event: BookEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
