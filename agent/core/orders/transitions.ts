import { newYorkDate } from '../calendar/new-york.ts';
import { executionTotals, recordExecution } from './executions.ts';
import type { Fill } from './fill.ts';
import { mayStillFill, type Order, type OrderFacts, type OrderState } from './order.ts';
import type { OrderEvent, StatusWord } from './order-event.ts';

/**
 * changed     something new is known: store it
 * unchanged   a duplicate, a late or a harmless event
 * impossible  it cannot happen to this order: halt trading. The order given back holds what is true all the same.
 */
export interface Step {
  readonly order: Order;
  readonly effect: 'changed' | 'unchanged' | 'impossible';
  readonly reason: string;
}

type Event<K extends OrderEvent['kind']> = Extract<OrderEvent, { kind: K }>;
type Known = Pick<Order, 'orderId' | 'permId' | 'facts' | 'executions' | 'commissions'>;
type Move = { readonly known: Partial<Known>; readonly reason: string; readonly impossible?: true };

/** Codes that come with an order and leave it alive, whatever their severity says. */
const HARMLESS = new Set([399, 404, 2109, 10349]);
/** Answers to a cancel: the order is not where we thought, so ask. */
const CANCEL_ANSWERS = new Set([135, 161, 10147, 10148]);
/** They refuse a new order, but leave one alive that the broker already works. */
const REQUEST_ONLY = new Set([103, 104, 105, 110]);
/** Precautions of the gateway: not sent, or held behind a question that a person may still answer with yes. */
const HELD = new Set([109, 163, 382, 383, 451, 10311]);
const CANCELLED = 202;

const RANK = { no: 0, perhaps: 1, cancelled: 2, rejected: 3 } as const;

/** What a status adds to the facts. Anything that is missing here stays as it was. */
const STATUS: Readonly<Record<StatusWord, Partial<OrderFacts>>> = {
  PendingSubmit: { sent: true },
  PreSubmitted: { sent: true, alive: true },
  Submitted: { sent: true, alive: true },
  PendingCancel: { sent: true, cancelAsked: true },
  Cancelled: { sent: true, ended: 'cancelled' },
  ApiCancelled: { sent: true, ended: 'cancelled' },
  Filled: { sent: true },
  Inactive: { sent: true, ended: 'perhaps' },
};

/**
 * The one table that every order goes through. Events may come twice, late and in any order: executions are the truth for
 * quantity and money, and the state follows from the sum of what is known.
 */
export function step(order: Order, event: OrderEvent): Step {
  const move = moveOf(order, event);
  const at = event.kind === 'fill' ? event.fill.at : event.at;
  if (move.impossible && Object.keys(move.known).length === 0) {
    return { order, effect: 'impossible', reason: move.reason };
  }
  const known = { ...order, ...move.known };
  const same = unchanged(order, known);
  if (same && !move.impossible) return { order, effect: 'unchanged', reason: move.reason };
  const totals = executionTotals(known);
  const state = stateOf(known.facts, totals.filled, order.intent.quantity);
  const told = state !== order.state || known.facts.ended !== order.facts.ended;
  const reason = told || move.impossible ? move.reason : order.reason;
  const next: Order = { ...known, ...totals, state, reason, updatedAt: Math.max(order.updatedAt, at) };
  return { order: next, effect: move.impossible ? 'impossible' : 'changed', reason: move.reason };
}

function moveOf(order: Order, event: OrderEvent): Move {
  switch (event.kind) {
    case 'sent':
      return sent(order, event);
    case 'status':
      return reported(order, event) ?? status(order, event);
    case 'found':
      return reported(order, event) ?? found(order, event);
    case 'fill':
      return filled(order, event.fill);
    case 'commission':
      return commission(order, event);
    case 'error':
      return failed(order, event);
    case 'cancelRequested':
      return cancelRequested(order, event.makesWay === true);
    case 'unanswered':
      return mayStillFill(order) ? facts(order, { doubt: true }, event.reason) : nothing('already ended');
    case 'absent':
      return absent(order, event);
  }
}

function sent(order: Order, event: Event<'sent'>): Move {
  if (order.orderId !== null && order.orderId !== event.orderId) {
    return impossible(`sent as order ${order.orderId} and again as ${event.orderId}: one intent is one order`);
  }
  const move = facts(order, { sent: true }, `sent as order ${event.orderId}`);
  return { ...move, known: { ...move.known, orderId: event.orderId } };
}

