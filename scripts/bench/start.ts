import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { ApplianceProcess, ExchangeProcess, RunningGuard, type Way } from '../bench-rig/appliance-process.ts';
import { bundle } from '../bundle.ts';
import type { Measure } from './measure.ts';

export const title =
  'From the start of the process to ready: store open, page up, session with the broker, books compared. The guard runs already, as on the box, unless it is said otherwise';

const PASSES = 15;
/** Four folders below the root, because the page finds its files from where its module lies. */
const BUNDLE = resolve(import.meta.dirname, '../../node_modules/.cache/bundle/start');

export async function run(): Promise<Measure[]> {
  await bundle(BUNDLE);
  const exchange = new ExchangeProcess();
  const guard = new RunningGuard();
  try {
    const port = await exchange.start();
    const guarded = await guard.start(port);
    const bare: number[] = [];
    const sources: number[] = [];
    const bundled: number[] = [];
    const both: number[] = [];
    for (let pass = 0; pass < PASSES; pass += 1) {
      bare.push(bareNode());
      bundled.push(await startToReady(guarded, `${BUNDLE}/main.js`));
      sources.push(await startToReady(guarded));
      both.push(await startToReady({ port, guardSocket: null }, `${BUNDLE}/main.js`));
    }
    const node = best(bare);
    const ratio = (values: readonly number[]): number => best(values) / node;
    const times = { unit: '× bare node', yardstick: 'bare node' };
    return [
      { name: 'bare node', unit: 'ms', value: node },
      { name: 'start to ready, bundled', ...times, value: ratio(bundled), atMost: 6, aim: 3.5 },
      { name: 'start to ready, from sources', ...times, value: ratio(sources) },
      { name: 'start to ready, bundled, with a guard of its own', ...times, value: ratio(both) },
      { name: 'start to ready, bundled', unit: 'ms', value: best(bundled) },
      { name: 'start to ready, from sources', unit: 'ms', value: best(sources) },
    ];
  } finally {
    await guard.stop();
    await exchange.stop();
  }
}

async function startToReady(way: Way, bundled?: string): Promise<number> {
  const appliance = new ApplianceProcess();
  const took = await appliance.start(way, bundled);
  await appliance.stop();
  appliance.remove();
  return took;
}

function bareNode(): number {
  const before = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - before;
}

/** Of several passes the one that was disturbed least. */
function best(values: readonly number[]): number {
  return Math.min(...values);
}
