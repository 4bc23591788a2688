import type { EpochMs } from '../../core/calendar/time.ts';
import type { Broker, BrokerEvent } from '../../edges/broker/broker.ts';
import type { Link } from '../../edges/broker/link.ts';
import type { Clock, Timer } from '../../edges/system/clock.ts';
import type { Log } from '../../edges/system/log.ts';
import type { Blotter } from './blotter.ts';
import type { Reconciler } from './reconcile.ts';

/** After a fill the broker's position report needs a moment to follow. */
const AFTER_FILL_MS = 2_000;
/** One lost answer must not cost the day; one that never comes must not flood the broker. */
const RETRY_MS = [5_000, 15_000, 60_000, 300_000];
/** An order in doubt is asked about at once only so often: in between the pauses above must do. */
const ASKED_ANEW_MS = 60_000;
/** The exchange is back, with and without our subscriptions: fills may have been missed while it was away. */
const EXCHANGE_BACK = new Set([1101, 1102]);

export interface SessionKeeperParts {
  readonly broker: Pick<Broker, 'onEvent' | 'link'>;
  readonly blotter: Blotter;
  readonly reconciler: Reconciler;
  /** Whether orders still have to be seen to end: after a halt. */
  readonly unfinished: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChange: () => void;
}

/** Listens to the broker: books what it says, and compares the books whenever the session is new or something was filled. */
export class SessionKeeper {
  readonly #parts: SessionKeeperParts;
  #leave: (() => void) | null = null;
  #comparison: Promise<void> | null = null;
  /** When each order in doubt was asked about at once. */
  readonly #asked = new Map<string, EpochMs>();
  #afterFill: Timer | null = null;
  #retry: Timer | null = null;
  /** Comparisons of our own that are under way. */
  #comparing = 0;

  constructor(parts: SessionKeeperParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#leave = this.#parts.broker.onEvent((event) => this.#hear(event));
  }

  /** The comparison that was begun last; `null` = there was no session yet. */
  get comparison(): Promise<void> | null {
    return this.#comparison;
  }

  stop(): void {
    this.#leave?.();
    this.#leave = null;
    this.#afterFill?.cancel();
    this.#cancelRetry();
  }

  /** Asks the broker what became of things, and again until the books agree or the link is gone. */
  compare(reason: string, attempt = 0): void {
    const { reconciler, log } = this.#parts;
    log.info({ reason }, 'comparing the books');
    this.#cancelRetry();
    this.#comparing += 1;
    const compared = reconciler
      .run()
      .finally(() => {
        this.#comparing -= 1;
      })
      .then(() => this.#askAgain(attempt));
    this.#comparison = compared.catch((error: unknown) =>
      log.error({ error: String(error) }, 'the books could not be compared'),
    );
  }

  /** Somebody else has compared the books: a question of theirs that stayed unanswered must not shut the gate for the day. */
  compared(): void {
    if (this.#comparing === 0 && this.#retry === null) this.#askAgain(0);
  }

  #askAgain(attempt: number): void {
    const { reconciler, broker, clock, unfinished } = this.#parts;
    const done = reconciler.current.state === 'agreed' && !unfinished();
    if (done || broker.link.state !== 'ready' || this.#leave === null) return;
    const wait = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] as number;
    this.#cancelRetry();
    this.#retry = clock.at(clock.now() + wait, () => this.compare('not everything is settled', attempt + 1));
  }

  #cancelRetry(): void {
    this.#retry?.cancel();
    this.#retry = null;
  }

  #hear(event: BrokerEvent): void {
    const { blotter, clock, onChange } = this.#parts;
    if (event.kind === 'link') this.#link(event.link);
    // Where its loss was heard of, the link comes back with it and says so itself.
    else if (event.kind === 'notice' && EXCHANGE_BACK.has(event.code)) this.#exchangeBack(event.reason);
    else blotter.onBroker(event);
    if (event.kind === 'orderStatus' || event.kind === 'orderError') void this.#askAboutDoubt();
    // A status that speaks of fills promises executions: if they do not come by themselves, they are asked for.
    if (event.kind !== 'fill' && !(event.kind === 'orderStatus' && event.filled > 0)) return;
    this.#afterFill?.cancel();
    this.#afterFill = clock.at(clock.now() + AFTER_FILL_MS, () => this.compare('after a fill'));
    onChange();
  }

  /**
   * What the broker says can leave an order in doubt: then only a question helps. At once, but the same order not again and
   * again: an answer that leads to the same doubt must not become a circle at the speed of the wire.
   */
  async #askAboutDoubt(): Promise<void> {
    const { blotter, broker, clock } = this.#parts;
    await blotter.idle();
    const doubted = blotter.working.filter(({ state }) => state === 'unknown').map(({ intent }) => intent.id);
    if (doubted.length === 0 || this.#leave === null || broker.link.state !== 'ready') return;
    const now = clock.now();
    const lately = (id: string): boolean => now - (this.#asked.get(id) ?? Number.NEGATIVE_INFINITY) < ASKED_ANEW_MS;
    if (doubted.every(lately)) return this.compared();
    for (const id of doubted) this.#asked.set(id, now);
    this.compare('an order is in doubt');
  }

  #exchangeBack(reason: string): void {
    if (this.#parts.broker.link.state === 'ready') this.compare(reason);
  }

  #link(link: Link): void {
    const { reconciler, onChange } = this.#parts;
    if (link.state === 'ready') this.compare('the session is ready');
    else reconciler.lapse(`the link is ${link.state}`);
    onChange();
  }
}
