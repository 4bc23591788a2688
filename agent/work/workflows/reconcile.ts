import { newYorkDate } from '../../core/calendar/new-york.ts';
import type { EpochMs } from '../../core/calendar/time.ts';
import { instrumentKey } from '../../core/market/contract.ts';
import type { Finding } from '../../core/portfolio/finding.ts';
import { pendingOf } from '../../core/portfolio/pending.ts';
import type { ReportedPosition } from '../../core/portfolio/position.ts';
import { compareBooks } from '../../core/portfolio/reconcile.ts';
import type { Broker, ReportedOrder } from '../../edges/broker/broker.ts';
import type { Store } from '../../edges/store/store.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { Log } from '../../edges/system/log.ts';
import { adoptionWrites, ForeignBook, shownHoldings } from './adoptions.ts';
import type { AlertBook } from './alert-book.ts';
import type { Blotter } from './blotter.ts';
import { askReports, type ReportingBroker, type Reports } from './broker-reports.ts';
import { count } from './occasion.ts';
import { OpenFindings } from './open-findings.ts';
import { doubled, settleOrders } from './order-reports.ts';
import type { Turn } from './turn.ts';

export interface ReconcilerParts {
  readonly broker: ReportingBroker & Pick<Broker, 'cancel'>;
  readonly blotter: Blotter;
  readonly store: Pick<Store, 'list'>;
  readonly alerts: AlertBook;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Why this account must not be traded, or `null`. */
  readonly accountObstacle: (accounts: readonly string[]) => string | null;
  /** A person must look before anything is ordered again. */
  readonly onHalt: (reason: string) => Promise<void>;
  /** While halted, takes back what still works: the moment at which it is known. */
  readonly afterwards: () => Promise<unknown>;
  /** Shared with whoever places orders. */
  readonly turn: Turn;
  readonly onChange: () => void;
}

/**
 * pending  not compared since the link came up: nothing may be ordered
 * agreed   our books and the broker's say the same
 * waiting  they do but for some symbols, in which something is under way: those may not be ordered
 * unknown  a question was not answered: nothing may be ordered
 * differs  they do not say the same of something that is ours: nothing may be ordered
 */
export interface Reconciliation {
  readonly state: 'pending' | 'agreed' | 'waiting' | 'unknown' | 'differs';
  readonly reason: string;
  readonly at: EpochMs;
  /** Differences that stand. */
  readonly findings: readonly Finding[];
  /** Held or working at the broker and not ours: shown, never touched. */
  readonly foreignPositions: readonly ReportedPosition[];
  readonly foreignOrders: readonly ReportedOrder[];
}

/** Whose word our books follow when nothing explains a difference; by itself the appliance never does. */
export interface Acceptance {
  readonly by: string;
}

const ALERT = 'books';
const ADOPTED_ALERT = 'books-adopted';

