import { instrumentKey } from '../../core/market/contract.ts';
import { type Money, ZERO } from '../../core/market/money.ts';
import { commissionOf, executionId } from '../../core/orders/executions.ts';
import type { Fill } from '../../core/orders/fill.ts';
import type { Intent } from '../../core/orders/intent.ts';
import { mayStillFill, newOrder, type Order } from '../../core/orders/order.ts';
import type { OrderEvent } from '../../core/orders/order-event.ts';
import { positionFromFills } from '../../core/portfolio/ledger.ts';
import type { Position } from '../../core/portfolio/position.ts';
import type { BrokerEvent } from '../../edges/broker/broker.ts';
import { type Store, timeKey, type Write } from '../../edges/store/store.ts';
import type { Log } from '../../edges/system/log.ts';
import { Entry, type Orders } from './blotter-entry.ts';
import { Turn } from './turn.ts';

export interface BlotterParts {
  readonly store: Pick<Store, 'commit' | 'list'>;
  readonly log: Log;
  readonly onChange: () => void;
  /** Something was told that cannot be true of an order: trading must halt. */
  readonly onImpossible: (reason: string) => Promise<void>;
}

/**
 * Our orders, their fills, and the positions that follow from them. The only writer of the three tables: events are
 * taken one at a time, and order, fill and position are written in one batch.
 */
export class Blotter {
  readonly #parts: BlotterParts;
  readonly #orders = new Map<string, Order>();
  readonly #positions = new Map<string, Position>();
  /** What expiry and assignment did, by execId. */
  readonly #settlements = new Map<string, Fill>();
  /** Of executions that have not been seen yet. */
  readonly #earlyCommissions = new Map<string, Money>();
  readonly #turn = new Turn();

  constructor(parts: BlotterParts) {
    this.#parts = parts;
  }

  async load(): Promise<void> {
    const { store } = this.#parts;
    const stored = [store.list('orders'), store.list('settlements'), store.list('positions')] as const;
    const [orders, settlements, positions] = await Promise.all(stored);
    for (const [id, order] of orders) this.#orders.set(id, order);
    for (const [id, fill] of settlements) this.#settlements.set(id, fill);
    for (const [key, position] of positions) this.#positions.set(key, position);
  }

  order(id: string): Order | null {
    return this.#orders.get(id) ?? null;
  }

  /** Newest first. */
  get orders(): readonly Order[] {
    return [...this.#orders.values()].sort((a, b) => b.intent.decidedAt - a.intent.decidedAt);
  }

  get working(): readonly Order[] {
    return this.orders.filter(mayStillFill);
  }

  get positions(): readonly Position[] {
    return [...this.#positions.values()];
  }

  get openPositions(): readonly Position[] {
    return this.positions.filter((position) => position.quantity !== 0);
  }

  /** Resolves when every event told so far has been written. */
  idle(): Promise<void> {
    return this.#turn.idle();
  }

  /** Stores an intent, with sync, together with the order id it will go out under. False = it is known: do not send. */
  begin(intent: Intent, orderId: number): Promise<boolean> {
    return this.#turn.take(async () => {
      if (this.#orders.has(intent.id)) return false;
      const order: Order = { ...newOrder(intent), orderId };
      const writes: Write[] = [
        { table: 'intents', key: intent.id, put: intent },
        { table: 'orders', key: intent.id, put: order },
        { table: 'counters', key: 'orderId', put: { value: orderId } },
      ];
      await this.#parts.store.commit(writes, 'sync');
      this.#orders.set(intent.id, order);
      this.#parts.onChange();
      return true;
    });
  }

  apply(id: string, event: OrderEvent): Promise<void> {
    return this.#turn.take(() => this.#step(id, event));
  }

  /** Whether an execution belongs to an order of ours. */
  isOurs(fill: Fill): boolean {
    return this.#orders.has(this.#idOf(fill));
  }

  /** Books what no order of ours did, once and as a whole, together with the records of why. */
  settle(fills: readonly Fill[], records: readonly Write[] = []): Promise<void> {
    return this.#turn.take(async () => {
      const unbooked = fills.filter((fill) => !this.#settlements.has(fill.execId));
      if (unbooked.length === 0 && records.length === 0) return;
      const settlements = [...this.#settlements.values(), ...unbooked];
      const keys = new Set(unbooked.map((fill) => instrumentKey(fill.instrument)));
      const positions = [...keys].flatMap(
        (key) => this.#positionOf(key, [...this.#orders.values()], settlements) ?? [],
      );
      await this.#parts.store.commit(
        [
          ...records,
          ...unbooked.map((put): Write => ({ table: 'settlements', key: put.execId, put })),
          ...unbooked.map((put): Write => ({ table: 'fills', key: `${timeKey(put.at)}/${put.execId}`, put })),
          ...positions.map((put): Write => ({ table: 'positions', key: instrumentKey(put.instrument), put })),
        ],
        'sync',
      );
      for (const fill of unbooked) this.#settlements.set(fill.execId, fill);
      for (const position of positions) this.#positions.set(instrumentKey(position.instrument), position);
      this.#parts.onChange();
    });
  }

