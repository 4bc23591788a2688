import type { EpochMs } from '../../core/calendar/time.ts';

/**
 * down       no session
 * connecting session being made: greeting, next valid id, accounts
 * ready      questions and orders may be sent
 * degraded   the session stands but the broker has lost the exchange (1100, 2110): nothing may be placed
 */
export type LinkState = 'down' | 'connecting' | 'ready' | 'degraded';

export interface Link {
  readonly state: LinkState;
  readonly since: EpochMs;
  readonly reason: string;
  readonly accounts: readonly string[];
  readonly serverVersion: number | null;
  /** Why quotes of what is traded here do not flow although the session stands, or `null`. */
  readonly dataLost: string | null;
}
