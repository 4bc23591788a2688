import type { GuardStanding } from '../../edges/guard/guard.ts';
import { count } from './occasion.ts';

/** What a person must be told of, or `null`. */
export function alarmOf({ state, cause, halted, working, unstored }: GuardStanding): string | null {
  if (state === 'unreachable') return `The guard does not answer (${cause}): nothing can be ordered.`;
  if (halted === 'confirmed' && unstored !== null) return `Halted, but a restart would forget it: ${unstored}`;
  if (halted !== 'UNCONFIRMED') return null;
  if (working === null) return 'Halted, UNCONFIRMED: what still works at the broker is not known.';
  if (working.length === 0) return 'Halted, UNCONFIRMED: no order is seen working, but not for long enough yet.';
  return `Halted, UNCONFIRMED: ${count(working.length, 'order')} may still work: ${working.join('; ')}`;
}

/** What the guard still wants before trading can go on, or `null`. */
export function missingOf({ state, cause, closed, halted }: GuardStanding): string | null {
  switch (state) {
    case 'tripped': {
      const proof = halted === 'confirmed' ? '' : ' and it is not confirmed that no order works';
      return `the guard has tripped (${cause})${proof}; release the red switch, then on the appliance itself: wheelhouse guard reset, wheelhouse guard arm`;
    }
    case 'prep':
      return 'the guard has been reset and is not armed yet; on the appliance itself: wheelhouse guard arm';
    case 'armed':
    case 'unreachable':
      return closed;
  }
}
