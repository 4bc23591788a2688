import { Command } from 'commander';
import { newYorkText } from '../core/calendar/new-york.ts';
import type { OrderRow } from '../edges/status/inquiries.ts';
import { applianceClient, asking, type ClientOptions, failure } from './appliance-client.ts';
import { amount, columns, count, print, printJson } from './columns.ts';

interface Options extends ClientOptions {
  readonly all?: true;
  readonly json?: true;
  readonly expectNone?: true;
}

export function ordersCommand(): Command {
  return asking(new Command('orders'))
    .option('--all', 'of all time, not only of today and what still works')
    .option('--json', 'in full, as JSON')
    .option('--expect-none', 'end with 1 while any order of ours works')
    .action(async (options: Options, command: Command) => {
      const client = await applianceClient(options, command);
      const answer = await client.get<{ orders: readonly OrderRow[] }>(
        options.all ? '/api/orders?all=1' : '/api/orders',
      );
      if (options.json) printJson(answer);
      else print(ordersText(answer.orders, options.all === true));
      const working = answer.orders.filter(({ working, foreign }) => working && !foreign).length;
      if (options.expectNone && working > 0)
        throw failure('ORDERS_WORK', `${count(working, 'order')} may still be working`);
    });
}

function ordersText(orders: readonly OrderRow[], all: boolean): string[] {
  if (orders.length === 0) return [all ? 'No orders.' : 'No orders today, and none works.'];
  const heading = ['time', 'order', 'limit', 'filled', 'at', 'state', 'reason'];
  const rows = orders.map((order) => {
    const { name, side, quantity, filled, limit, averagePrice, state, reason, foreign, updatedAt, decidedAt } = order;
    const what = `${side} ${quantity} ${name}${foreign ? ' (not ours)' : ''}`;
    const time = newYorkText(decidedAt ?? updatedAt);
    return [time, what, amount(limit), `${filled}`, amount(averagePrice), state, reason];
  });
  return columns(heading, rows);
}
