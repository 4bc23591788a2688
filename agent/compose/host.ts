import type { LevelStore } from '../edges/store/level/level-store.ts';
import { HostChildren } from '../edges/system/host/child-task.ts';
import { HostMachine } from '../edges/system/host/machine.ts';
import { newerVersion } from './found-update.ts';
import type { Host } from './workflows.ts';

/** The hidden command under which this very program answers as a child. */
const CHILD_COMMAND = 'research-child';

/** This machine, with children that run the program we run ourselves. */
export function hostOf(folder: string, store: LevelStore, guardPid: () => number | null): Host {
  const program = process.argv[1] ?? '';
  const machine = new HostMachine(folder);
  return {
    backups: store,
    newerVersion: () => newerVersion(),
    storeFailure: () => store.failure,
    written: {
      agent: () => machine.writtenBytes(),
      guard: () => {
        const pid = guardPid();
        return pid === null ? null : machine.writtenBytes(pid);
      },
    },
    machine,
    children: new HostChildren({ program, args: [CHILD_COMMAND] }),
  };
}
