import type { EpochMs } from '../../core/calendar/time.ts';
import { attemptObjection } from '../../core/orders/attempts.ts';
import type { Intent } from '../../core/orders/intent.ts';
import { previewObjections } from '../../core/risk/preview.ts';
import type { Reason } from '../../core/strategy/decision.ts';
import type { Broker, OrderTicket } from '../../edges/broker/broker.ts';
import type { Store } from '../../edges/store/store.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { Blotter } from './blotter.ts';
import { type OrderGateParts, orderGate } from './order-gate.ts';
import type { Turn } from './turn.ts';

/** An order that the broker has not answered for so long is in doubt. */
const ANSWER_WITHIN_MS = 30_000;

export interface PlaceOrderParts extends OrderGateParts {
  readonly broker: Pick<Broker, 'place' | 'preview' | 'link' | 'nextOrderId'>;
  readonly store: Pick<Store, 'get'>;
  readonly clock: Clock;
  readonly blotter: Blotter;
  /** Shared with reconciliation: books are never compared while an order is on its way out. */
  readonly turn: Turn;
  /** Asks the broker what became of it. */
  readonly onDoubt: (reason: string) => void;
}

/** sent: the bytes left. known: an earlier run had this very intent, nothing was sent. refused: nothing was sent. */
export type Placed =
  | { readonly outcome: 'sent' }
  | { readonly outcome: 'known' }
  | { readonly outcome: 'refused'; readonly against: Reason };

/** The only way an order leaves the house: gate, what-if, intent on disk, gate again, then the wire. */
export function placeOrder(intent: Intent, parts: PlaceOrderParts): Promise<Placed> {
  return parts.turn.take(() => place(intent, parts));
}

async function place(intent: Intent, parts: PlaceOrderParts): Promise<Placed> {
  const { broker, blotter, clock } = parts;
  if (blotter.order(intent.id) !== null) return { outcome: 'known' };
  const closed = orderGate(parts, intent) ?? rival(intent, blotter);
  if (closed !== null) return refused(closed);
  const ticket = ticketOf(intent);
  const previewId = await nextOrderId(parts);
  const against =
    (await whatIf(intent, ticket, { parts, orderId: previewId })) ?? orderGate(parts, intent) ?? rival(intent, blotter);
  if (against !== null) return refused(against);
  // A late answer to the what-if must never be taken for one about the order.
  const orderId = Math.max(previewId + 1, await nextOrderId(parts));
  if (!(await blotter.begin(intent, orderId))) return { outcome: 'known' };
  // A halt may have come while the disk was written: the intent is stored, but no byte of it leaves.
  const closedNow = orderGate(parts, intent);
  if (closedNow !== null) {
    await blotter.apply(intent.id, { kind: 'absent', at: clock.now() });
    return refused(closedNow);
  }
  const answer = await broker.place(orderId, ticket);
  if (!answer.ok) return notSent(intent, answer, parts);
  const sentAt = clock.now();
  await blotter.apply(intent.id, { kind: 'sent', orderId, at: sentAt });
  watch(intent.id, sentAt, parts);
  return { outcome: 'sent' };
}

function ticketOf(intent: Intent): OrderTicket {
  return {
    orderRef: intent.id,
    instrument: intent.instrument,
    conId: intent.conId,
    side: intent.side,
    quantity: intent.quantity,
    type: 'limit',
    limit: intent.limit,
    timeInForce: intent.timeInForce,
  };
}

/** What the broker's own "what if" has against it; one that is not answered is an objection. */
async function whatIf(
  intent: Intent,
  ticket: OrderTicket,
  { parts, orderId }: { readonly parts: PlaceOrderParts; readonly orderId: number },
): Promise<Reason | null> {
  const preview = await parts.broker.preview(orderId, ticket);
  if (!preview.ok) return { rule: 'what-if', text: `what it would take is not known: ${preview.reason}` };
  const objections = previewObjections(intent, preview.value);
  return objections.length === 0 ? null : { rule: 'what-if', text: objections.join('; ') };
}

function rival(intent: Intent, { orders }: Blotter): Reason | null {
  const text = attemptObjection(intent, orders);
  return text === null ? null : { rule: 'one-order', text };
}

function refused(against: Reason): Placed {
  return { outcome: 'refused', against };
}

/** Above every id the broker or we have ever seen: a restart of the gateway can roll its own count back. */
async function nextOrderId({ broker, store }: PlaceOrderParts): Promise<number> {
  const used = (await store.get('counters', 'orderId'))?.value ?? 0;
  return Math.max(broker.nextOrderId ?? 1, used + 1);
}

async function notSent(
  intent: Intent,
  answer: { readonly failure: string; readonly reason: string },
  { blotter, clock, onDoubt }: PlaceOrderParts,
): Promise<Placed> {
  const at = clock.now();
  if (answer.failure === 'unknown') {
    await blotter.apply(intent.id, { kind: 'unanswered', reason: answer.reason, at });
    onDoubt(`${intent.id}: ${answer.reason}`);
    return { outcome: 'sent' };
  }
  await blotter.apply(intent.id, { kind: 'absent', at });
  return refused({ rule: 'link', text: answer.reason });
}

function watch(id: string, sentAt: EpochMs, { clock, blotter, onDoubt }: PlaceOrderParts): void {
  clock.at(sentAt + ANSWER_WITHIN_MS, () => {
    if (blotter.order(id)?.state !== 'sent') return;
    const reason = `no answer within ${ANSWER_WITHIN_MS / 1000} s`;
    const doubted = blotter.apply(id, { kind: 'unanswered', reason, at: clock.now() });
    // Even if that could not be stored, the broker must be asked.
    void doubted.catch(() => undefined).then(() => onDoubt(`${id}: ${reason}`));
  });
}
