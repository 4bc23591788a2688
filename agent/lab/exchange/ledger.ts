import type { IsoDate } from '../../core/calendar/time.ts';
import { type Money, ZERO } from '../../core/market/money.ts';
import type { BookExecution, BookOrder, BookPosition } from './book.ts';
import { BOOK_VERSION, type BookRecord, type ChargedFees } from './book-record.ts';

const FIRST_PERM_ID = 1_700_000_001;

export interface HeldPosition extends BookPosition {
  readonly multiplier: number;
  /** What the open quantity cost in all; negative when it was sold. Exact, unlike the average price. */
  readonly cost: Money;
}

/** The book between two records. Changed by `applyRecord` only. */
export interface BookState {
  date: IsoDate;
  nextPermId: number;
  readonly cash: Map<string, Money>;
  readonly equityBefore: Map<string, Money>;
  readonly realizedToday: Map<string, Money>;
  readonly orders: Map<number, BookOrder>;
  readonly permIds: Map<string, number>;
  readonly highestOrderId: Map<number, number>;
  readonly positions: Map<string, HeldPosition>;
  readonly resting: Set<number>;
  readonly fees: Map<number, ChargedFees>;
  readonly lastFillOn: Map<number, number>;
  readonly lines: Map<number, number>;
  /** Per contract: what has been taken from the quote of one sequence. */
  readonly taken: Map<number, { readonly on: number; readonly bid: number; readonly ask: number }>;
  executions: BookExecution[];
}

class BookRecordError extends Error {
  readonly code = 'BOOK_RECORD';
}

export function emptyState(): BookState {
  return {
    date: '',
    nextPermId: FIRST_PERM_ID,
    cash: new Map(),
    equityBefore: new Map(),
    realizedToday: new Map(),
    orders: new Map(),
    permIds: new Map(),
    highestOrderId: new Map(),
    positions: new Map(),
    resting: new Set(),
    fees: new Map(),
    lastFillOn: new Map(),
    lines: new Map(),
    taken: new Map(),
    executions: [],
  };
}

export function isWorking(order: BookOrder): boolean {
  return order.status === 'PreSubmitted' || order.status === 'Submitted';
}

export function orderKey(clientId: number, orderId: number): string {
  return `${clientId}:${orderId}`;
}

export function positionKey(account: string, conId: number): string {
  return `${account}|${conId}`;
}

/** Brings back what was written. Throws a BookRecordError that names the record which cannot be. */
export function restore(state: BookState, records: readonly BookRecord[]): void {
  if (records.length > 0 && records[0]?.kind !== 'opened') throw new BookRecordError('the first record opens no book');
  for (const [index, record] of records.entries()) {
    try {
      applyRecord(state, record);
    } catch (cause) {
      if (cause instanceof BookRecordError) throw cause;
      throw new BookRecordError(`record ${index + 1} of the book cannot be used`, { cause });
    }
  }
}

export function applyRecord(state: BookState, record: BookRecord): void {
  switch (record.kind) {
    case 'opened':
      if (record.version !== BOOK_VERSION)
        throw new BookRecordError(`a book of version ${record.version} is not known here`);
      for (const { account, cash } of record.accounts) {
        state.cash.set(account, cash);
        state.equityBefore.set(account, cash);
      }
      return;
    case 'day':
      beginDay(state, record);
      return;
    case 'accepted':
      state.nextPermId = Math.max(state.nextPermId, record.order.permId + 1);
      useOrderId(state, record.order.request);
      state.permIds.set(orderKey(record.order.request.clientId, record.order.request.orderId), record.order.permId);
      state.orders.set(record.order.permId, record.order);
      if (record.resting) state.resting.add(record.order.permId);
      return;
    case 'modified': {
      const { request, acceptedOn, status } = record;
      state.orders.set(record.permId, { ...orderOf(state, record.permId), request, acceptedOn, status });
      if (record.resting) state.resting.add(record.permId);
      else state.resting.delete(record.permId);
      return;
    }
    case 'refused':
      useOrderId(state, record);
      return;
    case 'resting':
      state.resting.add(record.permId);
      return;
    case 'status': {
      const ended = record.status === 'Submitted' || record.status === 'PreSubmitted' ? null : record.at;
      const { status, reason } = record;
      state.orders.set(record.permId, { ...orderOf(state, record.permId), status, reason, endedAt: ended });
      return;
    }
    case 'filled':
      applyFill(state, record);
      return;
    case 'corrected':
      correct(state, record);
      return;
    case 'rolledBack':
      state.highestOrderId.set(record.clientId, record.to);
      return;
    case 'settled': {
      const option = { account: record.account, conId: record.conId, multiplier: record.multiplier };
      trade(state, option, { quantity: -record.quantity, price: ZERO });
      const stock = { account: record.account, conId: record.sharesConId, multiplier: 1 };
      if (record.shares !== 0) trade(state, stock, { quantity: record.shares, price: record.strike });
      return;
    }
    default:
      throw new BookRecordError(`not a record of a book: ${JSON.stringify(record)}`);
  }
}

/** Orders that ended, executions and closed positions of earlier days are not asked for any more. */
function beginDay(state: BookState, record: Extract<BookRecord, { kind: 'day' }>): void {
  state.date = record.date;
  state.executions = [];
  state.realizedToday.clear();
  for (const [account, equity] of record.equity) state.equityBefore.set(account, equity);
  for (const [permId, order] of state.orders) {
    if (isWorking(order)) continue;
    state.orders.delete(permId);
    state.permIds.delete(orderKey(order.request.clientId, order.request.orderId));
    for (const kept of [state.resting, state.fees, state.lastFillOn, state.lines]) kept.delete(permId);
  }
  for (const [key, position] of state.positions) {
    if (position.quantity === 0) state.positions.delete(key);
  }
}

