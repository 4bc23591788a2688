import { spawn } from 'node:child_process';
import { Command } from 'commander';
import { GUARD_PROGRAM, guardEnvironment } from '../compose/guard-program.ts';
import { applianceClient, failure } from './appliance-client.ts';
import { askGuard, type GuardAnswer, guardConfig, guardText, isYaml, SERVICE_CONFIG } from './guard-client.ts';

interface Options {
  readonly config?: string;
  readonly folder?: string;
  readonly reason?: string;
  readonly json?: true;
  readonly unconfirmed?: true;
}

export function guardCommand(): Command {
  const command = new Command('guard');
  const add = (subcommand: Command, description: string): void => {
    command.addCommand(subcommand.description(description));
  };
  add(
    about('run').action(({ config }: Options) => run(config ?? SERVICE_CONFIG)),
    'the guard itself, until it is interrupted',
  );
  add(statusCommand(), 'what the guard says');
  add(haltCommand(), 'stop the flow of orders at the wire and cancel all that work');
  add(resetCommand(), 'after a halt, with the red switch released: back to prep');
  add(
    about('arm').action(async (options: Options, command: Command) => {
      tell(await ask(options, command, { do: 'arm', by: 'command line' }), options);
    }),
    'after a reset: let orders pass again',
  );
  return command;
}

function statusCommand(): Command {
  return about('status')
    .option('--json', 'all of it, as JSON')
    .action(async (options: Options, command: Command) => tell(await ask(options, command, { do: 'status' }), options));
}

export function haltCommand(): Command {
  return about('halt')
    .option('--reason <text>', 'why')
    .option('--json', 'the answer as JSON')
    .action(async (options: Options, command: Command) => {
      const reason = options.reason ?? 'halted on the command line';
      const call = { do: 'halt', reason, by: 'command line' };
      const answer = await ask(options, command, call).catch((error: Error) => error);
      if (answer instanceof Error) throw await haltedWithout(answer, { ...options, reason }, command);
      tell(answer, options);
    });
}

/** The program halts by itself, and tells the guard as soon as that answers. */
async function haltedWithout(guard: Error, { folder, config, reason = '' }: Options, command: Command): Promise<Error> {
  const post = async (): Promise<string> => {
    const settings = config !== undefined && (await isYaml(config)) ? { config } : {};
    const where = folder === undefined ? settings : { ...settings, folder };
    return (await applianceClient(where, command)).post('/halt', { reason });
  };
  const program = await post().then(
    (message) => `the program was told instead: ${message}`,
    (error: Error & { code?: string }) =>
      error.code === 'NO_TOKEN' ? 'nor does a program run here' : `nor could the program be told: ${error.message}`,
  );
  const { code, exitCode } = guard as { code?: string; exitCode?: 1 | 2 };
  return failure(code ?? 'NO_GUARD', `${guard.message}; ${program}`, exitCode ?? 1, guard);
}

function resetCommand(): Command {
  return about('reset')
    .option('--unconfirmed', 'although it is not confirmed that no order works: I have looked myself')
    .action(async (options: Options, command: Command) => {
      const call = { do: 'reset', by: 'command line', unconfirmed: options.unconfirmed === true };
      tell(await ask(options, command, call), options);
    });
}

function about(name: string): Command {
  return new Command(name)
    .option(
      '--config <file>',
      `the guard's configuration, or the appliance's settings (default: ${SERVICE_CONFIG}, else of what runs here)`,
    )
    .option('--folder <path>', 'data folder of a running demo, where it is not the usual one');
}

/** In its own process, as on the box: nothing of the command line is loaded there. */
function run(config: string): Promise<void> {
  const args = [GUARD_PROGRAM, '--config', config];
  const child = spawn(process.execPath, args, { env: guardEnvironment(), stdio: 'inherit' });
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGINT', pass).on('SIGTERM', pass);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(failure('GUARD_ENDED', 'the guard ended', code === 2 ? 2 : 1));
    });
  });
}

/** The two deliberate acts go through the door that file permissions keep for the administrator. */
async function ask(
  options: Options,
  command: Command,
  call: { readonly do: string } & Record<string, unknown>,
): Promise<GuardAnswer> {
  const door = call.do === 'reset' || call.do === 'arm' ? 'admin' : 'open';
  return askGuard(await guardConfig(options, command), door, call);
}

function tell({ ok, error, status }: GuardAnswer, { json }: Options): void {
  if (!ok) throw failure('REFUSED', error ?? 'the guard refused');
  process.stdout.write(json ? `${JSON.stringify(status, null, 2)}\n` : `${guardText(status).join('\n')}\n`);
}