/** Compares our books with the broker's: at every start and reconnect, after fills in doubt, on the timetable and on demand. */
export class Reconciler {
  readonly #parts: ReconcilerParts;
  readonly #foreign: ForeignBook;
  readonly #open = new OpenFindings();
  #haltedFor = '';
  #current: Reconciliation = {
    ...{ state: 'pending', reason: 'not yet compared', at: 0 },
    ...{ findings: [], foreignPositions: [], foreignOrders: [] },
  };

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    this.#foreign = new ForeignBook(parts.store);
  }

  get current(): Reconciliation {
    return this.#current;
  }

  /** Nothing stands but what every expiration brings: a night until its outcome is told. */
  get isQuiet(): boolean {
    const { state, findings } = this.#current;
    return state === 'agreed' || (state === 'waiting' && findings.every(({ kind }) => kind === 'overnight'));
  }

  /** Why nothing at all may be ordered, or `null`. */
  get obstacle(): string | null {
    const { state, reason } = this.#current;
    return state === 'agreed' || state === 'waiting' ? null : `the books are not reconciled: ${reason}`;
  }

  /** Why nothing of this symbol may be ordered, or `null`. */
  obstacleFor(symbol: string): string | null {
    const waiting = this.#current.findings.find((finding) => finding.symbol === symbol);
    return this.obstacle ?? (waiting === undefined ? null : `the books of ${symbol} are not settled: ${waiting.text}`);
  }

  /** The link went down or lost the exchange: what agreed then says nothing about now. */
  lapse(reason: string): void {
    this.#set({ ...this.#current, state: 'pending', reason, at: this.#parts.clock.now() });
  }

  /** One at a time, and never while an order is on its way out. Resolves with one line on the outcome. */
  run(acceptance: Acceptance | null = null): Promise<string> {
    return this.#parts.turn.take(async () => {
      const outcome = await this.#compare(acceptance);
      await this.#parts.afterwards();
      return outcome;
    });
  }

  async #compare(acceptance: Acceptance | null): Promise<string> {
    const { blotter, broker, clock } = this.#parts;
    const reports = await askReports(broker, (fills) => blotter.onExecutions(fills));
    if (typeof reports === 'string') return this.#conclude('unknown', reports);
    await blotter.idle();
    await settleOrders(reports, blotter, clock.now());
    const open = await this.#settlePositions(reports, acceptance);
    const twice = doubled(reports.open, blotter);
    if (twice.length > 0) return this.#refuse(await this.#stopDoubled(twice));
    const doubtful = blotter.working.filter((order) => order.state === 'unknown');
    if (doubtful.length > 0) {
      return this.#conclude('unknown', `${count(doubtful.length, 'order')} in doubt: ${doubtful[0]?.reason}`);
    }
    const overdue = this.#open.overdue(open, clock.now());
    if (overdue.length > 0) return this.#refuse(`the broker's books differ: ${textsOf(overdue)}`);
    if (open.some(({ effect }) => effect === 'halt')) return this.#conclude('differs', textsOf(open));
    const account = this.#parts.accountObstacle(broker.link.accounts);
    if (account !== null) return this.#conclude('differs', account);
    if (open.length > 0) return this.#conclude('waiting', textsOf(open));
    const { positions, open: working } = reports;
    return this.#conclude('agreed', `${count(positions.length, 'position')}, ${count(working.length, 'open order')}`);
  }

  /** Books what explains itself, with a record of why. Returns what does not. */
  async #settlePositions(reports: Reports, acceptance: Acceptance | null): Promise<readonly Finding[]> {
    const { blotter, clock, log } = this.#parts;
    const now = clock.now();
    const { orders, positions: ours } = blotter;
    const traded = new Set(orders.map((order) => instrumentKey(order.intent.instrument)));
    const strangers = reports.executions.filter((fill) => !blotter.isOurs(fill));
    const known = { ours, reported: reports.positions, traded, foreign: await this.#foreign.all(), strangers };
    const verdict = compareBooks({ ...known, pending: pendingOf(orders, now), now, accept: acceptance !== null });
    const { findings, foreign } = verdict;
    const adopted = findings.filter(({ effect }) => effect === 'adopt' || effect === 'adoptAndHalt');
    const grave = adopted.filter(({ effect }) => effect === 'adoptAndHalt');
    // First: what is adopted is not found again, so a crash in between must not forget the halt.
    if (grave.length > 0) await this.#parts.onHalt(`not by this appliance: ${textsOf(grave)}`);
    for (const { kind, text, evidence } of adopted) log.warn({ kind, text, evidence }, 'the books follow the broker');
    const records = adoptionWrites(adopted, acceptance?.by ?? 'appliance', now);
    const fills = adopted.flatMap((finding) => finding.fills);
    await blotter.settle(fills, [...records, ...this.#foreign.changes(foreign)]);
    this.#foreign.keep(foreign);
    if (adopted.length > 0) await this.#tell(adopted, now);
    const open = findings.filter((finding) => !adopted.includes(finding));
    this.#current = {
      ...this.#current,
      findings: open,
      foreignOrders: reports.open.filter((order) => blotter.order(order.orderRef) === null),
      foreignPositions: shownHoldings(foreign, reports.positions),
    };
    return open;
  }

  /** Whatever of them may be cancelled from here is. */
  async #stopDoubled(twice: readonly ReportedOrder[]): Promise<string> {
    for (const { orderId } of twice) if (orderId > 0) await this.#parts.broker.cancel(orderId);
    const ids = twice.map(({ permId, orderId }) => `order ${orderId} (${permId})`).join(' and ');
    return `one intent works more than once at the broker, ${twice[0]?.orderRef}: ${ids}`;
  }

  async #refuse(reason: string): Promise<string> {
    if (this.#haltedFor !== reason) await this.#parts.onHalt(reason);
    this.#haltedFor = reason;
    return this.#conclude('differs', reason);
  }

  async #tell(adopted: readonly Finding[], at: EpochMs): Promise<void> {
    const expected = adopted.every(({ kind }) => kind === 'expiry' || kind === 'assignment');
    const severity = expected ? 'info' : 'warning';
    await this.#parts.alerts.raise(ADOPTED_ALERT, {
      severity,
      text: `Books follow the broker: ${textsOf(adopted)}`,
      at,
    });
  }

  /** What was adopted is worth a look on its day; the record stays. */
  async #forgetTold(at: EpochMs): Promise<void> {
    const { alerts } = this.#parts;
    const told = alerts.open.find(({ key }) => key === ADOPTED_ALERT);
    if (told !== undefined && newYorkDate(told.raisedAt) < newYorkDate(at)) await alerts.resolve(ADOPTED_ALERT, at);
  }

  async #conclude(state: Reconciliation['state'], reason: string): Promise<string> {
    const { alerts, clock, log } = this.#parts;
    const at = clock.now();
    this.#set({ ...this.#current, state, reason, at });
    if (state === 'agreed') {
      this.#haltedFor = '';
      await alerts.resolve(ALERT, at);
      await this.#forgetTold(at);
    } else {
      const severity = this.isQuiet ? 'info' : state === 'waiting' ? 'warning' : 'critical';
      await alerts.raise(ALERT, { severity, text: `Books ${state}: ${reason}`, at });
    }
    log.info({ state, reason, day: newYorkDate(at) }, 'books compared with the broker');
    return `${state}: ${reason}`;
  }

  #set(next: Reconciliation): void {
    this.#current = next;
    this.#parts.onChange();
  }
}

function textsOf(findings: readonly Finding[]): string {
  return findings.map(({ text }) => text).join('; ');
}
