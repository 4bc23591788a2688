import { spawnSync } from 'node:child_process';
import { ApplianceProcess, ExchangeProcess } from './appliance-process.ts';
import type { Measure } from './measure.ts';

export const title =
  'From the start of the process to ready: store open, page up, session with the broker, books compared';

const PASSES = 7;

export async function run(): Promise<Measure[]> {
  const exchange = new ExchangeProcess();
  const port = await exchange.start();
  try {
    const bare: number[] = [];
    const ready: number[] = [];
    const cpu: number[] = [];
    for (let pass = 0; pass < PASSES; pass += 1) {
      bare.push(bareNode());
      const appliance = new ApplianceProcess();
      ready.push(await appliance.start(port));
      cpu.push(appliance.usage.cpuSeconds);
      await appliance.stop();
      appliance.remove();
    }
    const yardstick = median(bare);
    return [
      { name: 'bare node', unit: 'ms', value: yardstick },
      {
        name: 'start to ready',
        unit: '× bare node',
        value: median(ready) / yardstick,
        yardstick: 'bare node',
        atMost: 6,
        aim: 3.5,
      },
      { name: 'start to ready', unit: 'ms', value: median(ready) },
      { name: 'CPU of the start', unit: 's', value: median(cpu) },
    ];
  } finally {
    await exchange.stop();
  }
}

function bareNode(): number {
  const before = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - before;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