/** Checks of every report; `null` = it may be about this order. */
function reported(order: Order, event: Event<'status' | 'found'>): Move | null {
  const { intent } = order;
  if (!samePermId(order, event.permId)) {
    return impossible(`the broker knows this order as ${order.permId} and as ${event.permId}`);
  }
  const confirmed = order.permId !== null && order.permId === event.permId;
  if (event.orderId && order.orderId !== null && event.orderId !== order.orderId && !confirmed) {
    return impossible(`a report of order ${event.orderId} came for order ${order.orderId}`);
  }
  if (!(event.filled >= 0 && event.filled <= intent.quantity)) {
    return impossible(`the broker says ${event.filled} filled of ${intent.quantity}`);
  }
  return null;
}

function status(order: Order, event: Event<'status'>): Move {
  const added = STATUS[event.status];
  const before = order.facts;
  const claimed = claimedBy(order, event);
  const alive = added.alive === true || claimed > 0;
  const ended = worse(before.ended, added.ended);
  // Alive again after inactive: late, or revived? Only a query tells. A firm end outlives any late sign of life.
  const contradicts = added.alive === true && before.ended === 'perhaps';
  const firm = added.ended !== undefined && added.ended !== 'perhaps';
  const doubt = contradicts || (before.doubt && before.ended !== 'no' && !firm);
  const changes = { ...added, alive: before.alive || alive, ended, claimed, doubt };
  return identified(order, event, facts(order, changes, `broker says ${event.status}`));
}

/** A query's answer weighs more than what was known: it also takes back an end or a cancel that did not happen. */
function found(order: Order, event: Event<'found'>): Move {
  const added = STATUS[event.status];
  const claimed = claimedBy(order, event);
  const reason = event.reason === '' ? `found at the broker as ${event.status}` : event.reason;
  if (added.ended !== undefined || event.status === 'Filled') {
    const ended = worse(order.facts.ended, added.ended);
    return identified(order, event, facts(order, { ...added, ended, claimed, doubt: false }, reason));
  }
  const firm = RANK[order.facts.ended] >= RANK.cancelled;
  const live = { ...added, alive: true, claimed, cancelAsked: event.status === 'PendingCancel' };
  if (firm && !order.facts.doubt) {
    return identified(order, event, facts(order, { ...live, doubt: true }, `${reason}, after it had ended: ask again`));
  }
  return identified(order, event, facts(order, { ...live, ended: 'no', doubt: false }, reason));
}

function filled(order: Order, fill: Fill): Move {
  const wrong = foreign(order, fill);
  if (wrong !== null) return impossible(wrong);
  const recorded = recordExecution(order.executions, fill);
  if ('text' in recorded) return impossible(recorded.text);
  if (!('executions' in recorded)) return nothing(`execution ${fill.execId} ${recorded.kind}`);
  const { executions } = recorded;
  const doubt = order.facts.doubt && order.facts.ended !== 'no';
  const move = facts(order, { sent: true, alive: true, doubt }, `${recorded.kind} execution ${fill.execId}`);
  const known = { ...move.known, executions, permId: order.permId ?? (fill.permId || null) };
  const total = executionTotals({ ...order, executions }).filled;
  if (total <= order.intent.quantity) return { known, reason: move.reason };
  return { known, reason: `${total} filled of ${order.intent.quantity}`, impossible: true };
}

/** Why an execution cannot belong to this order. A combo (conId 0) has executions of its legs as well. */
function foreign(order: Order, fill: Fill): string | null {
  const { intent } = order;
  if (fill.orderRef !== '' && fill.orderRef !== intent.id)
    return `execution ${fill.execId} belongs to ${fill.orderRef}`;
  if (!samePermId(order, fill.permId)) return `execution ${fill.execId} belongs to order ${fill.permId}`;
  const leg = intent.conId === 0 && fill.conId !== 0;
  if (!leg && (fill.conId !== intent.conId || fill.side !== intent.side)) {
    return `execution ${fill.execId} is a ${fill.side} of contract ${fill.conId}`;
  }
  const sound = Number.isSafeInteger(fill.quantity) && fill.quantity >= 0 && Number.isSafeInteger(fill.price);
  return sound ? null : `execution ${fill.execId} says ${fill.quantity} at ${fill.price}`;
}