function applyFill(state: BookState, record: Extract<BookRecord, { kind: 'filled' }>): void {
  const order = orderOf(state, record.permId);
  const filled = order.filled + record.quantity;
  const total = order.averagePrice * order.filled + record.price * record.quantity;
  const done = filled >= order.request.quantity;
  state.orders.set(record.permId, {
    ...order,
    filled,
    averagePrice: whole(total / filled),
    lastPrice: record.price,
    status: done ? 'Filled' : order.status,
    // What had ended before its fill came stays ended.
    endedAt: done ? record.at : order.endedAt,
  });
  state.fees.set(record.permId, record.fees);
  state.lastFillOn.set(record.permId, record.on);
  state.lines.set(record.permId, (state.lines.get(record.permId) ?? 0) + record.legs.length);
  for (const { execution, multiplier, on } of record.legs) {
    state.executions.push(execution);
    if (multiplier === 0) continue;
    const { account, conId, side, quantity, price, commission } = execution;
    trade(state, { account, conId, multiplier }, { quantity: side === 'buy' ? quantity : -quantity, price });
    state.cash.set(account, ((state.cash.get(account) ?? 0) - (commission ?? 0)) as Money);
    take(state, conId, { on, side, quantity });
  }
}

/** The fill is taken back and done again at the other price. */
function correct(state: BookState, { execId, execution }: Extract<BookRecord, { kind: 'corrected' }>): void {
  const index = state.executions.findIndex((one) => one.execId === execId);
  const before = state.executions[index];
  const { account, conId, side, quantity } = execution;
  const held = state.positions.get(positionKey(account, conId));
  if (before === undefined || held === undefined) throw new BookRecordError(`the book has no execution ${execId}`);
  const signed = side === 'buy' ? quantity : -quantity;
  const what = { account, conId, multiplier: held.multiplier };
  trade(state, what, { quantity: -signed, price: before.price });
  trade(state, what, { quantity: signed, price: execution.price });
  state.executions = state.executions.with(index, execution);
}

/** Changes position and cash; what is realised is the cash of the closed part less what that part had cost. */
function trade(
  state: BookState,
  what: { readonly account: string; readonly conId: number; readonly multiplier: number },
  deal: { readonly quantity: number; readonly price: Money },
): void {
  const key = positionKey(what.account, what.conId);
  const held = state.positions.get(key);
  const paid = deal.quantity * deal.price * what.multiplier;
  const { released, opened } = split(held, deal, what.multiplier);
  const realized = opened - paid - released;
  const quantity = (held?.quantity ?? 0) + deal.quantity;
  const cost = whole((held?.cost ?? 0) - released + opened);
  state.positions.set(key, {
    ...what,
    quantity,
    cost,
    averagePrice: quantity === 0 ? ZERO : whole(cost / (quantity * what.multiplier)),
    realized: whole((held?.realized ?? 0) + realized),
  });
  state.cash.set(what.account, whole((state.cash.get(what.account) ?? 0) - paid));
  state.realizedToday.set(what.account, whole((state.realizedToday.get(what.account) ?? 0) + realized));
}

/** What a deal would realise, or `null` when it closes nothing. Commissions are left out. */
export function realizedBy(
  held: HeldPosition | undefined,
  deal: { readonly quantity: number; readonly price: Money },
  multiplier: number,
): Money | null {
  if (held === undefined || held.quantity * deal.quantity >= 0) return null;
  const { released, opened } = split(held, deal, multiplier);
  return whole(opened - deal.quantity * deal.price * multiplier - released);
}

/** The cost that leaves with the closed part, and the cost of the part that opens anew. */
function split(
  held: HeldPosition | undefined,
  deal: { readonly quantity: number; readonly price: Money },
  multiplier: number,
): { readonly released: number; readonly opened: number } {
  if (held === undefined || held.quantity * deal.quantity >= 0) {
    return { released: 0, opened: deal.quantity * deal.price * multiplier };
  }
  const closed = Math.min(Math.abs(held.quantity), Math.abs(deal.quantity));
  const released = whole((held.cost * closed) / Math.abs(held.quantity));
  const rest = deal.quantity - Math.sign(deal.quantity) * closed;
  return { released, opened: rest * deal.price * multiplier };
}

function take(state: BookState, conId: number, deal: { on: number; side: string; quantity: number }): void {
  const known = state.taken.get(conId);
  const before = known?.on === deal.on ? known : { bid: 0, ask: 0 };
  state.taken.set(conId, {
    on: deal.on,
    bid: before.bid + (deal.side === 'sell' ? deal.quantity : 0),
    ask: before.ask + (deal.side === 'buy' ? deal.quantity : 0),
  });
}

function useOrderId(state: BookState, id: { readonly clientId: number; readonly orderId: number }): void {
  state.highestOrderId.set(id.clientId, Math.max(state.highestOrderId.get(id.clientId) ?? 0, id.orderId));
}

function orderOf(state: BookState, permId: number): BookOrder {
  const order = state.orders.get(permId);
  if (order === undefined) throw new BookRecordError(`the book has no order ${permId}`);
  return order;
}

function whole(value: number): Money {
  const rounded = Math.round(value);
  if (!Number.isSafeInteger(rounded)) throw new BookRecordError(`not an amount of money: ${value}`);
  return (rounded === 0 ? 0 : rounded) as Money;
}
