import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { ScheduleCommand } from '../edges/status/board.ts';
import { configurationOrExit } from './configuration.ts';

interface Options {
  readonly config?: string;
  readonly page?: string;
  readonly token?: string;
}

/** Tells the running appliance, through its page. `called` is what commander hands over: arguments, options, command. */
export async function steerSchedule(action: ScheduleCommand['action'], called: readonly unknown[]): Promise<void> {
  const command = called.at(-1) as Command;
  const options = command.optsWithGlobals() as Options;
  const task = called.length > 2 && typeof called[0] === 'string' ? called[0] : '';
  const { settings } = await configurationOrExit(options.config ?? null, command);
  const address = options.page ?? `http://${settings.page.host}:${settings.page.port}`;
  const token = options.token ?? process.env.WHEELHOUSE_TOKEN ?? (await keptToken(settings.store.path));
  if (token === null) return command.error('wheelhouse: the token is needed: --token, or WHEELHOUSE_TOKEN');
  const answer = await ask(address, { action, task, token });
  process.stdout.write(`${answer}\n`);
}

async function ask(address: string, about: { action: string; task: string; token: string }): Promise<string> {
  const url = new URL('/schedule', address);
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${about.token}`, accept: 'application/json' },
      body: new URLSearchParams({ command: about.action, task: about.task }),
    });
  } catch (cause) {
    throw Object.assign(new Error(`no appliance answers at ${url.origin}: is it running?`, { cause }), {
      code: 'NO_ANSWER',
    });
  }
  const { message, error } = (await response.json()) as { message?: string; error?: string };
  if (response.ok && message !== undefined) return message;
  throw Object.assign(new Error(error ?? `the page answered ${response.status}`), { code: 'REFUSED' });
}

async function keptToken(storePath: string): Promise<string | null> {
  try {
    return (await readFile(join(dirname(storePath), 'page-token'), 'utf8')).trim() || null;
  } catch {
    return null;
  }
}
