import { setTimeout as wait } from 'node:timers/promises';
import { ApplianceProcess, ExchangeProcess } from '../bench-rig/appliance-process.ts';
import type { Measure } from './measure.ts';

export const title = 'Resident memory and CPU of the idle appliance, run from its sources';

const SETTLE_MS = 5_000;
const IDLE_MS = 10_000;

export async function run(): Promise<Measure[]> {
  const exchange = new ExchangeProcess();
  const appliance = new ApplianceProcess();
  try {
    await appliance.start({ port: await exchange.start(), guardSocket: null });
    await wait(SETTLE_MS);
    const before = appliance.usage;
    await wait(IDLE_MS);
    const after = appliance.usage;
    const busy = ((after.cpuSeconds - before.cpuSeconds) / (IDLE_MS / 1000)) * 100;
    return [
      { name: 'resident memory, idle', unit: 'MiB', value: after.residentMiB, atMost: 120 },
      { name: 'CPU, idle', unit: '% of a core', value: busy, atMost: 1 },
    ];
  } finally {
    await appliance.stop();
    await exchange.stop();
    appliance.remove();
  }
}
