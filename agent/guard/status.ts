import type { RedSwitch } from '../ground/gpio/red-switch.ts';
import type { SwitchState } from '../ground/gpio/switch.ts';
import type { OpenOrder } from '../ground/wire/open-orders.ts';
import type { ClosingLine } from './closing.ts';
import type { DayTotals } from './journal.ts';
import type { LatchRecord } from './latch.ts';

/** What the guard tells on its control sockets. */
export interface GuardStatus {
  readonly state: LatchRecord['state'];
  readonly cause: string;
  readonly since: string;
  /** Of a trip: whether the broker's side says that nothing is working; null while nothing is halted. */
  readonly halted: 'confirmed' | 'UNCONFIRMED' | null;
  /** What still works after a trip; null = not known. */
  readonly working: readonly OpenOrder[] | null;
  /** What became of the positions, if they are to be closed after a halt. */
  readonly closing: readonly ClosingLine[];
  /** Why no order would pass right now, or null. */
  readonly closed: string | null;
  readonly contacts: SwitchState;
  /** What the contacts are: on the pins, what stands in for them, or that there are none. */
  readonly switch: RedSwitch['kind'];
  /** Why they cannot be read, or null. */
  readonly switchTrouble: string | null;
  /** Why the guard's own link is not fresh, or null. */
  readonly link: string | null;
  readonly agent: 'connected' | 'absent';
  /** Everything that is wrong with the limits. */
  readonly limits: readonly string[];
  /** Why the latch, the journal could not be stored, or null. */
  readonly latch: string | null;
  readonly journal: string | null;
  readonly today: DayTotals;
  /** What trading begins with once it is armed again. */
  readonly afterReset: 'reducing' | 'active';
  /** Milliseconds from the last trip in this run until its latch was stored, and until the first cancel was written. */
  readonly lastTrip: { readonly latchMs: number | null; readonly cancelMs: number | null } | null;
}
