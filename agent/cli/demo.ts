import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { announce, withdraw } from '../compose/appliance-file.ts';
import { Demo, type DemoRequest, prepareFolder } from '../compose/demo.ts';
import {
  type DemoRun,
  forgetRun,
  interruptedRun,
  marketTime,
  newRun,
  RUN_FILE,
  rememberRun,
} from '../compose/demo-run.ts';
import { tradingOptions } from '../compose/from-settings.ts';
import { TASKS } from '../compose/task-table.ts';
import { instantInNewYork, newYorkDate, newYorkText } from '../core/calendar/new-york.ts';
import { closureOn } from '../core/calendar/sessions.ts';
import type { EpochMs } from '../core/calendar/time.ts';
import { money } from '../core/market/money.ts';
import { TerminalPanel } from '../edges/hardware/terminal/terminal-panel.ts';
import { HostClock } from '../edges/system/host/clock.ts';
import { hostLog } from '../edges/system/host/log.ts';
import { RunningAccount } from '../lab/backtest/running-account.ts';
import type { ReplaySummary } from '../lab/backtest/summary.ts';
import { DEMO_FOLDER } from './appliance-client.ts';
import { configurationOrExit } from './configuration.ts';
import { continued, inFolder } from './demo-folder.ts';
import { untilInterrupted } from './interrupt.ts';
import { speed as speedOf, whole } from './numbers.ts';
import { summaryText } from './summary-text.ts';
import { outsideSynthetic } from './synthetic-dates.ts';

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
    .option('--days <n>', 'calendar days to run, each to 18:30', whole(1, 366), 1)
    .option('--speed <n>', 'market seconds in a second', speedOf, 60)
    .option('--seed <n>', 'which synthetic market', whole(0, 2 ** 32 - 1), 1)
    .option(
      '--port <n>',
      `port of the page (default: ${DEFAULT_PORT}, or a free one when that is taken)`,
      whole(0, 65_535),
    )
    .option('--folder <path>', 'where the demo keeps its data', DEMO_FOLDER)
    .option('--fresh', 'begin a new day, even if the last one was interrupted')
    .option('--json', 'print only the summary at the end, as JSON')
    .addHelpText('after', '\nNothing real is traded: exchange, account and prices are simulated on this machine.')
    .option('--config <file>', "settings to use; broker, store, page and MQTT are the demo's own")
    .action((options: Options, command: Command) => demo(options, command));
}

async function demo(options: Options, command: Command): Promise<void> {
  const { settings } = await configurationOrExit(options.config ?? null, command);
  const folder = resolve(options.folder);
  const { run, resumed } = await chooseRun(folder, options, command);
  await inFolder(folder, () => rememberRun(folder, run));
  const out = options.json ? { write: () => true } : process.stdout;
  const panel = new TerminalPanel({ out, env: process.env });
  const account = new RunningAccount(new Map(Object.entries(TASKS).map(([name, task]) => [name, task.title])));
  const token = randomBytes(9).toString('base64url');
  const log = await hostLog({ level: 'info', path: resolve(folder, 'wheelhouse.log'), secrets: [token] });
  const request: DemoRequest = {
    ...{ folder, run, cash: CASH, log, panel },
    options: tradingOptions(settings, { run: 'demo', speed: run.speed }),
    page: { port: options.port ?? DEFAULT_PORT, anyPort: options.port === undefined, token },
    onEntry: (entry) => {
      const line = account.line(entry);
      if (line !== null) panel.print(line);
    },
  };
  const started = continued(folder, () => new Demo(request));
  try {
    const summary = await watch(started, async () => {
      greet({ demo: started, run, resumed, token, print: (line) => panel.print(line) });
      const guard = join(folder, 'guard', 'guard.json');
      await announce(folder, { pid: process.pid, run: 'demo', page: started.pageAddress, token, guard });
    });
    report(summary, options);
  } finally {
    await withdraw(folder, process.pid);
    await forgetRun(folder);
  }
}

/** From the start to the end of the day, or to Ctrl-C: what it came to, told when everything has ended. */
async function watch(demo: Demo, onPage: () => Promise<void>): Promise<ReplaySummary> {
  const stop = untilInterrupted();
  try {
    await demo.start(onPage);
    return await demo.finished(stop.signal);
  } finally {
    stop.end();
    await demo.stop();
  }
}

async function chooseRun(
  folder: string,
  options: Options,
  command: Command,
): Promise<{ run: DemoRun; resumed: boolean }> {
  const real = REAL.now();
  const { seed, speed, days, from = null } = options;
  const run = newRun({ seed, speed, days, from }, real);
  const { market } = run.anchor;
  const outside = outsideSynthetic(market, run.until);
  if (outside !== null) command.error(`wheelhouse: ${outside}`);
  if (run.until <= market) command.error('wheelhouse: the demo would end at 18:30, before it begins: say more --days');
  const found = options.fresh || from !== null ? null : await interruptedRun(folder, real);
  const interrupted = found === 'unreadable' ? null : found;
  const fresh = interrupted === null && existsSync(folder);
  await inFolder(folder, () => prepareFolder(folder, fresh));
  if (found === 'unreadable') {
    const file = resolve(folder, RUN_FILE);
    process.stderr.write(`wheelhouse: ${file} cannot be read: the old day cannot be continued, a new one begins\n`);
  }
  return interrupted === null ? { run, resumed: false } : { run: interrupted, resumed: true };
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
  const date = newYorkDate(run.anchor.market);
  const closure = closureOn(date);
  const then = newYorkDate(run.until) === date ? '' : ' before the next session';
  if (closure !== null) print(`No session on that day: ${closure}; nothing will be traded${then}.`);
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
