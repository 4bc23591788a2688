import { Command } from 'commander';
import type { PositionRow } from '../edges/status/inquiries.ts';
import { applianceClient, asking, type ClientOptions } from './appliance-client.ts';
import { amount, columns, print, printJson } from './columns.ts';

interface Options extends ClientOptions {
  readonly json?: true;
}

export function positionsCommand(): Command {
  return asking(new Command('positions'))
    .option('--json', 'in full, as JSON')
    .action(async (options: Options, command: Command) => {
      const client = await applianceClient(options, command);
      const answer = await client.get<{ positions: readonly PositionRow[] }>('/api/positions');
      if (options.json) printJson(answer);
      else print(positionsText(answer.positions));
    });
}

function positionsText(positions: readonly PositionRow[]): string[] {
  if (positions.length === 0) return ['No positions.'];
  const heading = ['position', 'quantity', 'opened at', 'marked at', 'open profit', 'realized', 'days left', ''];
  const rows = positions.map((position) => {
    const { name, quantity, averagePrice, mark, unrealized, realized, daysToExpiration, foreign } = position;
    const days = daysToExpiration === null ? '' : `${daysToExpiration}`;
    const sums = [amount(averagePrice), amount(mark), amount(unrealized), amount(realized)];
    return [name, `${quantity}`, ...sums, days, foreign ? 'not ours' : ''];
  });
  return columns(heading, rows);
}
