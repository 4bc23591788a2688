import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Log } from '../../system/log.ts';
import type { Link } from '../link.ts';

const REMIND_MS = 10 * 60_000;

/**
 * What the log says of the link: every change once. While it is down, the first reason, and then one line in ten minutes,
 * however often a connection is tried.
 */
export class LinkLog {
  readonly #log: Log;
  #loggedAt: EpochMs = 0;
  #failures = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Connections are being tried again, of which the log knows. */
  get isRetrying(): boolean {
    return this.#failures > 0;
  }

  changed({ state, reason, since }: Link): void {
    if (state === 'ready' || state === 'degraded') this.#failures = 0;
    if (state === 'down') this.#failures += 1;
    const known = state === 'connecting' ? this.isRetrying : this.#failures > 1;
    if (!known) this.#write(since, { state, reason });
    else if (state === 'down' && since - this.#loggedAt >= REMIND_MS) {
      this.#write(since, { state, reason, failures: this.#failures });
    }
  }

  /** On purpose: what comes next is a new beginning. */
  stopped({ since }: Link): void {
    this.#failures = 0;
    this.#write(since, { state: 'down', reason: 'stopped' });
  }

  #write(at: EpochMs, fields: Readonly<Record<string, unknown>>): void {
    this.#loggedAt = at;
    this.#log.info(fields, 'link to the broker');
  }
}
