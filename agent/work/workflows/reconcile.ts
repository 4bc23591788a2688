import { newYorkDate } from '../../core/calendar/new-york.ts';
import type { EpochMs } from '../../core/calendar/time.ts';
import { instrumentKey } from '../../core/market/contract.ts';
import { mayStillFill } from '../../core/orders/order.ts';
import type { ReportedPosition } from '../../core/portfolio/position.ts';
import { reconcilePositions } from '../../core/portfolio/reconcile.ts';
import { settlementOf } from '../../core/portfolio/settlement.ts';
import type { Answer } from '../../edges/broker/answer.ts';
import type { Broker, ReportedOrder } from '../../edges/broker/broker.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { Log } from '../../edges/system/log.ts';
import type { AlertBook } from './alert-book.ts';
import type { Blotter } from './blotter.ts';
import { count } from './occasion.ts';
import type { Turn } from './turn.ts';

export interface ReconcilerParts {
  readonly broker: Pick<Broker, 'executions' | 'openOrders' | 'completedOrders' | 'positions' | 'link'>;
  readonly blotter: Blotter;
  readonly alerts: AlertBook;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Why this account must not be traded, or `null`. */
  readonly accountObstacle: (accounts: readonly string[]) => string | null;
  /** While halted, takes back what still works: the moment at which it is known. */
  readonly afterwards: () => Promise<unknown>;
  /** Shared with whoever places orders. */
  readonly turn: Turn;
  readonly onChange: () => void;
}

/**
 * pending  not compared since the link came up: nothing may be ordered
 * agreed   our books and the broker's say the same
 * unknown  a question was not answered: nothing may be ordered
 * differs  they do not say the same of something that is ours: nothing may be ordered
 */
export interface Reconciliation {
  readonly state: 'pending' | 'agreed' | 'unknown' | 'differs';
  readonly reason: string;
  readonly at: EpochMs;
  /** Held or working at the broker and not ours: shown, never touched. */
  readonly foreignPositions: readonly ReportedPosition[];
  readonly foreignOrders: readonly ReportedOrder[];
}

interface Reports {
  readonly open: readonly ReportedOrder[];
  readonly completed: readonly ReportedOrder[];
  readonly positions: readonly ReportedPosition[];
}

const ALERT = 'books';

