import type { Broker } from '../../edges/broker/broker.ts';
import type { Store } from '../../edges/store/store.ts';
import type { Machine } from '../../edges/system/machine.ts';
import type { AlertBook } from './alert-book.ts';
import type { Workflow } from './occasion.ts';

export interface SystemCheckParts {
  readonly broker: Pick<Broker, 'link'>;
  readonly store: Pick<Store, 'commit' | 'get'>;
  readonly machine: Pick<Machine, 'availableMb' | 'diskFreeMb'>;
  readonly alerts: AlertBook;
}

const LEAST_DISK_MB = 1024;
const LEAST_MEMORY_MB = 100;
const PROBE = 'probe';

/** Before the day: can be written, is there room, is the broker there? All problems at once. */
export function systemCheck(parts: SystemCheckParts): Workflow {
  return async ({ now }) => {
    const problems = [...(await storeProblems(parts, now)), ...(await machineProblems(parts.machine))];
    const { state, reason } = parts.broker.link;
    if (state !== 'ready') problems.push(`the link to the broker is ${state}: ${reason}`);
    if (problems.length === 0) {
      await parts.alerts.resolve('system-check', now);
      return 'store, disk, memory and link are well';
    }
    const text = `System check: ${problems.join('; ')}`;
    await parts.alerts.raise('system-check', { severity: 'critical', text, at: now });
    throw new Error(problems.join('; '));
  };
}

export async function machineProblems(machine: Pick<Machine, 'availableMb' | 'diskFreeMb'>): Promise<string[]> {
  const problems: string[] = [];
  const disk = await machine.diskFreeMb();
  if (disk === null) problems.push('the room on the disk is not known');
  else if (disk < LEAST_DISK_MB) problems.push(`only ${disk} MB are left on the disk`);
  const memory = machine.availableMb();
  if (memory !== null && memory < LEAST_MEMORY_MB) problems.push(`only ${memory} MB of memory are free`);
  return problems;
}

async function storeProblems({ store }: SystemCheckParts, now: number): Promise<string[]> {
  await store.commit([{ table: 'counters', key: PROBE, put: { value: now } }], 'sync');
  const read = await store.get('counters', PROBE);
  return read?.value === now ? [] : ['what was written to the store does not come back'];
}
