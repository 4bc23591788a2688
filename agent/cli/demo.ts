import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { Demo, prepareFolder } from '../compose/demo.ts';
import { type DemoRun, forgetRun, interruptedRun, marketTime, newRun, rememberRun } from '../compose/demo-run.ts';
import { tradingOptions } from '../compose/from-settings.ts';
import { TASKS } from '../compose/task-table.ts';
import { instantInNewYork, newYorkText } from '../core/calendar/new-york.ts';
import type { EpochMs } from '../core/calendar/time.ts';
import { money } from '../core/market/money.ts';
import { TerminalPanel } from '../edges/hardware/terminal/terminal-panel.ts';
import { HostClock } from '../edges/system/host/clock.ts';
import { hostLog } from '../edges/system/host/log.ts';
import { RunningAccount } from '../lab/backtest/running-account.ts';
import type { ReplaySummary } from '../lab/backtest/summary.ts';
import { configurationOrExit } from './configuration.ts';
import { untilInterrupted } from './interrupt.ts';
import { summaryText } from './summary-text.ts';

interface Options {
  readonly from?: EpochMs;
  readonly days: number;
  readonly speed: number;
  readonly seed: number;
  readonly port?: number;
  readonly folder: string;
  readonly config?: string;
  readonly fresh?: true;
  readonly json?: true;
}

const REAL = new HostClock();
const DEFAULT_PORT = 8080;
const CASH = money(250_000);

export function demoCommand(): Command {
  return new Command('demo')
    .option(
      '--from <time>',
      'New York time to begin at, YYYY-MM-DDTHH:MM (default: 08:00 of the next session)',
      marketTimeOf,
    )
    .option('--days <n>', 'calendar days to run, each to 18:30', wholeNumber, 1)
    .option('--speed <n>', 'market seconds in a second', positiveNumber, 60)
    .option('--seed <n>', 'which synthetic market', wholeNumber, 1)
    .option('--port <n>', `port of the page (default: ${DEFAULT_PORT}, or a free one when that is taken)`, wholeNumber)
    .option('--folder <path>', 'where the demo keeps its data', 'data/demo')
    .option('--fresh', 'begin a new day, even if the last one was interrupted')
    .option('--json', 'print only the summary at the end, as JSON')
    .addHelpText('after', '\nNothing real is traded: exchange, account and prices are simulated on this machine.')
    .option('--config <file>', "settings to use; broker, store, page and MQTT are the demo's own")
    .action((options: Options, command: Command) => demo(options, command));
}

async function demo(options: Options, command: Command): Promise<void> {
  const { settings } = await configurationOrExit(options.config ?? null, command);
  const folder = resolve(options.folder);
  const { run, resumed } = await chooseRun(folder, options);
  const out = options.json ? { write: () => true } : process.stdout;
  const panel = new TerminalPanel({ out, env: process.env });
  const account = new RunningAccount(new Map(Object.entries(TASKS).map(([name, task]) => [name, task.title])));
  const token = randomBytes(9).toString('base64url');
  const log = await hostLog({ level: 'info', path: resolve(folder, 'wheelhouse.log'), secrets: [token] });
  const started = new Demo({
    ...{ folder, run, cash: CASH, log, panel },
    options: tradingOptions(settings, { run: 'demo', speed: run.speed }),
    page: { port: options.port ?? DEFAULT_PORT, anyPort: options.port === undefined, token },
    onEntry: (entry) => {
      const line = account.line(entry);
      if (line !== null) panel.print(line);
    },
  });
  await rememberRun(folder, run);
  try {
    const summary = await watch(started, () =>
      greet({ demo: started, run, resumed, token, print: (line) => panel.print(line) }),
    );
    report(summary, options);
  } finally {
    await forgetRun(folder);
  }
}

/** From the start to the end of the day, or to Ctrl-C: what it came to, told when everything has ended. */
async function watch(demo: Demo, onPage: () => void): Promise<ReplaySummary> {
  const stop = untilInterrupted();
  try {
    await demo.start(onPage);
    return await demo.finished(stop.signal);
  } finally {
    stop.end();
    await demo.stop();
  }
}

async function chooseRun(folder: string, options: Options): Promise<{ run: DemoRun; resumed: boolean }> {
  const real = REAL.now();
  const interrupted = options.fresh || options.from !== undefined ? null : await interruptedRun(folder, real);
  await prepareFolder(folder, interrupted === null && existsSync(folder));
  if (interrupted !== null) return { run: interrupted, resumed: true };
  const { seed, speed, days, from = null } = options;
  return { run: newRun({ seed, speed, days, from }, real), resumed: false };
}

function greet(about: {
  demo: Demo;
  run: DemoRun;
  resumed: boolean;
  token: string;
  print: (line: string) => void;
}): void {
  const { demo, run, resumed, token, print } = about;
  print(`Page      ${demo.pageAddress}`);
  print(`Token     ${token}   (HALT and RESUME ask for it)`);
  print(`MQTT      ${demo.mqttAddress}   Exchange ${demo.exchangeAddress} (TWS protocol)`);
  const now = newYorkText(marketTime(run, REAL.now()));
  if (resumed) print(`Goes on with the day that was interrupted, now ${now}; --fresh begins a new one.`);
  else
    print(
      `Simulated market from ${now} to ${newYorkText(run.until)}, ${run.speed} times as fast. Ctrl-C ends the day for good.`,
    );
  print('');
}

function report(summary: ReplaySummary, options: Options): void {
  if (options.json) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  else process.stdout.write(`\n${summaryText(summary)}\n`);
}

function marketTimeOf(text: string): EpochMs {
  const found = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d))?$/.exec(text);
  try {
    if (found !== null) return instantInNewYork(found[1] as string, found[2] ?? '08:00');
  } catch {
    // Falls through to the sentence below.
  }
  throw new InvalidArgumentError('It must be a New York time like 2026-11-20T15:30.');
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 100_000)) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}
