import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { askOnce } from '../ground/control/json-lines.ts';
import type { GuardStatus } from '../guard/status.ts';
import { type ClientOptions, failure, installedConfig, runningAppliance } from './appliance-client.ts';
import { configurationOrExit } from './configuration.ts';

export interface GuardAnswer {
  readonly ok: boolean;
  readonly error?: string;
  readonly status: GuardStatus;
}

export interface GuardWanted extends Pick<ClientOptions, 'folder'> {
  /** The guard's configuration, where it is named. */
  readonly config?: string | undefined;
  /** Settings of the appliance, where they are named. */
  readonly settings?: string | undefined;
}

/** Of a guard that is a service of its own. */
export const SERVICE_CONFIG = '/etc/wheelhouse/guard.json';
const ANSWER_WITHIN_MS = 10_000;
/** What takes longer is stuck, and somebody waits for it with a finger on the key. */
const HALT_WITHIN_MS = 3_000;

/** The configuration that is named, else that of the service, else that of the guard which the running appliance has started. */
export async function guardConfig(wanted: GuardWanted, command: Command): Promise<string> {
  const { config, folder } = wanted;
  const isSettings = config !== undefined && (await isYaml(config));
  if (config !== undefined && !isSettings) return config;
  const settings = isSettings ? config : wanted.settings;
  const named = settings !== undefined || folder !== undefined;
  if (!named && existsSync(SERVICE_CONFIG)) return SERVICE_CONFIG;
  const configuration = await configurationOrExit(settings ?? installedConfig(), command);
  const { store } = configuration.settings;
  const where = {
    ...(folder === undefined ? {} : { folder }),
    ...(settings === undefined ? {} : { config: settings }),
  };
  const found = await runningAppliance(where, dirname(store.path));
  if (found?.guard) return found.guard;
  if (existsSync(SERVICE_CONFIG)) return SERVICE_CONFIG;
  throw failure('NO_GUARD', `no guard is known: no appliance runs here, and there is no ${SERVICE_CONFIG}`);
}

/** Settings of the appliance: every other command calls those its configuration, and a halt must not fail by that. */
export async function isYaml(path: string): Promise<boolean> {
  try {
    JSON.parse(await readFile(path, 'utf8'));
    return false;
  } catch (error) {
    return error instanceof SyntaxError;
  }
}

export async function askGuard(
  config: string,
  door: 'open' | 'admin',
  call: { readonly do: string },
): Promise<GuardAnswer> {
  const path = await socketIn(config, door);
  try {
    return (await askOnce(path, call, call.do === 'halt' ? HALT_WITHIN_MS : ANSWER_WITHIN_MS)) as GuardAnswer;
  } catch (error) {
    throw failure('NO_GUARD', `no guard answers at ${path}: ${(error as Error).message}`);
  }
}

export function guardText(status: GuardStatus): string[] {
  const { state, cause, since, halted, working, closed, today } = status;
  const lines = [`${state}${halted === null ? '' : `, ${halted}`}: ${cause}${since === '' ? '' : ` (${since})`}`];
  if (halted === 'UNCONFIRMED') lines.push(workingText(working));
  for (const order of working ?? []) lines.push(`  ${order.what}, ${order.status}, ${order.orderRef || order.permId}`);
  for (const { what, says } of status.closing) lines.push(`  ${what}: ${says}`);
  lines.push(closed === null ? 'Orders pass.' : `No order passes: ${closed}.`);
  lines.push(
    `Red switch ${switchText(status)}; program ${status.agent}; today ${today.orders} orders, ${today.contracts} contracts, $${today.notional}.`,
  );
  if (status.link !== null) lines.push(`Link to the gateway: ${status.link}.`);
  for (const trouble of [status.latch, status.journal, ...status.limits]) if (trouble !== null) lines.push(trouble);
  return lines;
}

function switchText({ contacts, switch: kind, switchTrouble }: GuardStatus): string {
  if (kind === 'none') return 'none, only HALT stops orders';
  if (kind !== 'gpio') return `${contacts} (not wired, a ${kind} stands in for it)`;
  return switchTrouble === null ? contacts : `${contacts} (${switchTrouble})`;
}

function workingText(working: GuardStatus['working']): string {
  if (working === null) return 'What still works is not known.';
  return working.length === 0
    ? 'No order is seen working, but not for long enough yet.'
    : `${working.length} still work:`;
}

async function socketIn(config: string, door: 'open' | 'admin'): Promise<string> {
  try {
    const { control } = JSON.parse(await readFile(config, 'utf8')) as { control: Record<typeof door, string> };
    return control[door];
  } catch (error) {
    throw failure('NO_CONFIG', `${config}: ${(error as Error).message}`, 2);
  }
}
