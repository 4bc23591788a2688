import type { Broker, BrokerEvent } from '../../edges/broker/broker.ts';
import type { Link } from '../../edges/broker/link.ts';
import type { Clock, Timer } from '../../edges/system/clock.ts';
import type { Log } from '../../edges/system/log.ts';
import type { Blotter } from './blotter.ts';
import type { Reconciler } from './reconcile.ts';

/** After a fill the broker's position report needs a moment to follow. */
const AFTER_FILL_MS = 2_000;

export interface SessionKeeperParts {
  readonly broker: Pick<Broker, 'onEvent' | 'link'>;
  readonly blotter: Blotter;
  readonly reconciler: Reconciler;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChange: () => void;
}

/** Listens to the broker: books what it says, and compares the books whenever the session is new or something was filled. */
export class SessionKeeper {
  readonly #parts: SessionKeeperParts;
  #leave: (() => void) | null = null;
  #afterFill: Timer | null = null;

  constructor(parts: SessionKeeperParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#leave = this.#parts.broker.onEvent((event) => this.#hear(event));
  }

  stop(): void {
    this.#leave?.();
    this.#afterFill?.cancel();
  }

  /** Asks the broker what became of things; failures are kept in the state of the books. */
  compare(reason: string): void {
    this.#parts.log.info({ reason }, 'comparing the books');
    void this.#parts.reconciler.run();
  }

  #hear(event: BrokerEvent): void {
    const { blotter, clock, onChange } = this.#parts;
    if (event.kind === 'link') this.#link(event.link);
    else blotter.onBroker(event);
    if (event.kind !== 'fill') return;
    this.#afterFill?.cancel();
    this.#afterFill = clock.at(clock.now() + AFTER_FILL_MS, () => this.compare('after a fill'));
    onChange();
  }

  #link(link: Link): void {
    if (link.state === 'ready') this.compare('the session is ready');
    else this.#parts.reconciler.lapse(`the link is ${link.state}`);
    this.#parts.onChange();
  }
}
