import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { ApplianceProcess, ExchangeProcess } from '../bench-rig/appliance-process.ts';
import { bundle } from '../bundle.ts';
import type { Measure } from './measure.ts';

export const title =
  'From the start of the process to ready: store open, page up, session with the broker, books compared';

const PASSES = 9;
/** Four folders below the root, because the page finds its files from where its module lies. */
const BUNDLE = resolve(import.meta.dirname, '../../node_modules/.cache/bundle/start');

export async function run(): Promise<Measure[]> {
  await bundle(BUNDLE);
  const exchange = new ExchangeProcess();
  const port = await exchange.start();
  try {
    const bare: number[] = [];
    const sources: number[] = [];
    const bundled: number[] = [];
    for (let pass = 0; pass < PASSES; pass += 1) {
      bare.push(bareNode());
      sources.push(await startToReady(port));
      bundled.push(await startToReady(port, `${BUNDLE}/main.js`));
    }
    const node = median(bare);
    const ratio = (values: readonly number[]): number => median(values) / node;
    const times = { unit: '× bare node', yardstick: 'bare node' };
    return [
      { name: 'bare node', unit: 'ms', value: node },
      { name: 'start to ready, bundled', ...times, value: ratio(bundled), atMost: 6, aim: 3.5 },
      { name: 'start to ready, from sources', ...times, value: ratio(sources) },
      { name: 'start to ready, bundled', unit: 'ms', value: median(bundled) },
      { name: 'start to ready, from sources', unit: 'ms', value: median(sources) },
    ];
  } finally {
    await exchange.stop();
  }
}

async function startToReady(port: number, bundled?: string): Promise<number> {
  const appliance = new ApplianceProcess();
  const took = await appliance.start(port, bundled);
  await appliance.stop();
  appliance.remove();
  return took;
}

function bareNode(): number {
  const before = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - before;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