  /** What the broker says by itself. Orders that are not ours are left alone. */
  onBroker(event: BrokerEvent): void {
    this.#take(event.kind, () => this.#dispatch(event));
  }

  /** What it answers when asked, in one write: a start waits for the disk, and must not do so once for each. */
  onExecutions(fills: readonly Fill[]): void {
    this.#take('fill', () => this.#fills(fills));
  }

  #take(kind: BrokerEvent['kind'], work: () => Promise<void>): void {
    const { log, onImpossible } = this.#parts;
    this.#turn
      .take(work)
      .catch((error: unknown) => onImpossible(`an event of the broker could not be booked: ${String(error)}`))
      .catch((error: unknown) => log.error({ error: String(error), kind }, 'a halt failed'));
  }

  async #dispatch(event: BrokerEvent): Promise<void> {
    switch (event.kind) {
      case 'orderStatus':
        return this.#step(this.#idOf(event), { ...event, kind: 'status' });
      case 'orderError':
        return this.#step(this.#idOf(event), { ...event, kind: 'error' });
      case 'fill':
        return this.#fills([event.fill]);
      case 'commission':
        return this.#commission(event);
      case 'link':
      case 'notice':
        return;
    }
  }

  /** By reference, else by the broker's permanent id; an order id alone proves nothing. */
  #idOf(event: { readonly orderRef: string; readonly permId?: number }, orders: Orders = this.#orders): string {
    if (event.orderRef !== '' || !event.permId) return event.orderRef;
    for (const [id, order] of orders) if (order.permId === event.permId) return id;
    return '';
  }

  async #fills(fills: readonly Fill[]): Promise<void> {
    const entry = new Entry(this.#orders);
    const paid = new Set<string>();
    for (const fill of fills) {
      const id = this.#idOf(fill, entry.orders);
      entry.step(id, { kind: 'fill', fill });
      const commission = this.#earlyCommissions.get(fill.execId);
      if (commission === undefined || paid.has(fill.execId) || !this.#orders.has(id)) continue;
      paid.add(fill.execId);
      entry.step(id, { kind: 'commission', execId: fill.execId, commission, at: fill.at });
    }
    await this.#book(entry);
    for (const execId of paid) this.#earlyCommissions.delete(execId);
  }

  async #commission(event: Extract<BrokerEvent, { kind: 'commission' }>): Promise<void> {
    const { base } = executionId(event.execId);
    for (const [id, order] of this.#orders) {
      if (order.executions[base] !== undefined) return this.#step(id, event);
    }
    if (event.commission !== null) this.#earlyCommissions.set(event.execId, event.commission);
  }

  async #step(id: string, event: OrderEvent): Promise<void> {
    const entry = new Entry(this.#orders);
    entry.step(id, event);
    await this.#book(entry);
  }

  async #book({ orders, changed, moved, fills, impossible }: Entry): Promise<void> {
    if (changed.size > 0) {
      const known = [...orders.values()];
      const executed = [...moved].flatMap((id) => Object.values(orders.get(id)?.executions ?? {}));
      const keys = new Set(executed.map((fill) => instrumentKey(fill.instrument)));
      const settlements = [...this.#settlements.values()];
      const positions = [...keys].flatMap((key) => this.#positionOf(key, known, settlements) ?? []);
      // Disk first: what could not be stored is still unknown, and the next comparison of the books brings it again.
      await this.#parts.store.commit(
        [
          ...[...changed].map(([key, put]): Write => ({ table: 'orders', key, put })),
          ...fills.map((put): Write => ({ table: 'fills', key: `${timeKey(put.at)}/${put.execId}`, put })),
          ...positions.map((put): Write => ({ table: 'positions', key: instrumentKey(put.instrument), put })),
        ],
        'sync',
      );
      for (const [id, order] of changed) this.#orders.set(id, order);
      for (const position of positions) this.#positions.set(instrumentKey(position.instrument), position);
      this.#parts.onChange();
    }
    for (const reason of impossible) await this.#parts.onImpossible(reason);
  }

  #positionOf(key: string, orders: readonly Order[], settlements: readonly Fill[]): Position | null {
    const fills = settlements.filter((fill) => instrumentKey(fill.instrument) === key);
    const commissions = new Map<string, Money>();
    for (const order of orders) {
      for (const fill of Object.values(order.executions)) {
        if (fill.conId === 0 || instrumentKey(fill.instrument) !== key) continue;
        fills.push(fill);
        commissions.set(fill.execId, commissionOf(order, fill.execId) ?? ZERO);
      }
    }
    return positionFromFills(fills, (execId) => commissions.get(execId) ?? ZERO);
  }
}
