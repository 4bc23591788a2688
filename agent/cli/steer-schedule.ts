import type { Command } from 'commander';
import type { ScheduleCommand } from '../edges/status/board.ts';
import { applianceClient, type ClientOptions } from './appliance-client.ts';

/** Tells the running appliance, through its page. `called` is what commander hands over: arguments, options, command. */
export async function steerSchedule(action: ScheduleCommand['action'], called: readonly unknown[]): Promise<void> {
  const command = called.at(-1) as Command;
  const task = called.length > 2 && typeof called[0] === 'string' ? called[0] : '';
  const client = await applianceClient(command.optsWithGlobals() as ClientOptions, command);
  process.stdout.write(`${await client.post('/schedule', { command: action, task })}\n`);
}
