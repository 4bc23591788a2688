import type { EpochMs } from '../../../core/calendar/time.ts';
import type { Clock } from '../../system/clock.ts';
import type { Log } from '../../system/log.ts';
import { type Answer, unanswered } from '../answer.ts';
import type { BrokerEvent } from '../broker.ts';
import type { Link } from '../link.ts';
import type { Requests } from './requests.ts';

/** What the parts of the broker stand on. */
export interface Room {
  readonly clock: Clock;
  readonly log: Log;
  readonly requests: Requests;
  readonly clientId: number;
  link(): Link;
  emit(event: BrokerEvent): void;
  /** The account that orders, positions and figures belong to; empty while no session stands. */
  account(): string;
}

/** Why nothing may be sent now, or null. */
export function offline(room: Room): Answer<never> | null {
  const { state, reason } = room.link();
  return state === 'ready' ? null : unanswered('offline', `the link is ${state}: ${reason}`);
}

/** Something from the wire that cannot be used is left out, but never in silence. */
export function dropped(room: Room, what: string, at: EpochMs = room.clock.now()): void {
  room.log.warn({ what }, 'left out what the broker sent');
  room.emit({ kind: 'notice', code: 0, reason: `left out: ${what}`, at });
}
