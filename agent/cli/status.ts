import { Command } from 'commander';
import { newYorkText } from '../core/calendar/new-york.ts';
import type { StatusSnapshot } from '../edges/status/snapshot.ts';
import { applianceClient, asking, type ClientOptions, failure } from './appliance-client.ts';
import { amount, count, print, printJson } from './columns.ts';
import { configurationOrExit } from './configuration.ts';
import { askGuard, type GuardAnswer, guardConfig, guardText } from './guard-client.ts';

interface Options extends ClientOptions {
  readonly guardConfig?: string;
  readonly json?: true;
}

export function statusCommand(): Command {
  return asking(new Command('status'))
    .option('--guard-config <file>', "the guard's configuration (default: that of the running appliance)")
    .option('--json', 'agent and guard in full, as JSON')
    .addHelpText(
      'after',
      '\nEnds with 0 when both have answered. Each is asked by itself: the guard also without the agent.',
    )
    .action((options: Options, command: Command) => status(options, command));
}

async function status(options: Options, command: Command): Promise<void> {
  // Said once, before both are asked with it.
  if (options.config !== undefined) await configurationOrExit(options.config, command);
  const [agent, guard] = await Promise.allSettled([askAgent(options, command), askItsGuard(options, command)]);
  const problems = [agent, guard].flatMap(problemOf);
  if (options.json) printJson({ agent: answerOf(agent), guard: answerOf(guard), problems });
  else {
    if (agent.status === 'fulfilled') print(agentText(agent.value));
    if (guard.status === 'fulfilled') print(['Guard', ...guardText(guard.value).map(indent)]);
  }
  if (problems.length > 0) throw failure('NO_ANSWER', problems.join('; '));
}

async function askAgent(options: Options, command: Command): Promise<StatusSnapshot> {
  return (await applianceClient(options, command)).get<StatusSnapshot>('/api/status');
}

async function askItsGuard(options: Options, command: Command): Promise<GuardAnswer['status']> {
  const config = await guardConfig({ ...options, config: options.guardConfig, settings: options.config }, command);
  return (await askGuard(config, 'open', { do: 'status' })).status;
}

function agentText(snapshot: StatusSnapshot): string[] {
  const { run, version, mode, phase, trading, lights, profit, positions, orders, connections, alerts, at } = snapshot;
  const working = orders.filter(({ state }) => !['filled', 'cancelled', 'rejected'].includes(state)).length;
  const lines = [
    `Wheelhouse ${version}, ${run}, ${newYorkText(at)}: ${mode}, ${phase}`,
    `Trading ${trading.state} since ${newYorkText(trading.since)}${trading.reason === '' ? '' : `: ${trading.reason}`}`,
    `Lights ${Object.values(lights)
      .map(({ meaning }) => meaning)
      .join(' · ')}`,
    `Equity ${amount(profit.equity)}, day ${amount(profit.day)}, cash ${amount(profit.cash)}, of which ${amount(profit.secured)} secures`,
    `${count(positions.length, 'position')}, ${count(working, 'working order')}`,
    ...connections.map(({ name, state, detail }) => `${name} ${state}: ${detail}`),
    ...alerts.map(({ severity, text }) => `Alert (${severity}) ${text}`),
  ];
  return lines;
}

function indent(line: string): string {
  return `  ${line}`;
}

function answerOf<T>(settled: PromiseSettledResult<T>): T | null {
  return settled.status === 'fulfilled' ? settled.value : null;
}

function problemOf(settled: PromiseSettledResult<unknown>): string[] {
  return settled.status === 'rejected' ? [(settled.reason as Error).message] : [];
}
