import { newYorkDate } from '../../core/calendar/new-york.ts';
import type { Backups } from '../../edges/store/backup.ts';
import type { Machine } from '../../edges/system/machine.ts';
import { count, type Workflow } from './occasion.ts';

export interface BackUpParts {
  readonly backups: Backups;
  readonly machine: Pick<Machine, 'diskFreeMb'>;
}

const KEPT = 7;
/** With less than this on the disk the store needs it more than its copies do. */
const LEAST_FREE_MB = 300;

/** Copies the store's tables to a file of the day beside it. */
export function backUp({ backups, machine }: BackUpParts): Workflow {
  return async ({ now, signal }) => {
    const free = await machine.diskFreeMb();
    if (free !== null && free < LEAST_FREE_MB) {
      throw new Error(`no copy was made: ${Math.round(free)} MB are free on the disk, ${LEAST_FREE_MB} are wanted`);
    }
    const madeAt = Temporal.Instant.fromEpochMilliseconds(now).toString();
    const { records, bytes, copies } = await backups.backUp({ name: newYorkDate(now), madeAt, keep: KEPT, signal });
    return `${count(records, 'record')}, ${(bytes / 1e6).toFixed(1)} MB, compared; ${copies === 1 ? 'one copy is' : `${copies} copies are`} kept`;
  };
}
