import { enableCompileCache } from 'node:module';

enableCompileCache(new URL('../../node_modules/.cache/wheelhouse', import.meta.url).pathname);

const { Appliance } = await import('../../agent/compose/appliance.ts');
const { untilInterrupted } = await import('../../agent/cli/interrupt.ts');
const { loadConfiguration } = await import('../../agent/config/load.ts');
const { HostClock } = await import('../../agent/edges/system/host/clock.ts');
const { hostLog } = await import('../../agent/edges/system/host/log.ts');

/* `wheelhouse run`, on the clock of a simulated exchange: agent.ts SETTINGS PACE TOKEN */

const [path = '', pace = '', token = ''] = process.argv.slice(2);
const checked = await loadConfiguration(path);
if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
const configuration = checked.value;
const { speed, anchor } = JSON.parse(pace) as { speed: number; anchor: { real: number; market: number } };
const appliance = new Appliance({
  ...{ configuration, token, panel: null },
  log: await hostLog({ ...configuration.settings.log, secrets: [] }),
  pace: { clock: new HostClock({ speed, anchor }), speed },
});
const stop = untilInterrupted();
try {
  await appliance.start(async () => {
    process.stdout.write(`Page ${appliance.pageAddress}\n`);
  });
  process.stdout.write('Ready.\n');
  await stop.done;
} finally {
  stop.end();
  await appliance.stop();
}
