import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { askOnce } from '../ground/control/json-lines.ts';
import type { GuardStatus } from '../guard/status.ts';

interface Answer {
  readonly ok: boolean;
  readonly error?: string;
  readonly status: GuardStatus;
}

interface Options {
  readonly config: string;
  readonly reason?: string;
  readonly json?: true;
  readonly unconfirmed?: true;
}

const DEFAULT_CONFIG = '/etc/wheelhouse/guard.json';

export function guardCommand(): Command {
  const command = new Command('guard');
  const add = (subcommand: Command, description: string): void => {
    command.addCommand(subcommand.description(description));
  };
  add(
    about('run').action(({ config }: Options) => run(config)),
    'the guard itself, until it is interrupted',
  );
  add(statusCommand(), 'what the guard says');
  add(haltCommand(), 'stop the flow of orders at the wire and cancel all that work');
  add(resetCommand(), 'after a halt, with the red switch released: back to prep');
  add(
    about('arm').action(async (options: Options) => {
      tell(await ask(options, 'admin', { do: 'arm', by: 'command line' }), options);
    }),
    'after a reset: let orders pass again',
  );
  return command;
}

export function statusCommand(): Command {
  return about('status')
    .option('--json', 'all of it, as JSON')
    .action(async (options: Options) => tell(await ask(options, 'open', { do: 'status' }), options));
}

export function haltCommand(): Command {
  return about('halt')
    .option('--reason <text>', 'why')
    .option('--json', 'the answer as JSON')
    .action(async (options: Options) => {
      const reason = options.reason ?? 'halted on the command line';
      tell(await ask(options, 'open', { do: 'halt', reason, by: 'command line' }), options);
    });
}

function resetCommand(): Command {
  return about('reset')
    .option('--unconfirmed', 'although it is not confirmed that no order works: I have looked myself')
    .action(async (options: Options) => {
      const call = { do: 'reset', by: 'command line', unconfirmed: options.unconfirmed === true };
      tell(await ask(options, 'admin', call), options);
    });
}

function about(name: string): Command {
  return new Command(name).option('--config <file>', "the guard's configuration", DEFAULT_CONFIG);
}

/** In its own process, as on the box: nothing of the command line is loaded there. */
function run(config: string): Promise<void> {
  const main = new URL('../guard/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, '--config', config], { stdio: 'inherit' });
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

async function ask({ config }: Options, door: 'open' | 'admin', call: object): Promise<Answer> {
  const path = socketIn(config, door);
  try {
    return (await askOnce(path, call)) as Answer;
  } catch (error) {
    throw failure('NO_GUARD', `no guard answers at ${path}: ${(error as Error).message}`);
  }
}

function socketIn(config: string, door: 'open' | 'admin'): string {
  try {
    const { control } = JSON.parse(readFileSync(config, 'utf8')) as { control: Record<typeof door, string> };
    return control[door];
  } catch (error) {
    throw failure('NO_CONFIG', `${config}: ${(error as Error).message}`, 2);
  }
}

function tell({ ok, error, status }: Answer, { json }: Options): void {
  if (!ok) throw failure('REFUSED', error ?? 'the guard refused');
  process.stdout.write(json ? `${JSON.stringify(status, null, 2)}\n` : `${sentences(status).join('\n')}\n`);
}

function sentences(status: GuardStatus): string[] {
  const { state, cause, since, halted, working, closed, contacts, today } = status;
  const lines = [`${state}${halted === null ? '' : `, ${halted}`}: ${cause} (${since})`];
  if (halted === 'UNCONFIRMED') lines.push(working === null ? 'What works is not known.' : `${working.length} work:`);
  for (const order of working ?? []) lines.push(`  ${order.what}, ${order.status}, ${order.orderRef || order.permId}`);
  lines.push(closed === null ? 'Orders pass.' : `No order passes: ${closed}.`);
  lines.push(`Red switch ${contacts}; today ${today.orders} orders, ${today.contracts} contracts, $${today.notional}.`);
  for (const trouble of [status.latch, status.journal, ...status.limits]) if (trouble !== null) lines.push(trouble);
  return lines;
}

function failure(code: string, message: string, exitCode = 1): Error {
  return Object.assign(new Error(message), { code, exitCode });
}
