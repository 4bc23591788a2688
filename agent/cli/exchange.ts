import { Command, InvalidArgumentError, Option } from 'commander';
import { nearest } from '../config/suggestion.ts';
import { instantInNewYork, newYorkText } from '../core/calendar/new-york.ts';
import type { EpochMs, IsoDate } from '../core/calendar/time.ts';
import { money } from '../core/market/money.ts';
import { HostClock } from '../edges/system/host/clock.ts';
import type { Log, LogFields } from '../edges/system/log.ts';
import { openBook } from '../lab/exchange/book-file.ts';
import { ControlPort } from '../lab/exchange/faults/control-port.ts';
import { faultText } from '../lab/exchange/faults/fault.ts';
import { OrderFaults } from '../lab/exchange/faults/order-faults.ts';
import type { Market } from '../lab/exchange/market.ts';
import { RecordedMarket } from '../lab/exchange/recorded-market.ts';
import { loadRecordedDay } from '../lab/exchange/recording.ts';
import { TwsServer } from '../lab/exchange/server/tws-server.ts';
import { SimulatedBook } from '../lab/exchange/simulated-book.ts';
import { SimulatedExchange } from '../lab/exchange/simulated-exchange.ts';
import { SyntheticMarket } from '../lab/exchange/synthetic-market.ts';
import { FUTURES, UNDERLYINGS } from '../lab/exchange/underlyings.ts';
import { exchangeCtlCommand } from './exchange-ctl.ts';
import { addFaultOptions, type FaultOptions, faultsOf } from './exchange-faults.ts';
import { speed, whole } from './numbers.ts';
import { outsideSynthetic } from './synthetic-dates.ts';
import { tradingDate } from './trading-date.ts';

interface Options extends FaultOptions {
  readonly host: string;
  readonly port: number;
  readonly market: 'synthetic' | 'recorded';
  readonly seed: number;
  readonly symbols?: readonly string[];
  readonly data?: string;
  readonly date?: IsoDate;
  readonly from?: EpochMs;
  readonly speed: number;
  readonly state?: string;
  readonly account: string;
  readonly cash: number;
  readonly forceVersion?: number;
}

interface ChosenMarket {
  readonly market: Market;
  /** Where the market's clock starts when nothing was said. */
  readonly start: EpochMs;
  readonly description: string;
}

export function exchangeCommand(): Command {
  const command = new Command('exchange')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on; 0 = any that is free', whole(0, 65_535), 4002)
    .addOption(
      new Option('--market <kind>', 'where prices come from').choices(['synthetic', 'recorded']).default('synthetic'),
    )
    .option('--seed <number>', 'of the synthetic market', whole(0, 2 ** 32 - 1), 1)
    .option('--symbols <list>', 'such as SPY,QQQ (synthetic: all there are)', (text) => text.split(',').filter(Boolean))
    .option('--data <folder>', 'recorded: folder with SYMBOL.csv.gz')
    .option('--date <date>', 'recorded: the day to play, YYYY-MM-DD', tradingDate)
    .option(
      '--from <instant>',
      'market time to start at: 2026-11-20T09:30 in New York, or with Z or an offset',
      instant,
    )
    .option('--speed <factor>', 'market seconds in one real second', speed, 1)
    .option('--state <file>', 'file that keeps orders and positions over restarts')
    .option('--account <id>', 'account that clients trade', 'DU0000001')
    .option('--cash <dollars>', 'what the account begins with', whole(0, 1_000_000_000), 250_000)
    .option('--force-version <number>', 'server version to tell every client, 177 to 193', whole(177, 193))
    .addCommand(exchangeCtlCommand());
  return addFaultOptions(command).action(async (options: Options, self: Command) => run(options, self));
}

