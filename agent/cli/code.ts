import { Command } from 'commander';
import { applianceClient, asking, type ClientOptions } from './appliance-client.ts';
import { print } from './columns.ts';

export function codeCommand(): Command {
  return asking(new Command('code')).action(async (options: ClientOptions, command: Command) => {
    const client = await applianceClient(options, command);
    print([await client.post('/code', {})]);
  });
}
