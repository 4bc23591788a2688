import { newYorkDate } from '../../../core/calendar/new-york.ts';
import { isOpenAt, nextSession, sessionOn } from '../../../core/calendar/sessions.ts';
import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Clock } from '../../../edges/system/clock.ts';
import type { BookEvent, BookExecution, BookOrder, OrderRequest, Refusal } from '../book.ts';
import { isWorking } from '../ledger.ts';
import type { BookFaults, BookHand } from './book-seam.ts';
import type { FaultSettings } from './fault.ts';
import { FillPlans } from './fill-plans.ts';
import { assignment, corrected, madeFill, manualRequest, stillborn } from './made-records.ts';
import { isMeant } from './order-reference.ts';
import type { FaultChange, Switchboard } from './switchboard.ts';

const FIRST_REVISION = '.01';

/** The faults of a book: orders that are rejected, cancelled and filled otherwise than the rules of the exchange say. */
export class OrderFaults implements BookFaults {
  readonly #board: Switchboard;
  readonly #clock: Clock;
  readonly #known = new Set<number>();
  readonly #cancelled = new Set<number>();
  readonly #cancelling = new Set<number>();
  #hand: BookHand | null = null;
  #plans: FillPlans | null = null;

  constructor(parts: { readonly board: Switchboard; readonly clock: Clock }) {
    this.#board = parts.board;
    this.#clock = parts.clock;
  }

