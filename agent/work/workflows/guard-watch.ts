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
  readonly tradingSwitch: Pick<TradingSwitch, 'owner' | 'halt'>;
  readonly alerts: Pick<AlertBook, 'raise' | 'resolve'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** What worked has been taken back, what is not ours as well: the books say something else now. */
  readonly onConfirmed: () => void;
  readonly onChange: () => void;
}

const ALERT = 'guard';

/** Follows the guard: its trip is our halt, and what it cannot confirm, or its silence, is an alarm. */
export class GuardWatch {
  readonly #parts: GuardWatchParts;
  #leave: () => void = () => undefined;
  #state: GuardStanding['state'] | null = null;
  #halted: GuardStanding['halted'] = null;
  /** The cause of the halt that was followed. */
  #followed: string | null = null;
  /** What is still being done about what the guard said. */
  readonly #doing = new Set<Promise<unknown>>();
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
    await Promise.all([this.#parts.guard.stop(), ...this.#doing]);
  }

  #see(standing: GuardStanding): void {
    const { clock, tradingSwitch, halt, log, onConfirmed, onChange } = this.#parts;
    const isRenamed =
      this.#state === 'tripped' &&
      standing.cause !== this.#followed &&
      tradingSwitch.owner.reason === `${this.#followed} (guard)`;
    if (standing.state !== this.#state) {
      log.warn({ state: standing.state, cause: standing.cause }, 'the guard');
      this.since = clock.now();
      this.#state = standing.state;
    }
    if (standing.state === 'tripped' && tradingSwitch.owner.state !== 'halted') {
      this.#followed = standing.cause;
      this.#do(halt.follow(standing.cause, 'guard'));
    } else if (standing.state === 'tripped' && isRenamed) {
      // That the switch has opened is told before it is plain what opened it.
      this.#do(tradingSwitch.halt(`${standing.cause} (guard)`, tradingSwitch.owner.since));
      this.#followed = standing.cause;
    }
    if (this.#halted === 'UNCONFIRMED' && standing.halted === 'confirmed') onConfirmed();
    this.#halted = standing.halted;
    this.#do(this.#alarm(standing));
    onChange();
  }

  #do(work: Promise<unknown>): void {
    const { log } = this.#parts;
    const done = work
      .catch((error: unknown) => log.error({ error: String(error) }, 'the guard could not be followed'))
      .finally(() => this.#doing.delete(done));
    this.#doing.add(done);
  }

  #alarm(standing: GuardStanding): Promise<void> {
    const { alerts, clock } = this.#parts;
    const text = alarmOf(standing);
    const at = clock.now();
    return text === null ? alerts.resolve(ALERT, at) : alerts.raise(ALERT, { severity: 'critical', text, at });
  }
}
