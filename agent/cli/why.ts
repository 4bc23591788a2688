import { Command, InvalidArgumentError } from 'commander';
import { newYorkText } from '../core/calendar/new-york.ts';
import { epochDay, type IsoDate } from '../core/calendar/time.ts';
import type { CandidateRow, WhyAnswer } from '../edges/status/inquiries.ts';
import { applianceClient, asking, type ClientOptions, failure } from './appliance-client.ts';
import { amount, columns, print, printJson } from './columns.ts';

interface Options extends ClientOptions {
  readonly day?: IsoDate;
  readonly json?: true;
}

const MOST_SHOWN = 10;

export function whyCommand(): Command {
  return asking(new Command('why').argument('<symbol>', 'underlying, like SPY'))
    .option('--day <date>', 'of this trading day instead of the last decision at all', date)
    .option('--json', 'every candidate in full, as JSON')
    .action(async (symbol: string, options: Options, command: Command) => {
      const client = await applianceClient(options, command);
      const query = new URLSearchParams({ symbol, ...(options.day === undefined ? {} : { day: options.day }) });
      const { decision } = await client.get<{ decision: WhyAnswer | null }>(`/api/why?${query}`);
      const when = options.day === undefined ? 'yet' : `on ${options.day}`;
      if (decision === null)
        throw failure('NOTHING_DECIDED', `nothing was decided about ${symbol.toUpperCase()} ${when}`);
      if (options.json) printJson(decision);
      else print(whyText(decision));
    });
}

function whyText(decision: WhyAnswer): string[] {
  const { symbol, at, task, strategy, outcome, chosen, reasons, considered, ruledOut, candidates, order } = decision;
  const lines = [
    `${symbol}, ${newYorkText(at)}, ${strategy} (${task}): ${outcome === 'trade' ? `trade ${chosen}` : 'no trade'}`,
  ];
  lines.push(...reasons.map(({ rule, text }) => `  ${rule}: ${text}`));
  if (order !== null)
    lines.push(`Order: ${order.side} ${order.quantity} ${order.name}, ${order.state}: ${order.reason}`);
  const out = Object.entries(ruledOut).sort(([, a], [, b]) => b - a);
  const why = out.map(([rule, n]) => `${rule} ${n}`).join(', ');
  lines.push(
    `${considered} contracts looked at, ${candidates.length} scored${why === '' ? '' : `; ruled out by ${why}`}`,
  );
  if (candidates.length > 0) lines.push('', ...candidatesText(candidates.slice(0, MOST_SHOWN)));
  if (candidates.length > MOST_SHOWN) lines.push(`… and ${candidates.length - MOST_SHOWN} more: --json shows all`);
  return lines;
}

function candidatesText(candidates: readonly CandidateRow[]): string[] {
  const heading = ['candidate', 'score', 'limit', 'bid', 'ask', 'delta', 'days', 'against it'];
  const rows = candidates.map((candidate) => {
    const { name, score, limit, bid, ask, delta, daysToExpiration, against } = candidate;
    const prices = [amount(limit), amount(bid), amount(ask)];
    return [
      name,
      score.toFixed(1),
      ...prices,
      delta.toFixed(3),
      `${daysToExpiration}`,
      against.join('; ') || 'nothing',
    ];
  });
  return columns(heading, rows);
}

function date(text: string): IsoDate {
  try {
    if (/^\d{4}-\d\d-\d\d$/.test(text) && epochDay(text) >= 0) return text;
  } catch {
    // Falls through to the sentence below.
  }
  throw new InvalidArgumentError('It must be a date like 2026-11-20.');
}