  attach(hand: BookHand): void {
    this.#hand = hand;
    this.#plans = new FillPlans(hand, { board: this.#board, clock: this.#clock });
    for (const { permId } of hand.book.openOrders()) this.#known.add(permId);
    hand.book.onEvent((event) => this.#heard(event, hand));
    this.#board.onChange((change) => this.#changed(change, hand));
  }

  takesOver(request: OrderRequest, at: EpochMs): boolean {
    const hand = this.#hand;
    const plan = this.#board.use('rejectPlan', ({ ref }) => isMeant(ref, request.orderRef));
    if (hand === null || plan === null) return false;
    const refusal = { code: plan.code, text: plan.text };
    if (plan.ms > 0) {
      this.#clock.after(plan.ms, () => this.#rejectLater(hand, request, plan));
      return false;
    }
    const { clientId, orderId } = request;
    if (plan.form === 'error') hand.change({ kind: 'refused', clientId, orderId });
    if (plan.form.startsWith('error')) hand.tell({ kind: 'refused', request, refusal });
    if (plan.form !== 'error') hand.change(stillborn(hand, request, { at, reason: plan.text }));
    if (plan.form === 'inactiveThenError') hand.tell({ kind: 'refused', request, refusal });
    return true;
  }

  mayFill(order: BookOrder): boolean {
    return this.#plans?.isPlanned(order) !== true;
  }

  mayCancel(order: BookOrder, at: EpochMs): boolean {
    const { permId, request } = order;
    if (this.#cancelling.has(permId)) return false;
    const plan = this.#board.use('cancelAck', ({ ref }) => isMeant(ref, request.orderRef));
    if (plan === null) return true;
    if (plan.mode === 'none') return false;
    if (plan.pending) this.#hand?.tell({ kind: 'cancelPending', order });
    this.#cancelling.add(permId);
    const obey = (): void => {
      this.#cancelling.delete(permId);
      this.#end(permId, 'Cancelled', 'cancelled by its client');
    };
    if (plan.mode === 'delay') this.#clock.after(plan.ms, obey);
    else this.#clock.at(nextOpen(at), obey);
    return false;
  }

  #heard(event: BookEvent, hand: BookHand): void {
    if (event.kind === 'execution') this.#executed(event.execution, hand);
    if (event.kind !== 'order') return;
    const { order } = event;
    if (order.permId > 0 && !this.#known.has(order.permId)) {
      this.#known.add(order.permId);
      this.#board.happened('order');
    }
    if (order.status === 'Submitted') this.#plans?.isPlanned(order);
    if (order.status === 'Cancelled' && !this.#cancelled.has(order.permId)) this.#wasCancelled(order, hand);
  }

  #wasCancelled({ permId, request }: BookOrder, hand: BookHand): void {
    this.#cancelled.add(permId);
    const plan = this.#board.use('fillAfterCancel', ({ ref }) => isMeant(ref, request.orderRef));
    if (plan === null) return;
    this.#clock.after(plan.ms, () => {
      const order = hand.state.orders.get(permId);
      if (order === undefined) return;
      const quantity = plan.quantity === 0 ? request.quantity : plan.quantity;
      const record = madeFill(hand, order, { quantity, price: null, at: this.#clock.now() });
      if (record !== null) hand.change(record);
    });
  }

  #executed({ execId, permId, orderRef }: BookExecution, hand: BookHand): void {
    this.#board.happened('fill');
    const order = hand.state.orders.get(permId);
    if (order === undefined || order.request.conId === 0 || !execId.endsWith(FIRST_REVISION)) return;
    const plan = this.#board.use('execCorrection', ({ ref }) => isMeant(ref, orderRef));
    if (plan === null) return;
    this.#clock.after(plan.ms, () => {
      const execution = hand.state.executions.find((one) => one.execId === execId);
      if (execution !== undefined) hand.change(corrected(execution, plan.by));
    });
  }

  #changed(change: FaultChange, hand: BookHand): void {
    this.#plans?.changed(change);
    if (change.kind !== 'set') return;
    switch (change.active.fault.name) {
      case 'assignment':
        this.#assign(hand);
        return;
      case 'manualOrder': {
        const order = this.#board.use('manualOrder');
        if (order !== null) hand.book.place(manualRequest(hand, order), this.#clock.now());
        return;
      }
      case 'manualCancel':
        this.#cancelByHand(hand);
        return;
      case 'nextValidIdRollback':
        this.#rollBack(hand);
        return;
      case 'restart':
        hand.forgetHeld();
        return;
    }
  }

  #assign(hand: BookHand): void {
    const settings = this.#board.use('assignment');
    const record = settings === null ? null : assignment(hand, settings, this.#clock.now());
    if (settings === null || record === null) return;
    if (settings.sharesMs === 0) {
      hand.change(record);
      return;
    }
    hand.change({ ...record, shares: 0 });
    this.#clock.after(settings.sharesMs, () => hand.change({ ...record, quantity: 0, at: this.#clock.now() }));
  }

  #cancelByHand(hand: BookHand): void {
    const settings = this.#board.use('manualCancel');
    if (settings === null) return;
    for (const { permId, request } of hand.book.openOrders()) {
      if (isMeant(settings.ref, request.orderRef)) this.#end(permId, 'Cancelled', 'cancelled by hand');
    }
  }

  #rollBack(hand: BookHand): void {
    const settings = this.#board.use('nextValidIdRollback');
    if (settings === null) return;
    for (const [clientId, highest] of [...hand.state.highestOrderId]) {
      hand.change({ kind: 'rolledBack', clientId, to: Math.max(0, highest - settings.by) });
    }
  }

  #rejectLater(hand: BookHand, request: OrderRequest, plan: FaultSettings['rejectPlan']): void {
    const mine = ({ request: one }: BookOrder) => one.clientId === request.clientId && one.orderId === request.orderId;
    const order = hand.book.openOrders().find(mine);
    if (order === undefined) return;
    const refusal: Refusal = { code: plan.code, text: plan.text };
    const tell = (): void => hand.tell({ kind: 'refused', request, refusal });
    if (plan.form.startsWith('error')) tell();
    this.#end(order.permId, 'Inactive', plan.text);
    if (plan.form === 'inactiveThenError') tell();
  }

  #end(permId: number, status: 'Cancelled' | 'Inactive', reason: string): void {
    const order = this.#hand?.state.orders.get(permId);
    if (order === undefined || !isWorking(order)) return;
    this.#hand?.change({ kind: 'status', permId, status, reason, at: this.#clock.now() });
  }
}

/** Now while the exchange is open. */
function nextOpen(at: EpochMs): EpochMs {
  if (isOpenAt(at)) return at;
  const date = newYorkDate(at);
  const today = sessionOn(date);
  return today !== null && at < today.open ? today.open : nextSession(date).open;
}
