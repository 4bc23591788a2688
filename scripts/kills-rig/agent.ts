import { enableCompileCache } from 'node:module';

enableCompileCache(new URL('../../node_modules/.cache/wheelhouse', import.meta.url).pathname);

const { Appliance } = await import('../../agent/compose/appliance.ts');
const { untilInterrupted } = await import('../../agent/cli/interrupt.ts');
const { loadConfiguration } = await import('../../agent/config/load.ts');
const { Watchdog } = await import('../../agent/compose/watchdog.ts');
const { HostClock } = await import('../../agent/edges/system/host/clock.ts');
const { hostLog } = await import('../../agent/edges/system/host/log.ts');
const { supervisorOf } = await import('../../agent/ground/supervisor/supervisor.ts');

/*
 * `wheelhouse run`, on the clock of a simulated exchange: agent.ts SETTINGS PACE TOKEN [BROKER]. SIGUSR2 = it hangs.
 * BROKER = settings of the broker beyond what may be set for a real one.
 */

const [path = '', pace = '', token = '', beyond = '{}'] = process.argv.slice(2);
const checked = await loadConfiguration(path);
if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
const { settings, secrets } = checked.value;
const broker = { ...settings.broker, ...JSON.parse(beyond) };
const configuration = { secrets, settings: { ...settings, broker } };
const { speed, anchor } = JSON.parse(pace) as { speed: number; anchor: { real: number; market: number } };
const log = await hostLog({ ...configuration.settings.log, secrets: [] });
const appliance = new Appliance({
  ...{ configuration, token, panel: null, log },
  pace: { clock: new HostClock({ speed, anchor }), speed },
});
// Whoever starts us cannot know our number, as systemd does.
process.env.LISTEN_PID &&= String(process.pid);
const supervisor = await supervisorOf(process.env, process.pid);
const watchdog = new Watchdog({
  ...{ supervisor, clock: new HostClock(), log },
  stuck: () => appliance.stuck,
  status: () => appliance.summary,
});
process.on('SIGUSR2', () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
const stop = untilInterrupted();
try {
  await appliance.start(async () => {
    process.stdout.write(`Page ${appliance.pageAddress}\n`);
  });
  process.stdout.write('Ready.\n');
  supervisor.ready(appliance.summary);
  watchdog.start();
  await stop.done;
} finally {
  stop.end();
  watchdog.stop();
  await appliance.stop();
}
