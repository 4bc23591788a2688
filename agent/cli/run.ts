import { dirname } from 'node:path';
import { Command } from 'commander';
import { Appliance } from '../compose/appliance.ts';
import { announce, withdraw } from '../compose/appliance-file.ts';
import { pageToken, tokenPath } from '../compose/page-token.ts';
import { Watchdog } from '../compose/watchdog.ts';
import { TerminalPanel } from '../edges/hardware/terminal/terminal-panel.ts';
import { HostClock } from '../edges/system/host/clock.ts';
import { hostLog } from '../edges/system/host/log.ts';
import { supervisorOf } from '../ground/supervisor/supervisor.ts';
import { configurationOrExit } from './configuration.ts';
import { untilInterrupted } from './interrupt.ts';

interface Options {
  readonly config?: string;
  readonly quiet?: true;
}

export function runCommand(): Command {
  return new Command('run')
    .option('--config <file>', 'settings (default: every setting at its default; see check-config --defaults)')
    .option('--quiet', 'no lights in the terminal')
    .action((options: Options, command: Command) => run(options, command));
}

async function run(options: Options, command: Command): Promise<void> {
  const configuration = await configurationOrExit(options.config ?? null, command);
  const { settings, secrets } = configuration;
  const token = secrets.pageToken ?? (await pageToken(settings.store.path));
  const hidden = [token, secrets.mqttPassword].filter((secret) => secret !== null);
  const panel = new TerminalPanel({ out: process.stdout, env: process.env });
  const print = (line: string): void => panel.print(line);
  const person = process.stderr.isTTY === true ? { print } : {};
  const log = await hostLog({ ...settings.log, ...person, secrets: hidden });
  const onShutdown = async (): Promise<void> => {
    const { shutDown } = await import('../compose/shut-down.ts');
    const folder = process.env.RUNTIME_DIRECTORY;
    // As systemd would.
    const end = (): boolean => process.kill(process.pid, 'SIGTERM');
    await shutDown({ folder, clock: new HostClock(), log, ended: stop.signal, end });
  };
  const appliance = new Appliance({ configuration, token, panel: options.quiet ? null : panel, log, onShutdown });
  const supervisor = await supervisorOf(process.env, process.pid);
  const watchdog = new Watchdog({
    ...{ supervisor, clock: new HostClock(), log },
    stuck: () => appliance.stuck,
    status: () => appliance.summary,
  });
  const folder = dirname(settings.store.path);
  const stop = untilInterrupted();
  try {
    await appliance.start(async () => {
      const about = { run: settings.broker.mode, page: appliance.pageAddress, token, guard: appliance.guardConfig };
      // Commands then have to be told the address; trading does not wait for that.
      await announce(folder, { pid: process.pid, ...about }).catch((error: unknown) =>
        log.warn({ error: String(error) }, 'commands will not find this appliance by themselves'),
      );
      print(`Page      ${appliance.pageAddress}`);
      // A journal is read by more people than may halt.
      const place = secrets.pageToken === null ? `in ${tokenPath(settings.store.path)}` : 'as your secrets say';
      const shown = process.env.JOURNAL_STREAM === undefined ? token : place;
      print(`Token     ${shown}   (HALT and RESUME ask for it)`);
      const { mode, host, port } = settings.broker;
      process.stdout.write(
        `Broker    ${host}:${port}, ${mode} trading of ${settings.symbols.join(', ')}. Ctrl-C ends it.\n`,
      );
    });
    print('Ready.');
    supervisor.ready(appliance.summary);
    watchdog.start();
    await stop.done;
  } finally {
    stop.end();
    watchdog.stop();
    supervisor.stopping();
    await withdraw(folder, process.pid);
    await appliance.stop();
  }
}