async function run(options: Options, command: Command): Promise<void> {
  const now = new HostClock().now();
  const chosen = options.market === 'recorded' ? await recorded(options, command) : synthetic(options, command, now);
  const anchor = { real: now, market: options.from ?? chosen.start };
  const clock = new HostClock({ speed: options.speed, anchor });
  const { market } = chosen;
  const accounts = [{ account: options.account, cash: money(options.cash) }];
  const { board, schedule } = faultsOf(options, command, { clock, start: clock.now(), seed: options.seed });
  const settings = { market, accounts, faults: new OrderFaults({ board, clock }) };
  const kept = options.state === undefined ? null : openBook({ ...settings, path: options.state });
  const book = kept?.book ?? new SimulatedBook(settings);
  const exchange = new SimulatedExchange({ market, book, clock });
  const forced = options.forceVersion === undefined ? {} : { forceServerVersion: options.forceVersion };
  const log = printed(clock);
  const { host, port } = options;
  const server = new TwsServer({ exchange, log, host, port, faults: board, ...forced });
  const control = options.control === undefined ? null : new ControlPort(options.control, { board, exchange, nearest });
  await listen(server, `${host}:${port}`);
  if (control !== null) await listen(control, `127.0.0.1:${options.control} for control`, () => server.stop());
  board.onChange(({ kind, active }) => log.info({ fault: faultText(active.fault) }, `fault ${kind}`));
  exchange.start();
  print(`Exchange for TWS clients on ${options.host}:${server.port}`);
  if (control !== null) print(`Control on 127.0.0.1:${control.port}`);
  print(`${chosen.description}; account ${book.accounts.join(', ')}; market time ${newYorkText(clock.now())}`);
  schedule.start();
  if (kept?.torn != null) print('The last line of the state file was torn by a crash and has been left out.');
  await signalled();
  exchange.stop();
  schedule.stop();
  control?.stop();
  await server.stop();
  kept?.file.close();
  print('Exchange stopped.');
}

function synthetic(options: Options, command: Command, now: EpochMs): ChosenMarket {
  const symbols = options.symbols ?? UNDERLYINGS.map((model) => model.symbol);
  const unknown = symbols.find((symbol) => !UNDERLYINGS.some((model) => model.symbol === symbol));
  if (unknown !== undefined) {
    command.error(
      `wheelhouse: no synthetic ${unknown}; there are ${UNDERLYINGS.map((model) => model.symbol).join(', ')}`,
    );
  }
  const outside = outsideSynthetic(options.from ?? now);
  if (outside !== null) command.error(`wheelhouse: ${outside}`);
  const underlyings = UNDERLYINGS.filter((model) => symbols.includes(model.symbol));
  const futures = FUTURES.filter((model) => symbols.includes(model.follows));
  const description = `Synthetic market, seed ${options.seed}: ${symbols.join(', ')}`;
  return { market: new SyntheticMarket({ seed: options.seed, underlyings, futures }), start: now, description };
}

async function recorded(options: Options, command: Command): Promise<ChosenMarket> {
  const { data, date, symbols } = options;
  if (data === undefined || date === undefined || symbols === undefined) {
    command.error('wheelhouse: a recorded market needs --data, --date and --symbols');
  }
  const day = await loadRecordedDay({ folder: data, symbols, date });
  for (const { problems } of day.symbols) {
    const first = problems.first[0];
    if (first === undefined) continue;
    print(
      `${problems.file}: ${problems.broken} broken rows left out, the first in line ${first.line}: ${first.reason}`,
    );
  }
  const description = `Recorded market of ${date}: ${symbols.join(', ')}`;
  return { market: new RecordedMarket(day), start: instantInNewYork(date, '09:30'), description };
}

async function listen(
  server: { start(): Promise<void> },
  address: string,
  giveUp: () => Promise<void> = async () => {},
): Promise<void> {
  try {
    await server.start();
  } catch (cause) {
    await giveUp();
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? 'another program is using it' : message;
    throw Object.assign(new Error(`cannot listen on ${address}: ${reason}`, { cause }), { code });
  }
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

function printed(clock: HostClock): Log {
  const line = (fields: LogFields, sentence: string) => {
    const known = Object.entries(fields).filter(([, value]) => value !== null && value !== '');
    print([newYorkText(clock.now()), sentence, ...known.map(([name, value]) => `${name}=${value}`)].join('  '));
  };
  const log: Log = { debug: () => {}, info: line, warn: line, error: line, child: () => log };
  return log;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function instant(text: string): EpochMs {
  try {
    if (/(?:Z|[+-]\d\d:\d\d)$/.test(text)) return Temporal.Instant.from(text).epochMilliseconds;
    const [date = '', time = '09:30'] = text.split('T');
    return instantInNewYork(date, time);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
