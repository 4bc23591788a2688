import type { Store } from '../../edges/store/store.ts';
import type { Clock } from '../../edges/system/clock.ts';
import type { Log } from '../../edges/system/log.ts';
import type { Task } from './task.ts';

/** What the machine has to offer. */
export interface Capacity {
  /** Runs at once that are not critical. */
  readonly mostAtOnce: number;
  /** One after another, whatever it is: a replay must do the same things in the same order. */
  readonly serial: boolean;
  /** Memory that may be used, a reserve kept back; `null` = not known. */
  freeMb(): number | null;
}

export interface RunnerParts {
  readonly tasks: readonly Task[];
  readonly clock: Clock;
  readonly store: Pick<Store, 'commit' | 'list' | 'get'>;
  readonly log: Log;
  readonly capacity: Capacity;
  /** Why nothing that trades may start, or `null`; asked beside the scheduler's own doubts about clock and records. */
  readonly holdsTrading: () => string | null;
  /** Called when something started, ended, went on or was missed. */
  readonly onChange: () => void;
  /** The clock was set: whoever trusts it must look again. */
  readonly onJump: (jumpMs: number) => void;
  /** A person should know. `resolved` = it is over. */
  readonly onAlarm: (key: string, text: string, resolved: boolean) => void;
  /** How often the clock is looked at when nothing happens; Infinity where it cannot be set. */
  readonly heartbeatMs: number;
  /** By how much the clock may differ from the time that passed before it counts as set. */
  readonly jumpToleranceMs: number;
  /** How long a run may take to obey its signal; five seconds. A process needs real time for it, also where the clock runs fast. */
  readonly obeyMs?: number;
}
