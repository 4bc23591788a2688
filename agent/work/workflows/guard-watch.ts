import type { EpochMs } from '../../core/calendar/time.ts';
import type { Guard, GuardStanding } from '../../edges/guard/guard.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { Log } from '../../edges/system/log.ts';
import type { AlertBook } from './alert-book.ts';
import { alarmOf } from './guard-words.ts';
import type { Halt } from './halt.ts';
import type { TradingSwitch } from './trading-switch.ts';

export interface GuardWatchParts {
  readonly guard: Guard;
  readonly halt: Pick<Halt, 'follow'>;
  readonly tradingSwitch: Pick<TradingSwitch, 'owner'>;
  readonly alerts: AlertBook;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly onChange: () => void;
}

const ALERT = 'guard';

/** Follows the guard: its trip is our halt, and what it cannot confirm, or its silence, is an alarm. */
export class GuardWatch {
  readonly #parts: GuardWatchParts;
  #leave: () => void = () => undefined;
  #state: GuardStanding['state'] | null = null;
  /** Since when the guard is in the state that it is in, by the market's clock. */
  since: EpochMs = 0;

  constructor(parts: GuardWatchParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { guard, clock } = this.#parts;
    this.since = clock.now();
    await guard.start();
    this.#leave = guard.onChange((standing) => this.#see(standing));
    this.#see(guard.standing);
  }

  async stop(): Promise<void> {
    this.#leave();
    await this.#parts.guard.stop();
  }

  #see(standing: GuardStanding): void {
    const { clock, tradingSwitch, halt, log, onChange } = this.#parts;
    if (standing.state !== this.#state) {
      log.warn({ state: standing.state, cause: standing.cause }, 'the guard');
      this.since = clock.now();
      this.#state = standing.state;
    }
    const failed = (error: unknown): void => log.error({ error: String(error) }, 'the guard could not be followed');
    if (standing.state === 'tripped' && tradingSwitch.owner.state !== 'halted') {
      halt.follow(standing.cause, 'guard').catch(failed);
    }
    this.#alarm(standing).catch(failed);
    onChange();
  }

  #alarm(standing: GuardStanding): Promise<void> {
    const { alerts, clock } = this.#parts;
    const text = alarmOf(standing);
    const at = clock.now();
    return text === null ? alerts.resolve(ALERT, at) : alerts.raise(ALERT, { severity: 'critical', text, at });
  }
}
