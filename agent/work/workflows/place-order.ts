import type { EpochMs } from '../../core/calendar/time.ts';
import type { Intent } from '../../core/orders/intent.ts';
import type { Broker } from '../../edges/broker/broker.ts';
import type { Store } from '../../edges/store/store.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { Blotter } from './blotter.ts';
import type { TradingSwitch } from './trading-switch.ts';
import type { Turn } from './turn.ts';

/** An order that the broker has not answered for so long is in doubt. */
const ANSWER_WITHIN_MS = 30_000;

export interface PlaceOrderParts {
  readonly broker: Pick<Broker, 'place' | 'link' | 'nextOrderId'>;
  readonly store: Pick<Store, 'get'>;
  readonly clock: Clock;
  readonly blotter: Blotter;
  readonly tradingSwitch: TradingSwitch;
  /** Why no order would pass the guard, or `null`. */
  readonly guardClosed: () => string | null;
  /** Shared with reconciliation: books are never compared while an order is on its way out. */
  readonly turn: Turn;
  /** `null` = books agree with the broker's; else why not. */
  readonly unreconciled: () => string | null;
  /** Asks the broker what became of it. */
  readonly onDoubt: (reason: string) => void;
}

/** sent: the bytes left. known: an earlier run had this very intent, nothing was sent. refused: nothing was sent. */
export type Placed =
  | { readonly outcome: 'sent' }
  | { readonly outcome: 'known' }
  | { readonly outcome: 'refused'; readonly rule: 'halted' | 'guard' | 'link' | 'books'; readonly reason: string };

/** The only way an order leaves the house: gate, intent on disk, then the wire. */
export function placeOrder(intent: Intent, parts: PlaceOrderParts): Promise<Placed> {
  return parts.turn.take(() => place(intent, parts));
}

async function place(intent: Intent, parts: PlaceOrderParts): Promise<Placed> {
  const { broker, blotter, clock } = parts;
  if (blotter.order(intent.id) !== null) return { outcome: 'known' };
  const closed = gate(parts);
  if (closed !== null) return closed;
  const orderId = await nextOrderId(parts);
  if (!(await blotter.begin(intent, orderId))) return { outcome: 'known' };
  // A halt may have come while the disk was written: the intent is stored, but no byte of it leaves.
  const closedNow = gate(parts);
  if (closedNow !== null) {
    await blotter.apply(intent.id, { kind: 'absent', at: clock.now() });
    return closedNow;
  }
  const answer = await broker.place(orderId, {
    orderRef: intent.id,
    instrument: intent.instrument,
    conId: intent.conId,
    side: intent.side,
    quantity: intent.quantity,
    type: 'limit',
    limit: intent.limit,
    timeInForce: intent.timeInForce,
  });
  if (!answer.ok) return notSent(intent, answer, parts);
  const sentAt = clock.now();
  await blotter.apply(intent.id, { kind: 'sent', orderId, at: sentAt });
  watch(intent.id, sentAt, parts);
  return { outcome: 'sent' };
}

function gate({ tradingSwitch, guardClosed, broker, unreconciled }: PlaceOrderParts): Placed | null {
  const { state, reason } = tradingSwitch.state;
  if (state !== 'active') return { outcome: 'refused', rule: 'halted', reason: `trading is ${state}: ${reason}` };
  const shut = guardClosed();
  if (shut !== null) return { outcome: 'refused', rule: 'guard', reason: shut };
  if (broker.link.state !== 'ready') {
    return {
      outcome: 'refused',
      rule: 'link',
      reason: `the link to the broker is ${broker.link.state}: ${broker.link.reason}`,
    };
  }
  const books = unreconciled();
  return books === null ? null : { outcome: 'refused', rule: 'books', reason: books };
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
  return { outcome: 'refused', rule: 'link', reason: answer.reason };
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
