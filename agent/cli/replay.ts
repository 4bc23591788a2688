import { Command, InvalidArgumentError } from 'commander';
import { tradingOptions } from '../compose/from-settings.ts';
import { replay } from '../compose/replay.ts';
import { TASKS } from '../compose/task-table.ts';
import type { IsoDate } from '../core/calendar/time.ts';
import { type Money, money } from '../core/market/money.ts';
import { RunningAccount } from '../lab/backtest/running-account.ts';
import { RecordedMarket } from '../lab/exchange/recorded-market.ts';
import { loadRecordedDay, type RecordingProblems } from '../lab/exchange/recording.ts';
import { configurationOrExit } from './configuration.ts';
import { JournalFile } from './journal-file.ts';
import { summaryText } from './summary-text.ts';
import { tradingDate } from './trading-date.ts';

interface Options {
  readonly data: string;
  readonly symbols: readonly string[];
  readonly date: IsoDate;
  readonly config?: string;
  readonly journal?: string;
  readonly cash: Money;
  readonly json?: true;
}

export function replayCommand(): Command {
  return new Command('replay')
    .requiredOption('--data <folder>', 'recordings: one SYMBOL.csv.gz for each symbol')
    .requiredOption('--symbols <a,b>', 'which of them', symbolList)
    .requiredOption('--date <date>', 'the recorded day, YYYY-MM-DD', tradingDate)
    .option('--config <file>', 'settings; broker, store, page and MQTT are not used')
    .option('--journal <file>', 'write everything that was stored, one JSON object a line')
    .option('--cash <dollars>', 'cash in the simulated account', cashOf, money(250_000))
    .option('--json', 'the summary as JSON')
    .addHelpText('after', '\nThe recording has no futures: they are not collected.')
    .action((options: Options, command: Command) => run(options, command));
}

async function run(options: Options, command: Command): Promise<void> {
  const { settings } = await configurationOrExit(options.config ?? null, command);
  const { symbols, date, cash } = options;
  const journal = options.journal === undefined ? null : new JournalFile(options.journal);
  journal?.open();
  const day = await loadRecordedDay({ folder: options.data, symbols, date });
  for (const { problems } of day.symbols) complain(problems);
  const account = new RunningAccount(new Map(Object.entries(TASKS).map(([name, task]) => [name, task.title])));
  const summary = await replay({
    ...{ market: new RecordedMarket(day), date, cash },
    options: tradingOptions({ ...settings, symbols: [...symbols], futures: [] }, { run: 'replay', speed: 1 }),
    onEntry: (entry) => {
      journal?.write(entry);
      const line = options.json ? null : account.line(entry);
      if (line !== null) process.stdout.write(`${line}\n`);
    },
    onMove: () => undefined,
  });
  await journal?.close();
  process.stdout.write(options.json ? `${JSON.stringify(summary, null, 2)}\n` : `\n${summaryText(summary)}\n`);
}

function complain({ file, broken, first }: RecordingProblems): void {
  if (broken === 0) return;
  process.stderr.write(`wheelhouse: ${file}: ${broken} broken ${broken === 1 ? 'row' : 'rows'} left out\n`);
  for (const { line, reason } of first) process.stderr.write(`  line ${line}: ${reason}\n`);
}

function symbolList(text: string): readonly string[] {
  const symbols = text.split(',').map((symbol) => symbol.trim().toUpperCase());
  if (symbols.some((symbol) => symbol === ''))
    throw new InvalidArgumentError('It must be symbols with commas between.');
  return [...new Set(symbols)];
}

function cashOf(text: string): Money {
  const amount = Number(text);
  if (!(amount > 0 && amount <= 1e9)) throw new InvalidArgumentError('It must be dollars above 0.');
  return money(amount);
}
