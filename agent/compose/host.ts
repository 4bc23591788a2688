import type { Backups } from '../edges/store/backup.ts';
import { HostChildren } from '../edges/system/host/child-task.ts';
import { HostMachine } from '../edges/system/host/machine.ts';
import type { Host } from './workflows.ts';

/** The hidden command under which this very program answers as a child. */
const CHILD_COMMAND = 'research-child';

/** This machine, with children that run the program we run ourselves. */
export function hostOf(folder: string, backups: Backups): Host {
  const program = process.argv[1] ?? '';
  return {
    backups,
    machine: new HostMachine(folder),
    children: new HostChildren({ program, args: [CHILD_COMMAND] }),
  };
}
