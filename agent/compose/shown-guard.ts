import type { EpochMs } from '../core/calendar/time.ts';
import type { GuardStanding } from '../edges/guard/guard.ts';
import type { ShownConnection, ShownGuard } from '../edges/status/snapshot.ts';

/** The guard as the board shows it. */
export function shownGuard(standing: GuardStanding, since: EpochMs): ShownGuard {
  const { state, halted, closed, cause, working, redSwitch, switchNote } = standing;
  return { state, halted, open: closed === null, detail: closed ?? cause, working, redSwitch, switchNote, since };
}

const STATE = { armed: 'ok', prep: 'warning', tripped: 'warning', unreachable: 'failed' } as const;

export function guardConnection({ state, closed, cause }: GuardStanding, since: EpochMs): ShownConnection {
  if (state !== 'armed') return { name: 'Guard', state: STATE[state], detail: closed ?? `${state}: ${cause}`, since };
  if (closed === null) return { name: 'Guard', state: 'ok', detail: cause, since };
  return { name: 'Guard', state: 'warning', detail: `no order passes: ${closed}`, since };
}
