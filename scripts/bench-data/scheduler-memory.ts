import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { plans } from '../../agent/compose/registry.ts';
import '../../agent/edges/store/memory/memory-store.ts';
import '../../agent/edges/system/manual/clock.ts';

/** Prints the most heap, in MiB, that scheduler, its records and its simulation hold while the whole registry runs for a week. */
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const held = (): number => {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
};
const registry = plans({});
const before = held();
const { runSchedule } = await import('../../agent/lab/backtest/schedule-run.ts');
let most = held();
const looking = setInterval(() => {
  most = Math.max(most, held());
}, 10);
await runSchedule({ plans: registry, from: '2026-01-05', to: '2026-01-11', seed: 1, memoryMb: 600, mostAtOnce: 4 });
clearInterval(looking);
process.stdout.write(`${Math.max(most, held()) - before}\n`);