/** Compares our books with the broker's: at every start and reconnect, after fills in doubt, and on the timetable. */
export class Reconciler {
  readonly #parts: ReconcilerParts;
  #current: Reconciliation = {
    state: 'pending',
    reason: 'not yet compared',
    at: 0,
    foreignPositions: [],
    foreignOrders: [],
  };

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
  }

  get current(): Reconciliation {
    return this.#current;
  }

  /** Why nothing may be ordered, or `null`. */
  get obstacle(): string | null {
    const { state, reason } = this.#current;
    return state === 'agreed' ? null : `the books are not reconciled: ${reason}`;
  }

  /** The link went down or lost the exchange: what agreed then says nothing about now. */
  lapse(reason: string): void {
    this.#set({ ...this.#current, state: 'pending', reason, at: this.#parts.clock.now() });
  }

  /** One at a time, and never while an order is on its way out. Resolves with one line on the outcome. */
  run(): Promise<string> {
    return this.#parts.turn.take(async () => {
      const outcome = await this.#compare();
      await this.#parts.afterwards();
      return outcome;
    });
  }

  async #compare(): Promise<string> {
    const reports = await this.#ask();
    if (typeof reports === 'string') return this.#conclude('unknown', reports);
    await this.#parts.blotter.idle();
    await this.#settleOrders(reports);
    const { blotter } = this.#parts;
    const traded = new Set(blotter.orders.map((order) => instrumentKey(order.intent.instrument)));
    const waiting = await this.#settleExpired(reports.positions);
    const { lines, open: all } = reconcilePositions(blotter.positions, reports.positions, traded);
    const open = all.filter((line) => !waiting.has(line.key));
    const foreignKeys = new Set(lines.filter((line) => line.kind === 'foreign').map((line) => line.key));
    this.#current = {
      ...this.#current,
      foreignOrders: reports.open.filter((order) => blotter.order(order.orderRef) === null),
      foreignPositions: reports.positions.filter(({ instrument }) => foreignKeys.has(instrumentKey(instrument))),
    };
    const doubtful = blotter.working.filter((order) => order.state === 'unknown');
    if (doubtful.length > 0) {
      return this.#conclude('unknown', `${count(doubtful.length, 'order')} in doubt: ${doubtful[0]?.reason}`);
    }
    if (open.length > 0) return this.#conclude('differs', open.map((line) => line.text).join('; '));
    const account = this.#parts.accountObstacle(this.#parts.broker.link.accounts);
    if (account !== null) return this.#conclude('differs', account);
    return this.#conclude(
      'agreed',
      `${count(reports.positions.length, 'position')}, ${count(reports.open.length, 'open order')}`,
    );
  }

  /**
   * What has expired and is gone at the broker is booked as worthless or assigned. Returns the keys of those about which
   * nothing can be said before the morning.
   */
  async #settleExpired(reported: readonly ReportedPosition[]): Promise<ReadonlySet<string>> {
    const { blotter, clock, log } = this.#parts;
    const now = clock.now();
    const shown = new Set(reported.filter((each) => each.quantity !== 0).map((each) => instrumentKey(each.instrument)));
    const waiting = new Set<string>();
    for (const position of blotter.openPositions) {
      const key = instrumentKey(position.instrument);
      if (shown.has(key)) continue;
      const settlement = settlementOf({ position, ours: blotter.positions, reported, now });
      if (settlement?.kind === 'waiting') waiting.add(key);
      if (settlement?.kind === 'unclear')
        log.warn({ key, text: settlement.text }, 'an expired option cannot be settled');
      if (settlement?.kind !== 'settled') continue;
      log.info({ key, outcome: settlement.outcome }, 'an option has expired');
      await blotter.settle(settlement.fills);
    }
    return waiting;
  }

  /** Executions first: they come as events and are booked before anything is concluded from what is missing. */
  async #ask(): Promise<Reports | string> {
    const { broker } = this.#parts;
    const executions = await broker.executions();
    if (!executions.ok) return why('executions', executions);
    for (const fill of executions.value) this.#parts.blotter.onBroker({ kind: 'fill', fill });
    const open = await broker.openOrders();
    if (!open.ok) return why('open orders', open);
    const completed = await broker.completedOrders();
    if (!completed.ok) return why('completed orders', completed);
    const positions = await broker.positions();
    if (!positions.ok) return why('positions', positions);
    return { open: open.value, completed: completed.value, positions: positions.value };
  }

  async #settleOrders({ open, completed }: Reports): Promise<void> {
    const { blotter, clock } = this.#parts;
    const at = clock.now();
    const seen = new Set<string>();
    for (const report of [...completed, ...open]) {
      if (blotter.order(report.orderRef) === null) continue;
      seen.add(report.orderRef);
      const { status, filled, permId, reason } = report;
      await blotter.apply(report.orderRef, { kind: 'found', status, filled, permId, orderId: null, reason, at });
    }
    for (const order of blotter.orders) {
      if (!mayStillFill(order) || seen.has(order.intent.id)) continue;
      await blotter.apply(order.intent.id, { kind: 'absent', at });
    }
  }

  async #conclude(state: Reconciliation['state'], reason: string): Promise<string> {
    const { alerts, clock, log } = this.#parts;
    const at = clock.now();
    this.#set({ ...this.#current, state, reason, at });
    if (state === 'agreed') await alerts.resolve(ALERT, at);
    else await alerts.raise(ALERT, { severity: 'critical', text: `Books ${state}: ${reason}`, at });
    log.info({ state, reason, day: newYorkDate(at) }, 'books compared with the broker');
    return `${state}: ${reason}`;
  }

  #set(next: Reconciliation): void {
    this.#current = next;
    this.#parts.onChange();
  }
}

function why(question: string, answer: Extract<Answer<unknown>, { ok: false }>): string {
  return `${question} not answered (${answer.reason})`;
}
