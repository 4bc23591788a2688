import { Command } from 'commander';
import { newYorkText } from '../core/calendar/new-york.ts';
import type { BooksAnswer } from '../edges/status/inquiries.ts';
import { applianceClient, asking, type ClientOptions, failure } from './appliance-client.ts';
import { print, printJson } from './columns.ts';

interface Options extends ClientOptions {
  readonly accept?: true;
  readonly json?: true;
}

const MOST_SHOWN = 10;

export function reconcileCommand(): Command {
  return asking(new Command('reconcile'))
    .option('--accept', "take the broker's word for what nothing explains: read docs/recovery.md first")
    .option('--json', 'all of it, as JSON')
    .addHelpText('after', '\nEnds with 0 when the books agree, with 1 when they do not or the broker did not answer.')
    .action(async (options: Options, command: Command) => {
      const client = await applianceClient(options, command);
      await client.post('/reconcile', options.accept ? { accept: 'yes' } : {});
      const books = await client.get<BooksAnswer>('/api/books');
      if (options.json) printJson(books);
      else print(booksText(books));
      if (books.state !== 'agreed') throw failure('NOT_AGREED', `the books do not agree: ${books.state}`);
    });
}

function booksText({
  state,
  reason,
  at,
  differences,
  foreignPositions,
  foreignOrders,
  adoptions,
}: BooksAnswer): string[] {
  const lines = [`Books ${state}: ${reason} (${newYorkText(at)})`];
  for (const { kind, text, evidence } of differences) {
    lines.push(`  ${kind}: ${text}`, ...evidence.map((each) => `    ${each}`));
  }
  if (foreignPositions + foreignOrders > 0) {
    lines.push(`Not ours, shown and never touched: positions ${foreignPositions}, orders ${foreignOrders}.`);
  }
  if (adoptions.length > 0) lines.push('What our books have followed, newest first:');
  for (const { at: adoptedAt, kind, text, evidence, by } of adoptions.slice(0, MOST_SHOWN)) {
    lines.push(`  ${newYorkText(adoptedAt)} ${kind}: ${text} (${by})`, ...evidence.map((each) => `    ${each}`));
  }
  return lines;
}