function commission(order: Order, event: Event<'commission'>): Move {
  if (event.commission === null) return nothing('commission not known yet');
  if (order.commissions[event.execId] === event.commission) return nothing('commission repeated');
  const commissions = { ...order.commissions, [event.execId]: event.commission };
  return { known: { commissions }, reason: `commission of ${event.execId}` };
}

function failed(order: Order, event: Event<'error'>): Move {
  const reason = `${event.reason} (${event.code})`;
  if (HARMLESS.has(event.code)) return nothing(reason);
  if (CANCEL_ANSWERS.has(event.code))
    return mayStillFill(order) ? facts(order, { doubt: true }, reason) : nothing(reason);
  if (HELD.has(event.code)) return order.facts.alive ? nothing(reason) : ends(order, 'perhaps', reason);
  if (event.code === CANCELLED) return ends(order, 'cancelled', reason);
  if (REQUEST_ONLY.has(event.code)) return order.facts.alive ? nothing(reason) : ends(order, 'perhaps', reason);
  return event.final ? ends(order, 'rejected', reason) : nothing(reason);
}

function cancelRequested(order: Order, makesWay: boolean): Move {
  if (!mayStillFill(order) || order.state === 'intended') return nothing('nothing to cancel');
  // A cancel that was meant as the end is not taken for a step afterwards.
  const { cancelAsked, makesWay: before } = order.facts;
  return facts(order, { cancelAsked: true, makesWay: makesWay && !(cancelAsked && !before) }, 'cancel requested');
}

function absent(order: Order, event: Event<'absent'>): Move {
  if (!mayStillFill(order)) return nothing('already ended');
  if (!order.facts.alive) return ends(order, 'perhaps', 'the broker does not know it: it never arrived');
  if (newYorkDate(event.at) > order.intent.tradingDay && order.facts.claimed <= order.filled) {
    return ends(order, 'cancelled', 'expired with its day');
  }
  return facts(order, { doubt: true }, 'the broker had it and does not show it any more');
}

function ends(order: Order, ended: OrderFacts['ended'], reason: string): Move {
  return facts(order, { ended: worse(order.facts.ended, ended), doubt: false }, reason);
}

function stateOf(known: OrderFacts, executed: number, quantity: number): OrderState {
  if (executed >= quantity) return 'filled';
  if (known.doubt) return 'unknown';
  if (known.ended !== 'no') return known.ended === 'cancelled' ? 'cancelled' : 'rejected';
  if (known.cancelAsked) return 'cancelling';
  if (executed > 0) return 'partial';
  if (known.alive) return 'working';
  return known.sent ? 'sent' : 'intended';
}

function claimedBy(order: Order, event: Event<'status' | 'found'>): number {
  const said = event.status === 'Filled' ? order.intent.quantity : event.filled;
  return Math.max(order.facts.claimed, said);
}

function identified(order: Order, event: Event<'status' | 'found'>, move: Move): Move {
  const orderId = order.orderId ?? (event.orderId || null);
  return { ...move, known: { ...move.known, orderId, permId: order.permId ?? (event.permId || null) } };
}

function samePermId(order: Order, permId: number | null): boolean {
  return !permId || order.permId === null || order.permId === permId;
}

function worse(before: OrderFacts['ended'], added: OrderFacts['ended'] | undefined): OrderFacts['ended'] {
  return added !== undefined && RANK[added] > RANK[before] ? added : before;
}

function facts(order: Order, changes: Partial<OrderFacts>, reason: string): Move {
  return { known: { facts: { ...order.facts, ...changes } }, reason };
}

function nothing(reason: string): Move {
  return { known: {}, reason };
}

function impossible(reason: string): Move {
  return { known: {}, reason, impossible: true };
}

function unchanged(before: Known, after: Known): boolean {
  const names = Object.keys(before.facts) as (keyof OrderFacts)[];
  const sameFacts = names.every((name) => before.facts[name] === after.facts[name]);
  const sameIds = before.orderId === after.orderId && before.permId === after.permId;
  return sameFacts && sameIds && before.executions === after.executions && before.commissions === after.commissions;
}
