import { Command } from 'commander';
import type { StatusSnapshot } from '../edges/status/snapshot.ts';
import { applianceClient, asking, type ClientOptions, failure } from './appliance-client.ts';
import { print, printJson } from './columns.ts';

interface Options extends ClientOptions {
  readonly json?: true;
}

export function resumeCommand(): Command {
  return asking(new Command('resume'))
    .option('--json', 'the answer and the trading state, as JSON')
    .addHelpText(
      'after',
      '\nRefused while its cause stands: books that differ, a guard that has not been reset and armed (guard reset, guard arm).',
    )
    .action(async (options: Options, command: Command) => {
      const client = await applianceClient(options, command);
      const { done, text: message } = await client.steer('/resume', {});
      const { trading } = await client.get<StatusSnapshot>('/api/status');
      if (options.json) printJson({ message, done, trading });
      if (!done || trading.state === 'halted') throw failure('NOT_RESUMED', message);
      if (!options.json) print([message]);
    });
}
